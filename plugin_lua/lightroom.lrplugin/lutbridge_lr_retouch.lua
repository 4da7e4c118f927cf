--- Retouching photos, with progress that can be cancelled and a summary.
local LrApplication = import "LrApplication"
local LrPathUtils = import "LrPathUtils"

local Run = require "lutbridge_lr_run"
local errors = require "lutbridge_errors"
local files = require "lutbridge_lr_files"
local helper = require "lutbridge_lr_helper"
local models = require "lutbridge_models"
local photos = require "lutbridge_lr_photo"
local retouch = require "lutbridge_retouch"
local settings = require "lutbridge_lr_settings"
local summary = require "lutbridge_summary"
local text = require "lutbridge_lr_text"

local M = {}

--- The outcome of a run as a list of sentences, and whether all went well.
-- @param outcome as `retouch` returns it.
function M.lines(outcome, count, mode)
  local lines = summary.lines(outcome, count, mode)
  if outcome.eight_bit > 0 then
    table.insert(lines, text("summary_eight_bit", { count = outcome.eight_bit }))
  end
  summary.add_photos(lines, "summary_incomplete", outcome.incomplete)
  if mode == "look" and (outcome.done > 0 or #outcome.failed > 0) then
    table.insert(lines, text "told_restart")
  end
  return lines, #lines == 1
end

--- What the photos are together called: the name of the first one's folder.
local function shoot_of(first)
  return LrPathUtils.leafName(LrPathUtils.parent(photos.master(first):getRawMetadata "path"))
end

--- Making virtual copies changes the selection.
local function select_again(selected)
  LrApplication.activeCatalog():setSelectedPhotos(selected[1], selected)
end

local function run_in(workspace, client, selected, wanted, scope, within)
  local function progress(part)
    scope:setPortionComplete(math.min(part, 1), 1)
    return not scope:isCanceled()
  end
  local steps = retouch.steps(#selected, wanted)
  local run = Run.new(client, workspace, wanted, shoot_of(selected[1]), steps, progress, within)
  local outcome = retouch.retouch(run, selected)
  if wanted.mode == "look" then
    select_again(selected)
  end
  return outcome
end

--- Completes the request with the helper's facts about the model; refuses one that would change no photo.
-- @return true, or nil and an error.
local function complete(wanted, client)
  local info, fault = client:info()
  if not info then
    return nil, fault
  end
  wanted.has_mask = models.has_mask(info, wanted.model)
  if retouch.does_nothing(wanted) then
    return nil, errors.new "strength"
  end
  return true
end

--- Retouches photos.
-- @param wanted as lutbridge_lr_settings.for_run returns it.
-- @param scope LrProgressScope.
-- @param context LrFunctionContext, which cleans up however this ends.
-- @param within see lutbridge_lr_run.
-- @return outcome as lutbridge_retouch.retouch returns it, and eight_bit (how many exports had no more bits),
-- incomplete (list of {name, fields}: copies that lack some of their photo's metadata); or nil and an error where
-- nothing was begun.
function M.retouch(selected, wanted, scope, context, within)
  local client, fault = helper.connect(settings.table().start_helper, {
    on_start = function()
      scope:setCaption(text "helper_starting")
    end,
    is_cancelled = function()
      return scope:isCanceled()
    end,
  })
  if not client then
    return nil, fault
  end
  local complete_now
  complete_now, fault = complete(wanted, client)
  if not complete_now then
    return nil, fault
  end
  local workspace = files.workspace()
  if not workspace then
    return nil, errors.new("temporary", { folder = LrPathUtils.getStandardFilePath "temp" })
  end
  context:addCleanupHandler(function()
    workspace:close()
  end)
  return run_in(workspace, client, selected, wanted, scope, within)
end

return M

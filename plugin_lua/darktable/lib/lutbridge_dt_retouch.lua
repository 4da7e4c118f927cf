--- Retouching a selection in darktable, and taking looks off again.
local Run = require "lutbridge_dt_run"
local errors = require "lutbridge_errors"
local photo = require "lutbridge_dt_photo"
local retouch = require "lutbridge_retouch"

local M = {}

--- Retouches photos; returns when all is done, has failed, or was cancelled.
-- @param settings as lutbridge_retouch describes them, and grid_size, at_end (true: as the last module), copy_format
-- ("tiff", "jpeg").
-- @param progress function that gets 0 to 1 now and then; if it returns false, the remaining photos are skipped.
-- @return outcome as lutbridge_retouch.retouch returns it, and later (set of modules that come after the look),
-- approximate (how many photos have some).
function M.retouch(images, settings, client, workspace, progress)
  local run = Run.new(client, workspace, settings, retouch.steps(#images, settings), progress)
  if settings.mode == "copy" and photo.is_export_scaled() then
    run.outcome.stopped = errors.new "export_scaled"
    return run.outcome
  end
  retouch.retouch(run, images)
  run:confirm()
  return run.outcome
end

--- Takes the look off photos.
-- @return outcome: done (how many had one) and failed (list of {name, message}).
function M.remove(images, workspace)
  local outcome = { done = 0, failed = {} }
  for _, image in ipairs(images) do
    local removed, fault = photo.switch_off(image, workspace)
    if removed then
      outcome.done = outcome.done + 1
    elseif removed == nil then
      table.insert(outcome.failed, { name = image.filename, message = fault.message })
    end
  end
  return outcome
end

return M

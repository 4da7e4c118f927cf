--- Retouching a selection: each photo by itself or as a group, as looks or as rendered copies.
--
-- settings: mode ("look", "copy"), group ("off", "match", "shared"), strength (0 to 1), model (nil: the helper's
-- default), view, grid_size, at_end (true: as the last module), copy_format ("tiff", "jpeg").
local Run = require "lutbridge_dt_run"
local errors = require "lutbridge_errors"
local photo = require "lutbridge_dt_photo"

local M = {}

local LOOK_SIDE = 1024 -- pixels on the long side: enough to find a look, and quick to export

--- Retouches one photo from its export on.
-- @param id of its take in the run's group, or nil.
local function retouch(run, image, id)
  local is_copy = run.settings.mode == "copy"
  local take, fault = run:open_take(image, is_copy and 0 or LOOK_SIDE)
  if not take then
    return nil, fault
  end
  take.id = id
  if is_copy then
    run:restore(take) -- the original keeps its look; only the export was to be without
  end
  return run:complete(take)
end

--- Tells the helper's group of a photo; returns the take, still open.
local function observe(run, image)
  local take, fault = run:open_take(image, LOOK_SIDE)
  if not take then
    return nil, fault
  end
  local added
  added, fault = run.client:add_take(run.group, take.file, image.filename)
  if not added then
    run:close_take(take)
    return nil, fault
  end
  take.id = added.take
  return take
end

--- Has looks found that match, or one for all; notes which photos do not follow the others.
local function solve(run)
  local settings = run.settings
  local solved, fault = run.client:solve(run.group, 1)
  if not solved then
    return nil, fault
  end
  for _, take in ipairs(solved.takes) do
    if take.left_alone then
      table.insert(run.outcome.left_alone, { name = take.name, message = take.left_alone })
    end
  end
  if settings.group ~= "shared" or settings.mode ~= "look" then
    return true
  end
  local options = { strength = settings.strength, size = settings.grid_size, name = "shoot" }
  run.shared, fault = run:keep_lut(function(target)
    return run.client:shared_lut(run.group, options, target)
  end)
  return run.shared, fault
end

local function retouch_group(run, images)
  local opened, fault = run.client:open_group(run.settings.model)
  if not opened then
    run.outcome.stopped = fault
    return
  end
  run.group = opened.group
  local takes = {}
  for _, image in ipairs(images) do
    table.insert(takes, run:try(image, observe, run, image))
  end
  if #takes > 0 and not run:is_over() then
    local solved
    solved, run.outcome.stopped = solve(run)
    for _, take in ipairs(solved and takes or {}) do
      if run.settings.mode == "copy" then
        run:close_take(take)
        run:try(take.image, retouch, run, take.image, take.id)
      else
        run:try(take.image, run.complete, run, take)
      end
    end
  end
  for _, take in ipairs(takes) do
    run:close_take(take)
  end
  run.client:close_group(run.group)
end

--- Retouches photos; returns when all is done, has failed, or was cancelled.
-- @param progress function that gets 0 to 1 now and then; where it returns false, the rest is left as it is.
-- @return outcome: done (count), failed and left_alone (lists of {name, message}), later (set of modules that come
-- after the look), approximate (how many photos have some), stopped (the error that ended it), cancelled.
function M.retouch(images, settings, client, workspace, progress)
  local in_group = settings.group ~= "off"
  local run = Run.new(client, workspace, settings, #images * (in_group and 2 or 1), progress)
  if settings.mode == "copy" and photo.is_export_scaled() then
    run.outcome.stopped = errors.new "export_scaled"
  elseif in_group then
    retouch_group(run, images)
  else
    for _, image in ipairs(images) do
      run:try(image, retouch, run, image)
    end
  end
  run:confirm()
  run.outcome.cancelled = run.cancelled
  return run.outcome
end

--- Takes the look off photos; returns how many had one.
function M.remove(images, workspace)
  local count = 0
  for _, image in ipairs(images) do
    if photo.switch_off(image, workspace) then
      count = count + 1
    end
  end
  return count
end

return M

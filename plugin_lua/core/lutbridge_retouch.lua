--- Retouching a selection: each photo by itself or as a group, as looks or as rendered copies. What a photo is, and how
-- it is exported and changed, is the host's: it hands over a run, derived from lutbridge_run, that has also
--
--   run:open_take(photo, long_side)   exports a photo without Auto Retouch, at most so many pixels long (0: full size);
--                                     returns a take with photo and file, or nil and an error
--   run:close_take(take)              takes back what opening did, unless something new was made; may be called twice
--   run:look(take), run:copy(take)    make the result; return true, or nil and an error
--   run:keep_lut(fetch, count)        puts the LUT that `fetch(target)` writes to where the host finds it, for so many
--                                     photos; returns something for run.shared, or nil and an error
--   run:lut_options()                 the options of a LUT that are the same for all photos
--   run.is_result(photo)              whether the photo is a result of ours; nil where all are meant
--
-- Its settings have mode ("look", "copy"), group ("off", "match", "shared"), strength (0 to 1), model (nil: the
-- helper's default), has_mask (does the model tell the person from the background?), person and background (0 to 1, in
-- place of strength where it does), view, and what the host adds.
local results = require "lutbridge_results"

local M = {}

local LOOK_SIDE = 1024 -- pixels on the long side: enough to find a look, and quick to export

--- Retouches one photo from its export on.
-- @param id of its take in the run's group, or nil.
local function retouch(run, photo, id)
  local take, fault = run:open_take(photo, run.settings.mode == "copy" and 0 or LOOK_SIDE)
  if not take then
    return nil, fault
  end
  take.id = id
  return run:complete(take)
end

--- Tells the helper's group of a photo; returns the take, still open.
local function observe(run, photo)
  local take, fault = run:open_take(photo, LOOK_SIDE)
  if not take then
    return nil, fault
  end
  local added
  added, fault = run.client:add_take(run.group, take.file, run.name_of(photo))
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
  local options = run:lut_options()
  options.name = "shoot"
  run.shared, fault = run:keep_lut(function(target)
    return run.client:shared_lut(run.group, options, target)
  end, #solved.takes)
  return run.shared, fault
end

local function retouch_group(run, photos)
  local opened, fault = run.client:open_group(run.settings.model)
  if not opened then
    run.outcome.stopped = fault
    return
  end
  run.group = opened.group
  local takes = {}
  for _, photo in ipairs(photos) do
    table.insert(takes, run:try(photo, observe, run, photo))
  end
  if #takes > 0 and not run:is_over() then
    local solved
    solved, run.outcome.stopped = solve(run)
    for _, take in ipairs(solved and takes or {}) do
      if run.settings.mode == "copy" then
        run:close_take(take)
        run:try(take.photo, retouch, run, take.photo, take.id)
      else
        run:try(take.photo, run.complete, run, take)
      end
    end
  end
  for _, take in ipairs(takes) do
    run:close_take(take)
  end
  run.client:close_group(run.group)
end

--- Would a run with these settings leave every photo unchanged?
function M.does_nothing(settings)
  if settings.has_mask then
    return settings.person == 0 and settings.background == 0
  end
  return settings.strength == 0
end

--- The number of steps of a run over `count` photos.
function M.steps(count, settings)
  return count * (settings.group == "off" and 1 or 2)
end

--- Retouches photos; returns when all is done, has failed, or was cancelled.
-- @return the run's outcome: done (count), results (count of the photos left out, as they are results of ours), again
-- (count of the results that were retouched once more), failed and left_alone (lists of {name, message}), apart (count
-- of the photos whose LUT says less than a rendered copy) and farthest (the largest mean ΔE2000 of those), stopped (the
-- error that ended it), cancelled, and what the host adds.
function M.retouch(run, photos)
  if run.is_result then
    photos, run.outcome.results, run.outcome.again = results.meant(photos, run.is_result)
    run.all_steps = M.steps(#photos, run.settings)
  end
  if run.settings.group ~= "off" then
    retouch_group(run, photos)
  else
    for _, photo in ipairs(photos) do
      run:try(photo, retouch, run, photo)
    end
  end
  run.outcome.cancelled = run.cancelled
  return run.outcome
end

return M

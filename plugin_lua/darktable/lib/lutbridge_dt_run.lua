--- One run over a selection: its steps for one photo, how far it is, and what came of it.
local copies = require "lutbridge_dt_copy"
local contract = require "lutbridge_contract"
local errors = require "lutbridge_errors"
local luts = require "lutbridge_dt_luts"
local photo = require "lutbridge_dt_photo"

local Run = {}
Run.__index = Run

--- Begins a run.
-- @param settings as lutbridge_dt_retouch describes them.
-- @param progress function that gets 0 to 1 now and then; where it returns false, the run ends.
function Run.new(client, workspace, settings, all_steps, progress)
  local outcome = { done = 0, failed = {}, left_alone = {}, later = {}, approximate = 0 }
  return setmetatable({
    client = client,
    workspace = workspace,
    settings = settings,
    steps = 0,
    all_steps = all_steps,
    progress = progress,
    outcome = outcome,
    new_looks = {},
  }, Run)
end

--- Exports a photo as it is without Auto Retouch.
-- @return take, to be closed; or nil and an error.
function Run:open_take(image, long_side)
  local take = { image = image, file = self.workspace:path(image.id .. ".tif") }
  take.earlier, take.is_new = photo.switch_off(image, self.workspace)
  local exported, fault = photo.export(image, take.file, long_side)
  if not exported then
    self:close_take(take)
    return nil, fault
  end
  return take
end

--- Puts an earlier look back, unless it was replaced.
function Run:restore(take)
  if take.earlier then
    photo.restore(take.image, take.earlier, self.workspace)
    take.earlier = nil
  end
end

function Run:close_take(take)
  self:restore(take)
  self.workspace:drop(take.file)
end

function Run:options(take)
  local settings = self.settings
  local options = { strength = settings.strength, name = contract.label(take.image.filename) }
  if take.id then
    options.group, options.take = self.group, take.id
  else
    options.model = settings.model
  end
  return options
end

function Run:put_look(take, lut_path)
  local later, fault = photo.put_look(take.image, lut_path, self.settings.at_end, self.workspace)
  if not later then
    return nil, fault
  end
  take.earlier = nil -- replaced
  if take.is_new then
    table.insert(self.new_looks, { image = take.image, lut_path = lut_path })
  end
  if #later > 0 then
    self.outcome.approximate = self.outcome.approximate + 1
    for _, operation in ipairs(later) do
      self.outcome.later[operation] = true
    end
  end
  return true
end

--- Looks again at photos that darktable had not developed before. Their first thumbnail may have been under way, and
-- darktable 5.4 was seen to lose then what was applied meanwhile.
function Run:confirm()
  if #self.new_looks > 0 then
    photo.settle()
  end
  for _, new in ipairs(self.new_looks) do
    if not photo.has_look(new.image, self.workspace) then
      photo.put_look(new.image, new.lut_path, self.settings.at_end, self.workspace)
    end
  end
end

--- Fetches a .cube file with `fetch(target)` and puts it into the LUT folder.
function Run:keep_lut(fetch)
  local target = self.workspace:path "look.cube"
  local facts, fault = fetch(target)
  local path
  if facts then
    path, fault = luts.keep(target)
  end
  self.workspace:drop(target)
  return path, fault
end

--- LUT mode for one photo.
function Run:look(take)
  local path, fault = self.shared, nil
  if not path then
    local options = self:options(take)
    options.view, options.size = self.settings.view, self.settings.grid_size
    path, fault = self:keep_lut(function(target)
      return self.client:lut(take.file, options, target)
    end)
  end
  if not path then
    return nil, fault
  end
  return self:put_look(take, path)
end

--- Render mode for one photo.
function Run:copy(take)
  local options = self:options(take)
  options.format = self.settings.copy_format
  local path, part = copies.place(take.image, options.format)
  if not path then
    return nil, part
  end
  local job, fault = self.client:render(take.file, options)
  local facts
  if job then
    facts, fault = self.client:finish(job, part, function(progress)
      return self:report(progress)
    end)
  end
  if not facts then
    os.remove(part)
    return nil, fault
  end
  if not os.rename(part, path) then
    os.remove(part)
    return nil, errors.new("photo_folder", { folder = take.image.path })
  end
  copies.import(take.image, path)
  return true
end

--- Tells how far it is; returns false where the user has cancelled.
function Run:report(part)
  if not self.cancelled and self.progress((self.steps + part) / self.all_steps) == false then
    self.cancelled = true
  end
  return not self.cancelled
end

--- Was it cancelled, or has it met an error that ends it?
function Run:is_over()
  return self.outcome.stopped ~= nil or not self:report(0)
end

--- Does one step for a photo; a failure is noted, and a fatal one ends the run.
-- @return what the step returned, or nil.
function Run:try(image, step, ...)
  if self:is_over() then
    return nil
  end
  local ok, value, fault = xpcall(step, debug.traceback, ...)
  if not ok then
    value, fault = nil, errors.new("bug", { detail = value })
  end
  self.steps = self.steps + 1
  if value == nil then
    self:note(image.filename, fault)
  end
  return value
end

function Run:note(name, fault)
  if errors.is_fatal(fault) then
    self.outcome.stopped = fault
  elseif fault.code ~= "cancelled" then
    table.insert(self.outcome.failed, { name = name, message = fault.message })
  end
end

--- Makes of an open take what was asked for, and closes it.
function Run:complete(take)
  local make = self.settings.mode == "copy" and self.copy or self.look
  local ok, made, fault = xpcall(make, debug.traceback, self, take)
  self:close_take(take)
  if not ok then
    return nil, errors.new("bug", { detail = made })
  end
  self.outcome.done = self.outcome.done + (made and 1 or 0)
  return made, fault
end

return Run

--- One run over a selection in darktable: its steps for one photo.
local copies = require "lutbridge_dt_copy"
local errors = require "lutbridge_errors"
local files = require "lutbridge_dt_files"
local luts = require "lutbridge_dt_luts"
local photo = require "lutbridge_dt_photo"
local results = require "lutbridge_results"
local run = require "lutbridge_run"

local Run = setmetatable({}, { __index = run })
Run.__index = Run

--- Begins a run.
-- @param settings as lutbridge_dt_retouch describes them.
-- @param progress function that gets 0 to 1 now and then; if it returns false, the run ends.
function Run.new(client, workspace, settings, all_steps, progress)
  local self = run.begin(Run, {
    client = client,
    workspace = workspace,
    settings = settings,
    all_steps = all_steps,
    progress = progress,
    protect = function(step, ...)
      return xpcall(step, debug.traceback, ...)
    end,
    name_of = function(image)
      return image.filename
    end,
    is_result = function(image)
      return results.is_result(image.filename, files.sample(files.join(image.path, image.filename)))
    end,
    new_looks = {},
  })
  self.outcome.later, self.outcome.approximate = {}, 0
  return self
end

--- Exports a photo without Auto Retouch.
-- @return take, to be closed; or nil and an error.
function Run:open_take(image, long_side)
  local take = { photo = image, file = self.workspace:path(image.id .. ".tif") }
  local exported, fault = photo.export(image, take.file, long_side, self.workspace)
  if not exported then
    self:close_take(take)
    return nil, fault
  end
  take.is_new = exported.is_new
  return take
end

function Run:close_take(take)
  self.workspace:drop(take.file)
end

function Run:put_look(take, lut_path)
  local later, fault = photo.put_look(take.photo, lut_path, self.settings.at_end, self.workspace)
  if not later then
    return nil, fault
  end
  if take.is_new then
    table.insert(self.new_looks, { image = take.photo, lut_path = lut_path })
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
-- darktable 5.4 then lost changes that were applied meanwhile.
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

function Run:lut_options()
  local options = self:strengths()
  options.size = self.settings.grid_size
  return options
end

--- Fetches a .cube file with `fetch(target)` and puts it into the LUT folder; returns its path there.
function Run:keep_lut(fetch, count)
  local target = self.workspace:path "look.cube"
  local facts, fault = fetch(target)
  local path
  if facts then
    path, fault = luts.keep(target)
    self:note_lut(facts, count)
  end
  self.workspace:drop(target)
  return path, fault
end

--- LUT mode for one photo.
function Run:look(take)
  local path, fault = self.shared, nil
  if not path then
    local options = self:options(take, self:lut_options())
    options.view = self.settings.view
    path, fault = self:keep_lut(function(target)
      return self.client:lut(take.file, options, target)
    end, 1)
  end
  if not path then
    return nil, fault
  end
  return self:put_look(take, path)
end

--- Has the helper render a photo into a file; returns its facts, or nil and an error.
function Run:render(take, options, target)
  if files.WINDOWS then -- each request shows a window for a moment, so there is one
    return self.client:render_at_once(take.file, options, target)
  end
  return self.client:render_as_job(take.file, options, target, function(progress)
    return self:report(progress)
  end)
end

--- Render mode for one photo.
function Run:copy(take)
  local options = self:options(take, self:strengths())
  options.format = self.settings.copy_format
  local path, part = copies.place(take.photo, options.format, self.workspace)
  if not path then
    return nil, part
  end
  local facts, fault = self:render(take, options, part)
  if not facts then
    os.remove(part)
    return nil, fault
  end
  if not files.move(part, path) then
    os.remove(part)
    return nil, errors.new("photo_folder", { folder = take.photo.path })
  end
  copies.import(take.photo, path)
  return true
end

return Run

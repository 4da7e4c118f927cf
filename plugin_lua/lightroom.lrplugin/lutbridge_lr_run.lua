--- One run over a selection in Lightroom: its steps for one photo.
local LrFileUtils = import "LrFileUtils"
local LrPathUtils = import "LrPathUtils"
local LrTasks = import "LrTasks"

local copies = require "lutbridge_lr_copy"
local errors = require "lutbridge_errors"
local files = require "lutbridge_lr_files"
local looks = require "lutbridge_lr_look"
local photos = require "lutbridge_lr_photo"
local profiles = require "lutbridge_lr_profile"
local results = require "lutbridge_results"
local run = require "lutbridge_run"
local sender = require "lutbridge_lr_send"
local text = require "lutbridge_lr_text"
local tiff = require "lutbridge_lr_tiff"

local Run = setmetatable({}, { __index = run })
Run.__index = Run

local SPACES = { look = "sRGB", copy = "ProPhotoRGB" } -- a profile works in sRGB; a copy keeps all colours

--- Begins a run.
-- @param settings as lutbridge_lr_settings.for_run returns them.
-- @param shoot name for all photos; profiles are listed under it.
-- @param progress function that gets 0 to 1 now and then; if it returns false, the run ends.
-- @param within nil; or what is different within an export of Lightroom's own: rendered (function from a photo to its
-- full-size export), import (function that takes a photo and its copy's path, as lutbridge_lr_copy.import).
function Run.new(client, workspace, settings, shoot, all_steps, progress, within)
  local self = run.begin(Run, {
    client = client,
    workspace = workspace,
    settings = settings,
    shoot = shoot,
    all_steps = all_steps,
    progress = progress,
    protect = LrTasks.pcall,
    name_of = photos.name,
    is_result = function(photo)
      return results.is_result(photos.name(photo), files.sample(photo:getRawMetadata "path"))
    end,
    rendered = within and within.rendered,
    import = within and within.import or copies.import,
  })
  self.outcome.eight_bit, self.outcome.incomplete = 0, {}
  return self
end

--- The photo that is exported and changed: a virtual copy without a Look, or the photo itself.
-- @return true, or nil and an error.
function Run:choose_target(take)
  if self.settings.mode == "copy" then
    take.target = take.photo
    return true
  end
  local fault
  take.target, fault = looks.copy_for(take.photo)
  if take.target then
    take.earlier, fault = looks.clear(take.target)
  end
  return take.earlier and true, fault
end

--- Exports a photo without Auto Retouch.
-- @return take, to be closed; or nil and an error.
function Run:open_take(photo, long_side)
  local take, fault = { photo = photo }, photos.refusal(photo)
  if fault then
    return nil, fault
  end
  local chosen
  chosen, fault = self:choose_target(take)
  if chosen and self.rendered then
    take.file, fault = self.rendered(photo)
  elseif chosen then
    take.file, fault = photos.export(take.target, self.workspace.folder, SPACES[self.settings.mode], long_side)
  end
  if not take.file then
    self:close_take(take)
    return nil, fault
  end
  return take
end

--- Puts the copy's earlier Look back unless it was replaced, and removes the export.
function Run:close_take(take)
  if take.earlier then
    looks.restore(take.target, take.earlier)
    take.earlier = nil
  end
  if take.file and not self.rendered then
    LrFileUtils.delete(take.file)
    take.file = nil
  end
end

--- Lightroom's Amount is the strength, so the profile has the full look; separate strengths are in the profile.
function Run:lut_options()
  local options = self.settings.has_mask and self:strengths() or { strength = 1 }
  options.format = "xmp"
  return options
end

--- The value for Lightroom's Amount, 0 to 1.
function Run:amount()
  return self.settings.has_mask and 1 or self.settings.strength
end

--- Fetches a profile with `fetch(target)` and installs it; returns it as lutbridge_lr_profile.read does.
function Run:keep_lut(fetch, count)
  local target = self.workspace:path "look.xmp"
  local profile
  local facts, fault = fetch(target)
  if facts then
    profile, fault = profiles.read(files.read(target) or "", text("profile_group", { shoot = self.shoot }))
    self:note_lut(facts, count)
  end
  LrFileUtils.delete(target)
  if profile then
    local kept
    kept, fault = profiles.install(profile)
    profile = kept and profile
  end
  return profile, fault
end

--- LUT mode for one photo.
function Run:look(take)
  local profile, fault = self.shared, nil
  if not profile then
    local options = self:options(take, self:lut_options())
    options.view = self.settings.view
    profile, fault = self:keep_lut(function(target)
      return self.client:lut(take.file, options, target)
    end, 1)
  end
  if not profile then
    return nil, fault
  end
  local on
  on, fault = looks.put(take.target, profile, self:amount())
  if on then
    take.earlier = nil -- replaced
  end
  return on, fault
end

--- Has the helper render a photo into a file; returns its facts, or nil and an error.
function Run:render(take, target)
  local options = self:options(take, self:strengths())
  options.format = self.settings.copy_format
  if sender.flashes() then -- so there is one request, and not one for each step
    return self.client:render_at_once(take.file, options, target)
  end
  return self.client:render_as_job(take.file, options, target, function(progress)
    return self:report(progress)
  end)
end

--- Render mode for one photo.
function Run:copy(take)
  if tiff.bits(take.file) == 8 then
    self.outcome.eight_bit = self.outcome.eight_bit + 1
  end
  local path, part = copies.place(take.photo, self.settings.copy_format)
  if not path then
    return nil, part
  end
  local facts, fault = self:render(take, part)
  if facts and not LrFileUtils.move(part, path) then
    facts, fault = nil, errors.new("photo_folder", { folder = LrPathUtils.parent(path) })
  end
  if not facts then
    LrFileUtils.delete(part)
    return nil, fault
  end
  local imported, detail = self.import(take.photo, path)
  if not imported then
    return nil, detail
  end
  copies.note(self.outcome, take.photo, detail)
  return true
end

return Run

--- Looks on photos. Lightroom's profiles, Adobe Color among them, are Looks, and a photo has one of them: ours takes
-- the place of what was there. So a look is found on the photo without its Look, and put on a virtual copy: the photo
-- itself is never changed.
local LrApplication = import "LrApplication"
local LrTasks = import "LrTasks"

local catalog = require "lutbridge_lr_catalog"
local errors = require "lutbridge_errors"
local photos = require "lutbridge_lr_photo"
local profiles = require "lutbridge_lr_profile"
local text = require "lutbridge_lr_text"

local M = {}

M.COPY = "Auto Retouch" -- what the virtual copies are called, in every language, so that they are found again

local NO_LOOK = { Name = "" }
local SELECT_TRIES = 10 -- a fifth of a second each

local function copy_name(photo)
  return photo:getFormattedMetadata "copyName" or ""
end

--- What the copy of this photo is called; that of a virtual copy of the user's has its name too.
local function name_for(photo)
  local own = photo:getRawMetadata "isVirtualCopy" and copy_name(photo) or ""
  return own == "" and M.COPY or ("%s (%s)"):format(M.COPY, own)
end

local function is_ours(photo)
  return photo:getRawMetadata "isVirtualCopy" and copy_name(photo):sub(1, #M.COPY) == M.COPY
end

local function find_copy(photo)
  for _, copy in ipairs(photos.master(photo):getRawMetadata "virtualCopies" or {}) do
    if copy_name(copy) == name_for(photo) then
      return copy
    end
  end
end

--- Selects a photo. Hidden photos cannot be selected, without any error. Returns whether only this photo is selected.
local function select_alone(active, photo)
  active:setSelectedPhotos(photo, { photo })
  for _ = 1, SELECT_TRIES do
    local selected = active:getTargetPhotos()
    if #selected == 1 and photos.are_same(selected[1], photo) then
      return true
    end
    LrTasks.sleep(0.2)
  end
  return false
end

--- Lightroom makes virtual copies of what is selected and tells which they are; the user may select meanwhile. So it is
-- looked whether the copy is of this photo.
local function make_copy(photo)
  local active = LrApplication.activeCatalog()
  local made = select_alone(active, photo) and active:createVirtualCopies(name_for(photo)) or {}
  if #made ~= 1 or not photos.are_same(photos.master(made[1]), photos.master(photo)) then
    return nil, errors.new "no_copy"
  end
  return made[1]
end

--- The virtual copy for a photo's look: a new or an earlier one, or the photo itself if it is one.
-- @return photo, or nil and an error.
function M.copy_for(photo)
  if photo:getDevelopSettings().HDREditMode == 1 then
    return nil, errors.new "hdr"
  elseif is_ours(photo) then
    return photo
  end
  local copy = find_copy(photo)
  if copy then
    return copy
  end
  return make_copy(photo)
end

local function look_of(copy)
  local look = copy:getDevelopSettings().Look
  return type(look) == "table" and (look.Name or look.UUID or "") ~= "" and look or nil
end

local function apply(copy, settings)
  return catalog.change(text "title", function()
    copy:applyDevelopSettings(settings, text "title")
  end)
end

--- Takes off the Look that a copy has.
-- @return table with the Look for `restore`, which may be none; or nil and an error.
function M.clear(copy)
  local earlier = { look = look_of(copy) }
  if not earlier.look then
    return earlier
  end
  local applied, fault = apply(copy, { Look = NO_LOOK })
  if not applied then
    return nil, fault
  end
  local left = look_of(copy)
  if left then
    M.restore(copy, earlier)
    return nil, errors.new("look_kept", { profile = left.Name or left.UUID })
  end
  return earlier
end

--- Puts back what `clear` took off.
function M.restore(copy, earlier)
  if earlier.look then
    apply(copy, { Look = earlier.look })
  end
end

--- Puts a profile on a copy, and looks whether Lightroom has taken it.
-- @param amount 0 to 1.
-- @return true, or nil and an error; the copy has then the Look that it had before.
function M.put(copy, profile, amount)
  local applied, fault = apply(copy, profiles.settings(profile, amount))
  if not applied then
    return nil, fault
  end
  local missing = profiles.missing(profile, amount, copy:getDevelopSettings())
  if not missing then
    return true
  end
  apply(copy, { Look = NO_LOOK })
  return nil, errors.new("choose_profile", {
    dropped = text("dropped_" .. missing),
    profile = profile.name,
    group = profile.group,
    copy = copy_name(copy),
    amount = ("%d"):format(amount * 100 + 0.5),
  })
end

return M

--- The rendered copy of a photo: its file, and its import into the catalogue.
local LrApplication = import "LrApplication"
local LrFileUtils = import "LrFileUtils"
local LrPathUtils = import "LrPathUtils"
local LrTasks = import "LrTasks"

local catalog = require "lutbridge_lr_catalog"
local errors = require "lutbridge_errors"
local files = require "lutbridge_lr_files"
local photos = require "lutbridge_lr_photo"
local text = require "lutbridge_lr_text"

local M = {}

local EXTENSIONS = { tiff = ".tif", jpeg = ".jpg" }
-- The file brings its metadata along; flags are in no file, and the rest depends on how Lightroom is set to import.
local RAW = { "rating", "colorNameForLabel", "pickStatus" }
local FORMATTED = { "title", "caption", "copyright", "creator" }
local FIELDS = {}
for _, keys in ipairs { RAW, FORMATTED } do
  for _, key in ipairs(keys) do
    table.insert(FIELDS, key)
  end
end

--- A free name beside the original, and one until the copy is complete.
-- @param format "tiff" or "jpeg".
-- @return path, path of the unfinished copy; or nil and an error.
function M.place(photo, format)
  local original = photo:getRawMetadata "path"
  local folder = LrPathUtils.parent(original)
  local stem = LrPathUtils.removeExtension(LrPathUtils.leafName(original))
  for number = 1, 999 do
    local suffix = number > 1 and "-" .. number or ""
    local path = LrPathUtils.child(folder, stem .. "-retouched" .. suffix .. EXTENSIONS[format])
    if not LrFileUtils.exists(path) then
      if files.write(path .. ".part", "") then
        return path, path .. ".part"
      end
      break
    end
  end
  return nil, errors.new("photo_folder", { folder = folder })
end

--- What the user wrote about a photo, as setRawMetadata takes it.
local function metadata_of(photo)
  local metadata = {}
  for _, key in ipairs(RAW) do
    metadata[key] = photo:getRawMetadata(key)
  end
  for _, key in ipairs(FORMATTED) do
    metadata[key] = photo:getFormattedMetadata(key)
  end
  for key, value in pairs(metadata) do
    metadata[key] = value ~= "" and value or nil
  end
  return metadata
end

--- Brings a finished copy into the catalogue, stacked above its original, with what the user wrote about that. Its file
-- stays whatever happens: it is the photo that was asked for.
-- @return true and a list of the fields that Lightroom did not take; or nil and an error, where the copy is not in the
-- catalogue.
function M.import(photo, path)
  local metadata, keywords = metadata_of(photo), photo:getRawMetadata "keywords" or {}
  local missing = {}
  local function set(field, change, ...)
    if not LrTasks.pcall(change, ...) and missing[#missing] ~= field then
      table.insert(missing, field)
    end
  end
  local imported, fault = catalog.change(text "title", function()
    local copy = LrApplication.activeCatalog():addPhoto(path, photo, "above")
    for _, key in ipairs(FIELDS) do
      if metadata[key] ~= nil then
        set(key, copy.setRawMetadata, copy, key, metadata[key])
      end
    end
    for _, keyword in ipairs(keywords) do
      set("keywords", copy.addKeyword, copy, keyword)
    end
  end)
  if not imported then
    return nil, errors.new("copy_left", { path = path, detail = fault.message })
  end
  return true, missing
end

--- Notes in a run's outcome which fields a copy lacks, if any.
function M.note(outcome, photo, missing)
  if #missing > 0 then
    table.insert(outcome.incomplete, { name = photos.name(photo), fields = table.concat(missing, ", ") })
  end
end

return M

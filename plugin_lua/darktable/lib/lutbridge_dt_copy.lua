--- The rendered copy of a photo: its file, and its import into the library.
local dt = require "darktable"
local errors = require "lutbridge_errors"
local files = require "lutbridge_dt_files"

local M = {}

local EXTENSIONS = { tiff = ".tif", jpeg = ".jpg" }
local LABELS = { "red", "yellow", "green", "blue", "purple" }
local TEXTS = { "title", "description", "creator", "publisher", "rights", "notes" }

--- A free name beside the original, and one until the copy is complete.
-- @param format "tiff" or "jpeg".
-- @return path, path of the unfinished copy; or nil and an error.
function M.place(image, format, workspace)
  local stem = image.filename:gsub("%.[^.]*$", "")
  for number = 1, 999 do
    local suffix = number > 1 and "-" .. number or ""
    local path = files.join(image.path, stem .. "-retouched" .. suffix .. EXTENSIONS[format])
    if not files.exists(path) then
      local part = files.part_of(path, workspace)
      if files.write(part, "") then
        return path, part
      end
      return nil, errors.new("photo_folder", { folder = image.path })
    end
  end
  return nil, errors.new("photo_folder", { folder = image.path })
end

local function copy_metadata(original, copy)
  copy.rating = original.rating
  for _, name in ipairs(LABELS) do
    copy[name] = original[name]
  end
  for _, name in ipairs(TEXTS) do
    copy[name] = original[name]
  end
  for _, tag in ipairs(dt.tags.get_tags(original)) do
    if not tag.name:find "^darktable|" then
      dt.tags.attach(tag, copy)
    end
  end
end

--- Imports a finished copy, grouped with its original and with the user's metadata.
-- @return the copy's image.
function M.import(original, path)
  local copy = dt.database.import(path)
  copy:group_with(original)
  copy_metadata(original, copy)
  return copy
end

return M

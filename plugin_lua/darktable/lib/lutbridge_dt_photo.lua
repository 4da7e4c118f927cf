--- A photo in darktable: what is done to it, exporting it, and switching Auto Retouch on and off.
local dt = require "darktable"
local errors = require "lutbridge_errors"
local files = require "lutbridge_dt_files"
local style = require "lutbridge_dt_style"

local M = {}

-- One name for every style that passes through darktable's list: it leaves a tag of that name, which is removed too.
local STYLE = "lutbridge-passing-through"
local TAG = "darktable|style|" .. STYLE

local SETTLE_MS = 1500

local function find_style()
  for index = 1, #dt.styles do
    if dt.styles[index].name == STYLE then
      return dt.styles[index]
    end
  end
end

local function delete_style()
  local left_over = find_style()
  if left_over then
    left_over:delete()
  end
end

--- What is done to a photo: see lutbridge_dt_style.read.
function M.history(image, workspace)
  delete_style()
  local made = dt.styles.create(image, STYLE, "")
  local path = workspace:path(STYLE .. ".dtstyle")
  dt.styles.export(made, workspace.folder, true)
  made:delete()
  local xml = files.read(path) or ""
  workspace:drop(path)
  return style.read(xml)
end

--- Applies one entry to a photo; its other modules stay as they are.
local function apply(image, entry, order, workspace)
  delete_style()
  local path = workspace:path(STYLE .. ".dtstyle")
  files.write(path, style.style(STYLE, entry, order))
  dt.styles.import(path)
  workspace:drop(path)
  local imported = find_style()
  if not imported then
    return false
  end
  dt.styles.apply(imported, image)
  imported:delete()
  local tag = dt.tags.find(TAG)
  if tag then
    tag:delete()
  end
  return true
end

--- Puts a look on a photo.
-- @param lut_path of the .cube file, relative to darktable's LUT folder.
-- @param at_end true: where modules come after it, make it the last one.
-- @return list of the modules that still come after it, or nil and an error.
function M.put_look(image, lut_path, at_end, workspace)
  if not apply(image, style.entry(lut_path), nil, workspace) then
    return nil, errors.new "style"
  end
  local history = M.history(image, workspace)
  if not style.find(history) then
    return nil, errors.new "style"
  end
  local later = style.later_modules(history)
  local order = at_end and #later > 0 and style.order_at_end(history)
  if order then
    apply(image, style.find(history).text, order, workspace)
    later = style.later_modules(M.history(image, workspace))
  end
  return later
end

--- Switches the look off; the photo's pixels are then what they were without it.
-- @return the entry that was on, for `restore`, or nil where there was none.
-- @return true where darktable had not developed the photo before.
function M.switch_off(image, workspace)
  local history = M.history(image, workspace)
  local own = style.find(history)
  if own and own.enabled then
    apply(image, style.switched_off(own.text), nil, workspace)
    return own.text, false
  end
  return nil, #history.entries == 0
end

--- Is the look on?
function M.has_look(image, workspace)
  local own = style.find(M.history(image, workspace))
  return own ~= nil and own.enabled
end

--- Waits until darktable's thumbnails have caught up.
function M.settle()
  dt.control.sleep(SETTLE_MS)
end

--- Switches a look on again.
function M.restore(image, entry, workspace)
  apply(image, entry, nil, workspace)
end

--- Exports a photo as a TIFF of 16 bit, in the profile that the export panel is set to; the file says which.
-- @param long_side at most so many pixels, 0 for full size.
-- @return true, or nil and an error.
function M.export(image, path, long_side)
  if not files.exists(files.join(image.path, image.filename)) then
    return nil, errors.new "photo_missing"
  end
  local format = dt.new_format "tiff"
  format.bpp = 16
  format.max_width, format.max_height = long_side, long_side
  os.remove(path)
  -- What write_image returns means failure in darktable 4.2 and success in 5; the file tells.
  format:write_image(image, path, false)
  local file = io.open(path, "rb")
  local size = file and file:seek "end" or 0
  if file then
    file:close()
  end
  if size == 0 then
    return nil, errors.new "export"
  end
  return true
end

--- Is the export panel set to scale by a factor? Then darktable exports nothing in full size.
function M.is_export_scaled()
  local function setting(name)
    return dt.preferences.read("darktable", "plugins/lighttable/export/" .. name, "string")
  end
  local factor = setting "resizing_factor"
  return setting "resizing" == "scaling" and factor ~= "" and factor ~= "1" and factor ~= "1/1"
end

return M

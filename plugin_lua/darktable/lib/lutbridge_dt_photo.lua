--- A photo in darktable: its edits, exporting it, and switching Auto Retouch on and off.
local closing = require "lutbridge_dt_closing"
local dt = require "darktable"
local errors = require "lutbridge_errors"
local files = require "lutbridge_dt_files"
local style = require "lutbridge_dt_style"

local M = {}

-- One name for every style that passes through darktable's list: it leaves a tag of that name, which is removed too.
local STYLE = "lutbridge-passing-through"
local TAG = "darktable|style|" .. STYLE

local SETTLE_MS = 1500
local HISTORY_TRIES, HISTORY_SAME, HISTORY_MS = 20, 3, 50

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

local function is_there(image)
  return files.exists(files.join(image.path, image.filename))
end

--- Has darktable write a copy of the photo's file with its XMP, and reads that. The copy is not wanted, and a RAW file
-- is large: it goes nowhere.
local function read_xmp(image, workspace)
  local name = "history." .. image.filename:match "[^.]*$"
  workspace:discard(name)
  local xmp = workspace:path(name .. ".xmp")
  dt.new_format("copy"):write_image(image, files.join(workspace.folder, "history."), false)
  local text = files.read(xmp)
  workspace:drop(xmp)
  return text and style.read(text)
end

--- What is done to a photo.
-- While a thumbnail is being developed, darktable writes the photo's history anew, row by row. Making a style of the
-- photo then crashes darktable (4.2: a row without a module). Writing XMP does not, but what is last in the history,
-- where Auto Retouch stands, may be missing: a photo is without it when it was not seen several times in a row.
-- @return as lutbridge_dt_style.read, or nil and an error.
function M.history(image, workspace)
  if not is_there(image) then
    return nil, errors.new "photo_missing"
  end
  local rows, same = nil, 0
  for _ = 1, HISTORY_TRIES do
    local history = read_xmp(image, workspace)
    if not history then
      return nil, errors.new "export"
    end
    same = #history.entries == rows and same + 1 or 1
    if style.find(history) or same == HISTORY_SAME then
      return history
    end
    rows = #history.entries
    dt.control.sleep(HISTORY_MS)
  end
  return nil, errors.new "export"
end

--- The history of a photo that a look was just put on, once it is seen; or nil and an error.
local function history_with_look(image, workspace)
  for _ = 1, HISTORY_TRIES do
    local history, fault = M.history(image, workspace)
    if not history or style.find(history) then
      return history, fault
    end
  end
  return nil, errors.new "style"
end

local orders = {} -- by version: the module orders that darktable has of its own

--- A photo's module order. Of those of its own, darktable tells only by a style; one is made in a run of darktable,
-- right after its history was read.
local function module_order(image, history, workspace)
  if not history.order and not orders[history.order_version] then
    delete_style()
    local made = dt.styles.create(image, STYLE, "")
    local path = workspace:path(STYLE .. ".dtstyle")
    dt.styles.export(made, workspace.folder, true)
    made:delete()
    orders[history.order_version] = style.read_order(files.read(path) or "")
    workspace:drop(path)
    local settings = files.usable(dt.configuration.config_dir)
    if settings then
      os.remove(files.join(settings, "styles", STYLE .. ".dtstyle")) -- darktable keeps one there
    end
  end
  return history.order or orders[history.order_version]
end

--- Adds a style of one entry to darktable's list; returns it, or nil.
local function import_style(entry, order, workspace)
  delete_style()
  local path = workspace:path(STYLE .. ".dtstyle")
  files.write(path, style.style(STYLE, entry, order))
  dt.styles.import(path)
  workspace:drop(path)
  return find_style()
end

local function put_style(imported, image)
  dt.styles.apply(imported, image)
  return true
end

local function forget_style(imported)
  imported:delete()
  local tag = dt.tags.find(TAG)
  if tag then
    tag:delete()
  end
end

--- Applies one entry to a photo; its other modules are unchanged. Each step looks whether darktable is closing just
-- before it is taken, as looking for a style takes a while.
-- @return whether darktable took it.
local function apply(image, entry, order, workspace)
  local imported = closing.safely(import_style, entry, order, workspace)
  local is_put = imported and closing.safely(put_style, imported, image) or false
  if imported then
    closing.safely(forget_style, imported)
  end
  return is_put
end

--- Puts a look on a photo.
-- @param lut_path of the .cube file, relative to darktable's LUT folder.
-- @param at_end true: where modules come after it, make it the last one.
-- @return list of the modules that still come after it, or nil and an error.
function M.put_look(image, lut_path, at_end, workspace)
  if not apply(image, style.entry(lut_path), nil, workspace) then
    return nil, errors.new "style"
  end
  local history, fault = history_with_look(image, workspace)
  if not history then
    return nil, fault
  end
  local order = module_order(image, history, workspace)
  local later = style.later_modules(history, order)
  local moved = at_end and #later > 0 and style.order_at_end(history, order)
  if moved then
    apply(image, style.find(history), moved, workspace)
    later = style.later_modules(history, moved)
  end
  return later
end

--- Switches the look off; the photo's pixels are then as without it.
-- @return the entry that was on, or false if there was none; or nil and an error.
-- @return true where darktable had not developed the photo before.
function M.switch_off(image, workspace)
  local history, fault = M.history(image, workspace)
  if not history then
    return nil, fault
  end
  local own = style.find(history)
  if not own or not style.is_on(own) then
    return false, #history.entries == 0
  end
  if not apply(image, style.switched_off(own), nil, workspace) then
    return nil, errors.new "style"
  end
  return own, false
end

--- Is the look on?
function M.has_look(image, workspace)
  local history = M.history(image, workspace)
  local own = history and style.find(history)
  return own ~= nil and style.is_on(own)
end

--- Waits until darktable's thumbnails have caught up, or darktable is closing.
function M.settle()
  for _ = 1, SETTLE_MS, HISTORY_MS do
    if dt.control.ending then
      return
    end
    dt.control.sleep(HISTORY_MS)
  end
end

local function export(image, path, long_side)
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
  return size > 0
end

--- Exports a photo as it is without its look: a TIFF of 16 bit, in the profile that the export panel is set to; the
-- file says which. The look is off just so long: however a run ends, no photo has lost what it had.
-- @param long_side maximum in pixels, 0 for full size.
-- @return {is_new = true where darktable had not developed the photo before}, or nil and an error.
function M.export(image, path, long_side, workspace)
  local earlier, is_new = M.switch_off(image, workspace)
  if earlier == nil then
    return nil, is_new
  end
  local exported = export(image, path, long_side)
  local seen = not earlier and read_xmp(image, workspace)
  if seen and style.find(seen) and style.is_on(style.find(seen)) then
    return nil, errors.new "style" -- put on meanwhile, or missed before: this export has the look in it
  elseif earlier and not apply(image, earlier, nil, workspace) then
    return nil, errors.new "style"
  elseif not exported then
    return nil, errors.new "export"
  end
  return { is_new = is_new }
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

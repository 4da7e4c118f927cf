--- A look as a darktable style: written to be applied, and read back from what darktable exports. Only text here.
--
-- Auto Retouch is an instance of darktable's module "LUT 3D" under a name of its own, so that it never meets the
-- instances of the user.
local M = {}

M.INSTANCE = "Auto Retouch"

local OPERATION = "lut3d"
local PATH_BYTES, SPACE_SRGB, TETRAHEDRAL = 512, 0, 0

--- Modules that follow LUT 3D in every photo and keep its look as it is.
local NEUTRAL = {
  colorout = true,
  finalscale = true,
  overexposed = true,
  rawoverexposed = true,
  dither = true,
  gamma = true,
}

local function hex(bytes)
  return (bytes:gsub(".", function(byte)
    return ("%02x"):format(byte:byte())
  end))
end

--- The module's parameters, version 1, which every darktable since 3.0 reads: path, colour space, interpolation.
local function parameters(path)
  return hex(path .. ("\0"):rep(PATH_BYTES - #path) .. string.pack("<i4i4", SPACE_SRGB, TETRAHEDRAL))
end

--- The style's entry that switches Auto Retouch on.
-- @param path of the .cube file, relative to darktable's LUT folder, with "/"; at most 511 bytes.
function M.entry(path)
  assert(#path < PATH_BYTES, path)
  -- Without multi_name_hand_edited darktable 5 drops the name and would overwrite the user's own instance.
  local fields = {
    { "num", 0 },
    { "module", 1 },
    { "operation", OPERATION },
    { "op_params", parameters(path) },
    { "enabled", 1 },
    { "multi_priority", 0 },
    { "multi_name", M.INSTANCE },
    { "multi_name_hand_edited", 1 },
  }
  for index, field in ipairs(fields) do
    fields[index] = ("<%s>%s</%s>"):format(field[1], field[2], field[1])
  end
  return table.concat(fields)
end

--- The same entry, switched off.
function M.switched_off(entry)
  return (entry:gsub("<enabled>%d</enabled>", "<enabled>0</enabled>"))
end

--- A whole style of one entry.
-- @param order the photo's module order to set, a list of "operation,instance", or nil to leave it.
function M.style(name, entry, order)
  local list = order and "<iop_list>" .. table.concat(order, ",") .. "</iop_list>" or ""
  local info = ("<info><name>%s</name><description></description>%s</info>"):format(name, list)
  return '<?xml version="1.0" encoding="UTF-8"?>\n<darktable_style version="1.0">'
    .. ("%s<style><plugin>%s</plugin></style></darktable_style>\n"):format(info, entry)
end

local function field(text, name)
  return text:match("<" .. name .. ">(.-)</" .. name .. ">")
end

--- What a style says that darktable exported of a photo.
-- @return table: entries (list of {operation, instance, name, enabled, text}), order (list of "operation,instance").
function M.read(xml)
  local history = { entries = {}, order = {} }
  for text in xml:gmatch "<plugin>(.-)</plugin>" do
    table.insert(history.entries, {
      operation = field(text, "operation"),
      instance = field(text, "multi_priority"),
      name = field(text, "multi_name"),
      enabled = field(text, "enabled") == "1",
      text = text,
    })
  end
  for operation, instance in (field(xml, "iop_list") or ""):gmatch "([%l%d_]+),(%d+)" do
    table.insert(history.order, operation .. "," .. instance)
  end
  return history
end

--- The entry of Auto Retouch in a photo's history, or nil.
function M.find(history)
  for _, entry in ipairs(history.entries) do
    if entry.operation == OPERATION and entry.name == M.INSTANCE then
      return entry
    end
  end
end

local function place(order, operation, instance)
  for index, item in ipairs(order) do
    if item == operation .. "," .. instance then
      return index
    end
  end
end

--- The enabled modules that are computed after Auto Retouch and change what it did.
-- @return list of operations.
function M.later_modules(history)
  local own = M.find(history)
  local from = own and place(history.order, OPERATION, own.instance) or 0
  local later = {}
  for _, entry in ipairs(history.entries) do
    local at = place(history.order, entry.operation, entry.instance) or 0
    if entry.enabled and at > from and not NEUTRAL[entry.operation] then
      table.insert(later, entry.operation)
    end
  end
  return later
end

--- The photo's module order with Auto Retouch as the last module before the output profile.
-- @return list, or nil where it has no such place.
function M.order_at_end(history)
  local own = M.find(history)
  local from = own and place(history.order, OPERATION, own.instance)
  if not from then
    return nil
  end
  local order = table.move(history.order, 1, #history.order, 1, {})
  local item = table.remove(order, from)
  local before = place(order, "colorout", 0)
  if before then
    table.insert(order, before, item)
  end
  return before and order
end

return M

--- A look as a darktable style, and a photo's edits as darktable writes them into XMP. Only text here.
--
-- Auto Retouch is an instance of darktable's module "LUT 3D" under a name of its own, so that it never meets the
-- instances of the user.
local M = {}

M.INSTANCE = "Auto Retouch"

local OPERATION = "lut3d"
local PATH_BYTES, SPACE_SRGB, TETRAHEDRAL = 512, 0, 0

--- Modules that follow LUT 3D in every photo and do not change its look.
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
  return {
    num = 0,
    modversion = 1,
    operation = OPERATION,
    params = parameters(path),
    enabled = 1,
    multi_priority = 0,
    multi_name = M.INSTANCE,
  }
end

--- The same entry, switched off.
function M.switched_off(entry)
  return setmetatable({ enabled = 0 }, { __index = entry })
end

-- What a style calls the fields of an entry, in its order. Without multi_name_hand_edited darktable 5 drops the name
-- and would overwrite the user's own instance.
local FIELDS = {
  { "num", "num" },
  { "module", "modversion" },
  { "operation", "operation" },
  { "op_params", "params" },
  { "enabled", "enabled" },
  { "blendop_params", "blendop_params" },
  { "blendop_version", "blendop_version" },
  { "multi_priority", "multi_priority" },
  { "multi_name", "multi_name" },
}

local function plugin(entry)
  local parts = {}
  for _, field in ipairs(FIELDS) do
    local value = entry[field[2]]
    if value then
      table.insert(parts, ("<%s>%s</%s>"):format(field[1], value, field[1]))
    end
  end
  return table.concat(parts) .. "<multi_name_hand_edited>1</multi_name_hand_edited>"
end

--- A whole style of one entry.
-- @param order the photo's module order to set, a list of "operation,instance", or nil to leave it.
function M.style(name, entry, order)
  local list = order and "<iop_list>" .. table.concat(order, ",") .. "</iop_list>" or ""
  local info = ("<info><name>%s</name><description></description>%s</info>"):format(name, list)
  return '<?xml version="1.0" encoding="UTF-8"?>\n<darktable_style version="1.0">'
    .. ("%s<style><plugin>%s</plugin></style></darktable_style>\n"):format(info, plugin(entry))
end

local function order_of(list)
  local order = {}
  for operation, instance in list:gmatch "([%l%d_]+),(%d+)" do
    table.insert(order, operation .. "," .. instance)
  end
  return order
end

--- The module order that a style gives, a list of "operation,instance".
function M.read_order(dtstyle)
  return order_of(dtstyle:match "<iop_list>(.-)</iop_list>" or "")
end

local function attribute(xmp, name)
  return xmp:match("darktable:" .. name .. '="([^"]*)"')
end

--- Reads a photo's edits from its XMP; values stay XML-escaped.
-- @return table: entries, one for each instance of a module that was touched, with the fields above; order_version; and
-- order (list of "operation,instance") where it is not one of darktable's own.
function M.read(xmp)
  local history_end = tonumber(attribute(xmp, "history_end")) or 0
  local entries, at = {}, {}
  for text in (xmp:match "<darktable:history>(.-)</darktable:history>" or ""):gmatch "<rdf:li%s(.-)/>" do
    local entry = {}
    for name, value in text:gmatch 'darktable:([%l_]+)="([^"]*)"' do
      entry[name] = value
    end
    if tonumber(entry.num) < history_end then
      local key = entry.operation .. "," .. entry.multi_priority
      at[key] = at[key] or #entries + 1
      entries[at[key]] = entry -- what was done later counts
    end
  end
  local order = attribute(xmp, "iop_order_list")
  return {
    entries = entries,
    order_version = attribute(xmp, "iop_order_version"),
    order = order and order_of(order),
  }
end

--- Is the entry's module on?
function M.is_on(entry)
  return tonumber(entry.enabled) == 1
end

--- The entry of Auto Retouch in a photo's history, or nil.
function M.find(history)
  for _, entry in ipairs(history.entries) do
    if entry.operation == OPERATION and entry.multi_name == M.INSTANCE then
      return entry
    end
  end
end

local function place(order, entry)
  for index, item in ipairs(order) do
    if item == entry.operation .. "," .. entry.multi_priority then
      return index
    end
  end
end

--- The enabled modules that are computed after Auto Retouch and change its result.
-- @param order the photo's module order.
-- @return list of operations.
function M.later_modules(history, order)
  local own = M.find(history)
  local from = own and place(order, own) or 0
  local later = {}
  for _, entry in ipairs(history.entries) do
    if M.is_on(entry) and (place(order, entry) or 0) > from and not NEUTRAL[entry.operation] then
      table.insert(later, entry.operation)
    end
  end
  return later
end

--- The photo's module order with Auto Retouch as the last module before the output profile.
-- @return list, or nil if it has no such place.
function M.order_at_end(history, order)
  local own = M.find(history)
  local from = own and place(order, own)
  if not from then
    return nil
  end
  local moved = table.move(order, 1, #order, 1, {})
  local item = table.remove(moved, from)
  local before = place(moved, { operation = "colorout", multi_priority = 0 })
  if before then
    table.insert(moved, before, item)
  end
  return before and moved
end

return M

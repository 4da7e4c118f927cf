-- Runs inside darktable: evaluates each chunk that appears in FOLDER/ask.lua and answers in FOLDER/answer.json.
local dt = require "darktable"
local folder = ...

local function encode(value)
  local kind = type(value)
  if kind == "table" then
    local parts = {}
    if #value > 0 or next(value) == nil then
      for index, item in ipairs(value) do
        parts[index] = encode(item)
      end
      return "[" .. table.concat(parts, ",") .. "]"
    end
    for key, item in pairs(value) do
      parts[#parts + 1] = encode(tostring(key)) .. ":" .. encode(item)
    end
    return "{" .. table.concat(parts, ",") .. "}"
  elseif kind == "nil" then
    return "null"
  elseif kind == "number" or kind == "boolean" then
    return tostring(value)
  end
  return '"' .. tostring(value):gsub('[%c"\\]', function(character)
    return ("\\u%04x"):format(character:byte())
  end) .. '"'
end

local function write(name, text)
  local file = assert(io.open(folder .. "/" .. name .. ".part", "wb"))
  file:write(text)
  file:close()
  os.rename(folder .. "/" .. name .. ".part", folder .. "/" .. name)
end

local function answer(path)
  local chunk, fault = loadfile(path)
  os.remove(path)
  if not chunk then
    return { ok = false, value = fault }
  end
  local ok, value = xpcall(chunk, debug.traceback)
  return { ok = ok, value = value }
end

dt.control.dispatch(function()
  write("started", "")
  while not dt.control.ending do
    local asked = io.open(folder .. "/ask.lua")
    if asked then
      asked:close()
      write("answer.json", encode(answer(folder .. "/ask.lua")))
    end
    dt.control.sleep(20)
  end
end)

--- Reads JSON (RFC 8259). The plug-ins only read it, so there is no writer.
local M = {}

local DEPTH = 32 -- of nested values; the helper's answers have five
local ESCAPES = { ['"'] = '"', ["\\"] = "\\", ["/"] = "/", b = "\b", f = "\f", n = "\n", r = "\r", t = "\t" }
local WORDS = { ["true"] = true, ["false"] = false }

local read_value

local function fail(text, at)
  error({ json = ("not JSON at byte %d of %d"):format(at, #text) }, 0)
end

local function skip_space(text, at)
  return text:find("[^ \t\r\n]", at) or #text + 1
end

--- A code point as UTF-8; Lua 5.1 has no utf8 library.
local function utf8_of(code)
  local function tail(shift)
    return string.char(0x80 + math.floor(code / 2 ^ shift) % 0x40)
  end
  if code < 0x80 then
    return string.char(code)
  elseif code < 0x800 then
    return string.char(0xC0 + math.floor(code / 0x40)) .. tail(0)
  elseif code < 0x10000 then
    return string.char(0xE0 + math.floor(code / 0x1000)) .. tail(6) .. tail(0)
  end
  return string.char(0xF0 + math.floor(code / 0x40000)) .. tail(12) .. tail(6) .. tail(0)
end

--- The character of a \u escape whose digits begin at `at`, and where it ends. A lone surrogate becomes U+FFFD.
local function read_code_point(text, at)
  local digits = text:match("^%x%x%x%x", at) or fail(text, at)
  local code = tonumber(digits, 16)
  if code < 0xD800 or code > 0xDFFF then
    return utf8_of(code), at + 4
  end
  local low = tonumber(text:match("^\\u([dD][c-fC-F]%x%x)", at + 4) or "", 16)
  if code > 0xDBFF or not low then
    return utf8_of(0xFFFD), at + 4
  end
  return utf8_of(0x10000 + (code - 0xD800) * 0x400 + low - 0xDC00), at + 10
end

local function read_string(text, at)
  local parts = {}
  while true do
    local stop = text:find('["\\%c]', at) or fail(text, #text)
    parts[#parts + 1] = text:sub(at, stop - 1)
    local what = text:sub(stop, stop)
    if what == '"' then
      return table.concat(parts), stop + 1
    elseif what ~= "\\" then
      fail(text, stop)
    end
    local kind = text:sub(stop + 1, stop + 1)
    if kind == "u" then
      parts[#parts + 1], at = read_code_point(text, stop + 2)
    else
      parts[#parts + 1] = ESCAPES[kind] or fail(text, stop)
      at = stop + 2
    end
  end
end

local function read_number(text, at)
  local digits = text:match("^-?%d+%.?%d*[eE]?[+-]?%d*", at)
  local number = digits and not digits:find("^-?0%d") and not digits:find("%.$") and tonumber(digits)
  return number or fail(text, at), at + #digits
end

--- The items between an opening bracket and its closing one.
local function read_items(text, at, closing, read_item)
  at = skip_space(text, at)
  if text:sub(at, at) == closing then
    return at + 1
  end
  while true do
    at = skip_space(text, read_item(skip_space(text, at)))
    local mark = text:sub(at, at)
    if mark == closing then
      return at + 1
    elseif mark ~= "," then
      fail(text, at)
    end
    at = at + 1
  end
end

local function read_array(text, at, depth)
  local array, count = {}, 0
  return array, read_items(text, at, "]", function(start)
    count = count + 1
    array[count], start = read_value(text, start, depth)
    return start
  end)
end

local function read_object(text, at, depth)
  local object = {}
  return object, read_items(text, at, "}", function(start)
    if text:sub(start, start) ~= '"' then
      fail(text, start)
    end
    local key
    key, start = read_string(text, start + 1)
    start = skip_space(text, start)
    if text:sub(start, start) ~= ":" then
      fail(text, start)
    end
    object[key], start = read_value(text, skip_space(text, start + 1), depth)
    return start
  end)
end

function read_value(text, at, depth)
  if depth == 0 then
    fail(text, at)
  end
  local first = text:sub(at, at)
  if first == "{" then
    return read_object(text, at + 1, depth - 1)
  elseif first == "[" then
    return read_array(text, at + 1, depth - 1)
  elseif first == '"' then
    return read_string(text, at + 1)
  elseif first:find("[-%d]") then
    return read_number(text, at)
  end
  local word = text:match("^%l+", at) or fail(text, at)
  if word == "null" then
    return nil, at + 4
  elseif WORDS[word] == nil then
    fail(text, at)
  end
  return WORDS[word], at + #word
end

--- Reads a JSON text.
-- @param text string, UTF-8.
-- @return the value: table, string, number or boolean; null is nil, in tables too.
-- @return nil, or what is wrong with the text.
function M.decode(text)
  local ok, value, at = pcall(read_value, text, skip_space(text, 1), DEPTH)
  if not ok then
    if type(value) == "table" and value.json then
      return nil, value.json
    end
    error(value, 0)
  end
  if skip_space(text, at) <= #text then
    return nil, ("not JSON at byte %d of %d"):format(at, #text)
  end
  return value
end

return M

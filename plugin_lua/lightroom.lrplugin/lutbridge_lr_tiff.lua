--- How many bits a TIFF has: which setting makes Lightroom export 16 is not documented, so the file is asked.
local files = require "lutbridge_lr_files"

local M = {}

local BITS_PER_SAMPLE = 258

local function number(bytes, little)
  local value = 0
  for at = 1, #bytes do
    value = value + bytes:byte(at) * 256 ^ (little and at - 1 or #bytes - at)
  end
  return value
end

local function read_bits(file)
  local head = file:read(8) or ""
  local little = head:sub(1, 4) == "II*\0"
  if #head < 8 or not (little or head:sub(1, 4) == "MM\0*") then
    return nil
  end
  file:seek("set", number(head:sub(5, 8), little))
  for _ = 1, number(file:read(2) or "", little) do
    local entry = file:read(12) or ""
    if number(entry:sub(1, 2), little) == BITS_PER_SAMPLE then
      local count = number(entry:sub(5, 8), little)
      if count > 2 then -- then the values stand elsewhere; all are the same
        file:seek("set", number(entry:sub(9, 12), little))
        entry = ("\0"):rep(8) .. (file:read(2) or "")
      end
      return number(entry:sub(9, 10), little)
    end
  end
end

--- Bits per sample of a file's first picture.
-- @return number, or nil where this is no TIFF.
function M.bits(path)
  return (files.reading(path, read_bits))
end

return M

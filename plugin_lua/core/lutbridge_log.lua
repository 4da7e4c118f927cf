--- What a helper has said, for the user.
local M = {}

--- Is this UTF-8, as windows show it? On Windows a program may write in the code page of the system.
local function is_utf8(text)
  return not text:gsub("[\194-\244][\128-\191]+", ""):find "[\128-\255]"
end

--- The last line that is not empty; if it is not UTF-8, with a "?" for each non-ASCII letter.
function M.last_line(text)
  local last = ""
  for line in text:gmatch "[^\r\n]+" do
    last = line:find "%S" and line or last
  end
  return is_utf8(last) and last or (last:gsub("[\128-\255]", "?"))
end

return M

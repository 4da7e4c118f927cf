--- Requests for the program curl, and its answers. The host runs curl.
local M = {}

--- What curl's exit codes mean, as lutbridge_client wants it; any other is "broken".
M.REASONS = { [7] = "refused", [23] = "unwritable", [28] = "timeout", [127] = "no_curl", [9009] = "no_curl" }

local function quoted(text)
  return '"' .. text:gsub('[\\"]', "\\%0") .. '"'
end

--- A request as curl reads it from a file, which keeps it, and above all the token, off the command line.
function M.config(request, body_to, headers_to)
  local lines = {
    "silent",
    "globoff",
    "url = " .. quoted(request.url),
    "request = " .. quoted(request.method),
    'noproxy = "*"',
    "connect-timeout = 5",
    "max-time = " .. request.seconds,
    "output = " .. quoted(body_to),
    "dump-header = " .. quoted(headers_to),
    -- curl would wait a second for a "100 Continue" before it sends a photo.
    'header = "Expect:"',
  }
  for _, header in ipairs(request.headers) do
    table.insert(lines, "header = " .. quoted(header[1] .. ": " .. header[2]))
  end
  if request.body_file then
    table.insert(lines, "upload-file = " .. quoted(request.body_file))
  elseif request.method == "POST" then
    table.insert(lines, 'header = "Content-Length: 0"')
  end
  return table.concat(lines, "\n") .. "\n"
end

--- The status and the headers, by lower-case name, of what curl dumped.
function M.parse_headers(text)
  local headers = {}
  for name, value in text:gmatch "\n([^:%s]+):[ \t]*([^\r\n]*)" do
    headers[name:lower()] = value
  end
  return tonumber(text:match "^HTTP/[%d.]+ (%d+)"), headers
end

return M

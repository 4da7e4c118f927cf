--- Carries requests to the helper with the program curl. Lua in darktable has no sockets, and io.popen would stop
-- darktable's other Lua code while it waits.
local files = require "lutbridge_dt_files"

local M = {}

local REASONS = { [7] = "refused", [23] = "unwritable", [28] = "timeout", [127] = "no_curl", [9009] = "no_curl" }

local function quoted(text)
  return '"' .. text:gsub('[\\"]', "\\%0") .. '"'
end

--- A request as curl reads it from a file: nothing of it, least of all the token, stands in the command line.
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

--- Makes a `host.send` as lutbridge_client wants it.
-- @param workspace for the files that pass between curl and this.
function M.sender(workspace)
  return function(request)
    local config, headers_file = workspace:path "curl.txt", workspace:path "headers.txt"
    local body_file = request.save_to or workspace:path "body.bin"
    os.remove(headers_file)
    os.remove(body_file)
    if not files.write(config, M.config(request, body_file, headers_file)) then
      return nil, "broken"
    end
    local code = files.execute("curl -q -K " .. files.quote(config))
    os.remove(config)
    if code ~= 0 then
      return nil, REASONS[code] or "broken"
    end
    local status, headers = M.parse_headers(files.read(headers_file) or "")
    if not status then
      return nil, "broken"
    end
    local response = { status = status, headers = headers }
    if status ~= 200 or not request.save_to then
      response.body = files.read(body_file) or ""
      os.remove(body_file)
    end
    return response
  end
end

return M

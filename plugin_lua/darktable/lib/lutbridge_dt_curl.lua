--- Carries requests to the helper with the program curl. Lua in darktable has no sockets, and io.popen would stop
-- darktable's other Lua code while it waits.
local curl = require "lutbridge_curl"
local files = require "lutbridge_dt_files"

local M = {}

--- Makes a `host.send` as lutbridge_client wants it.
-- @param workspace for the files that pass between curl and this.
function M.sender(workspace)
  return function(request)
    local config, headers_file = workspace:path "curl.txt", workspace:path "headers.txt"
    local body_file = request.save_to or workspace:path "body.bin"
    os.remove(headers_file)
    os.remove(body_file)
    if not files.write(config, curl.config(request, body_file, headers_file)) then
      return nil, "broken"
    end
    local code = files.execute("curl -q -K " .. files.quote(config))
    os.remove(config)
    if code ~= 0 then
      return nil, curl.REASONS[code] or "broken"
    end
    local status, headers = curl.parse_headers(files.read(headers_file) or "")
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

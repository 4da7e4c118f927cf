--- How requests reach the helper: `host.send` as lutbridge_client wants it. Lightroom's own HTTP client follows the
-- system's proxy, and one that is not told to leave out 127.0.0.1 looks for the helper on itself. Then the program
-- curl, which Windows and macOS have, goes past it.
local LrFileUtils = import "LrFileUtils"
local LrTasks = import "LrTasks"

local curl = require "lutbridge_curl"
local files = require "lutbridge_lr_files"
local http = require "lutbridge_lr_http"

local M = {}

local TRIES = 3 -- of curl, where the helper may just not be there: on Windows a window flashes for each

local function quoted(path)
  return WIN_ENV and '"' .. path .. '"' or "'" .. path:gsub("'", [['\'']]) .. "'"
end

local function status_of(code)
  return WIN_ENV and code or math.floor(code / 256) -- as system() has it on macOS
end

--- What curl has left of an answer.
local function response_of(request, body_file, headers_file)
  local status, headers = curl.parse_headers(files.read(headers_file) or "")
  if not status then
    return nil, "broken"
  end
  local response = { status = status, headers = headers }
  if status ~= 200 or not request.save_to then
    response.body = files.read(body_file) or ""
  elseif not files.replace(body_file, request.save_to) then
    return nil, "unwritable"
  end
  return response
end

local function exchange(request, workspace)
  local config, body_file = workspace:path "curl.txt", workspace:path "body.bin"
  local headers_file, photo = workspace:path "headers.txt", request.body_file and workspace:path "photo.bin"
  if photo and not LrFileUtils.copy(request.body_file, photo) then -- curl may not know its name either
    return nil, "broken"
  end
  local asked = setmetatable({ body_file = photo }, { __index = request })
  if not files.write(config, curl.config(asked, body_file, headers_file)) then
    return nil, "broken"
  end
  local code = status_of(LrTasks.execute("curl -q -K " .. quoted(config)))
  if code ~= 0 then
    return nil, curl.REASONS[code] or "broken"
  end
  return response_of(request, body_file, headers_file)
end

local function by_curl(request)
  local workspace = files.workspace()
  if not workspace then
    return nil, "broken"
  end
  local response, reason = exchange(request, workspace)
  workspace:close()
  return response, reason
end

local function is_helpers(response)
  return response ~= nil and response.headers["lutbridge-proof"] ~= nil
end

local way, tries = http.send, 0

--- Does a window flash for each request?
function M.flashes()
  return WIN_ENV and way == by_curl
end

--- One exchange; see lutbridge_client.
-- @return response, or nil and a reason.
function M.send(request)
  local response, reason = way(request)
  if way == by_curl or tries == TRIES or not request.url:find "/healthz$" or is_helpers(response) then
    return response, reason
  end
  tries = tries + 1
  local other = by_curl(request)
  if not is_helpers(other) then
    return response, reason
  end
  way = by_curl
  return other
end

return M

--- Carries requests to the helper through Lightroom's own HTTP client: `host.send` as lutbridge_client wants it.
local LrHttp = import "LrHttp"

local files = require "lutbridge_lr_files"

local M = {}

local PIECE = 1024 * 1024 -- bytes that are handed over at a time, so that a photo never stands in memory as a whole
local REASONS = {
  timedOut = "timeout",
  cannotFindHost = "refused",
  cannotConnectToHost = "refused",
  resourceUnavailable = "refused",
}

local function fields_of(request)
  local fields = {}
  for index, header in ipairs(request.headers) do
    fields[index] = { field = header[1], value = header[2] }
  end
  if not request.body_file then
    table.insert(fields, { field = "Content-Type", value = "skip" }) -- Lightroom would add text/plain
  end
  return fields
end

local function get(request, fields)
  return LrHttp.get(request.url, fields, request.seconds)
end

--- Sends a request that is no GET; what `LrHttp.post` returns.
local function post(request, fields)
  if not request.body_file then
    return LrHttp.post(request.url, "", fields, request.method, request.seconds)
  end
  local body, info = files.reading(request.body_file, function(file)
    local size = file:seek "end"
    file:seek("set", 0)
    local function piece()
      return file:read(PIECE)
    end
    return LrHttp.post(request.url, piece, fields, request.method, request.seconds, size)
  end)
  return body, info or { error = { errorCode = "badURL" } }
end

--- Status and headers, by lower-case name. Some versions of Lightroom give the status alone.
local function read_info(info)
  if type(info) == "number" then
    return { status = info, headers = {} }
  end
  local headers = {}
  for _, header in ipairs(info) do
    headers[header.field:lower()] = header.value
  end
  return { status = info.status, headers = headers }
end

--- One exchange; see lutbridge_client.
-- @return response, or nil and a reason.
function M.send(request)
  local body, info = (request.method == "GET" and get or post)(request, fields_of(request))
  if type(info) == "table" and info.error then
    return nil, REASONS[info.error.errorCode] or "broken"
  end
  local response = info and read_info(info)
  if not response or not response.status then
    return nil, "broken"
  end
  body = body or ""
  local announced = tonumber(response.headers["content-length"])
  if announced and announced ~= #body then
    return nil, "broken"
  end
  if response.status ~= 200 or not request.save_to then
    response.body = body
  elseif not files.write(request.save_to, body) then
    return nil, "unwritable"
  end
  return response
end

return M

--- LrHttp: takes what Lightroom takes and hands it to a `send(request)`, which returns status, headers (list of
-- {name, value}) and body, or nil and an error code of Lightroom's. `curl` is one for real requests.
local strict = require "lightroom.strict"

local M = {}

local CODES = { [7] = "cannotConnectToHost", [28] = "timedOut", [52] = "networkConnectionLost" }

--- Headers as Lightroom sends them: it adds a Content-Type unless there is one or it is to be skipped.
local function headers_of(fields)
  local headers, has_type = {}, false
  for index, field in ipairs(fields or {}) do
    strict.entries("a header of LrHttp", field, { field = "string", value = "string" })
    has_type = has_type or field.field == "Content-Type"
    if not (field.field == "Content-Type" and field.value == "skip") then
      table.insert(headers, { field.field, field.value })
    end
    assert(index <= #fields)
  end
  if not has_type then
    table.insert(headers, { "Content-Type", "text/plain" })
  end
  return headers
end

--- The bytes of a body: a string, or a function that gives pieces and then nil, together as many as announced.
local function collect(body, total)
  if type(body) == "string" then
    return body
  end
  strict.arguments("LrHttp.post", { "function", "number" }, body, total)
  local pieces = {}
  for piece in body do
    table.insert(pieces, piece)
  end
  local bytes = table.concat(pieces)
  assert(#bytes == total, "LrHttp.post: fewer or more bytes than announced")
  return bytes
end

--- @param tasks of lightroom.tasks.
function M.new(tasks, send)
  local function exchange(what, request)
    tasks.wait(what)
    local status, headers, body = send(request)
    tasks.wait(what)
    if not status then
      return nil, { error = { errorCode = headers, name = headers, nativeCode = -1 } }
    end
    local info = { status = status }
    for _, header in ipairs(headers) do
      table.insert(info, { field = header[1], value = header[2] })
    end
    return body, info
  end
  return strict.fixed("LrHttp", {
    get = function(url, fields, timeout)
      strict.arguments("LrHttp.get", { "string", "table?", "number?" }, url, fields, timeout)
      return exchange("LrHttp.get", { method = "GET", url = url, headers = headers_of(fields), seconds = timeout })
    end,
    post = function(url, body, fields, method, timeout, total)
      local kinds = { "string", "table?", "string?", "number?", "number?" }
      strict.arguments("LrHttp.post", kinds, url, fields, method, timeout, total)
      return exchange("LrHttp.post", {
        method = method or "POST",
        url = url,
        headers = headers_of(fields),
        seconds = timeout,
        body = collect(body, total),
      })
    end,
  })
end

local function write(path, bytes)
  local file = assert(io.open(path, "wb"))
  file:write(bytes)
  file:close()
end

local function read(path)
  local file = io.open(path, "rb")
  local bytes = file and file:read "*a" or ""
  if file then
    file:close()
  end
  return bytes
end

--- A `send` for real requests, through files in a folder.
function M.curl(folder)
  local config, body, answer, head = folder .. "/config", folder .. "/body", folder .. "/answer", folder .. "/head"
  return function(request)
    local lines = { "silent", 'noproxy = "*"', 'header = "Expect:"', "max-time = " .. request.seconds }
    table.insert(lines, ('url = "%s"\nrequest = "%s"'):format(request.url, request.method))
    table.insert(lines, ('output = "%s"\ndump-header = "%s"'):format(answer, head))
    for _, header in ipairs(request.headers) do
      table.insert(lines, ('header = "%s: %s"'):format(header[1], header[2]))
    end
    if request.body then
      write(body, request.body)
      table.insert(lines, ('data-binary = "@%s"'):format(body))
      if not table.concat(lines, "\n"):find "Content%-Type" then
        table.insert(lines, 'header = "Content-Type:"')
      end
    end
    write(config, table.concat(lines, "\n"))
    write(answer, "")
    local code = os.execute("curl -q -K '" .. config:gsub("'", [['\'']]) .. "'") / 256
    if code ~= 0 then
      return nil, CODES[code] or "badServerResponse"
    end
    local text, headers = read(head), {}
    for name, value in text:gmatch "\n([^:%s]+):[ \t]*([^\r\n]*)" do
      table.insert(headers, { name, value })
    end
    return tonumber(text:match "^HTTP/[%d.]+ (%d+)"), headers, read(answer)
  end
end

return M

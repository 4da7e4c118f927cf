--- Requests and answers of the helper's HTTP contract, protocol 1: docs/http-contract.md.
local errors = require "lutbridge_errors"
local hmac = require "lutbridge_hmac"
local json = require "lutbridge_json"

local M = {}

M.PROTOCOL = 1

--- The values of `view`, and of the group setting "how to retouch several photos".
M.VIEWS = { "fitted", "fused", "image-weights" }

local function percent(character)
  return ("%%%02X"):format(character:byte())
end

--- A text, escaped for an address.
local function escape(text)
  return (tostring(text):gsub("[^%w._~-]", percent))
end

-- What the helper takes for not printable, as UTF-8: controls, blanks other than a space (screenshots of a Mac have one
-- in their names), joiners (of some emoji), and what file systems put for characters that they do not allow.
local UNPRINTABLE = {
  "%c",
  "[/\\]",
  "\194[\128-\160\173]",
  "\226\128[\128-\143\168-\175]",
  "\226\129[\159-\175]",
  "\227\128\128",
  "\238[\128-\191][\128-\191]",
  "\239[\128-\163][\128-\191]",
  "\239\187\191",
  "\243\160[\128\129][\128-\191]",
}

--- A file's name as a label: cut to the 80 characters that it may have, never inside one, and printable.
function M.label(name)
  local count, at = 0, 1
  while at <= #name and count < 80 do
    at = (name:find("[^\128-\191]", at + 1)) or #name + 1
    count = count + 1
  end
  local label = name:sub(1, at - 1)
  for _, pattern in ipairs(UNPRINTABLE) do
    label = label:gsub(pattern, " ")
  end
  return label
end

--- The address of a request.
-- @param path beginning with "/".
-- @param options table from an option's name to its value; they go into the address in alphabetical order.
function M.url(port, path, options)
  local names, parts = {}, {}
  for name in pairs(options or {}) do
    names[#names + 1] = name
  end
  table.sort(names)
  for index, name in ipairs(names) do
    parts[index] = name .. "=" .. escape(options[name])
  end
  local query = #parts > 0 and "?" .. table.concat(parts, "&") or ""
  return ("http://127.0.0.1:%d%s%s"):format(port, path, query)
end

--- The headers of a request, in order: a list of {name, value}. No token: for /healthz.
function M.headers(method, token, has_body)
  local headers = {}
  if token then
    headers[#headers + 1] = { "Authorization", "Bearer " .. token }
  end
  if method ~= "GET" then
    headers[#headers + 1] = { "Lutbridge-Protocol", tostring(M.PROTOCOL) }
  end
  if has_body then
    headers[#headers + 1] = { "Content-Type", "application/octet-stream" }
  end
  return headers
end

--- The headers of a request for /healthz: a nonce that only the helper can answer.
function M.challenge(nonce)
  return { { "Lutbridge-Nonce", nonce } }
end

--- Whether an answer to /healthz is the helper's own: it takes the token to make it.
function M.is_proof(response, token, nonce)
  return response.status == 204 and response.headers["lutbridge-proof"] == hmac.hmac(token, "lutbridge:" .. nonce)
end

--- What an answer says.
-- @param response table: status number, headers by lower-case name, body string (nil if it was saved to a file).
-- @param fields list of names that its JSON must have, or nil if the answer is a file or empty.
-- @return table: the JSON object; for a file, the object of `Lutbridge-Result`.
-- @return nil, or an error.
function M.read(response, fields)
  if response.status < 200 or response.status > 299 then
    return nil, errors.from_answer(json.decode(response.body or ""), response.status)
  end
  local text = fields and response.body or response.headers["lutbridge-result"] or "{}"
  local answer, fault = json.decode(text)
  if type(answer) ~= "table" then
    return nil, errors.new("bad_answer", { detail = fault or "no object" })
  end
  for _, name in ipairs(fields or {}) do
    if answer[name] == nil then
      return nil, errors.new("bad_answer", { detail = "no " .. name })
    end
  end
  return answer
end

return M

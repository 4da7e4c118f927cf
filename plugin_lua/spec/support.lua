--- What the specs share: the contract's samples, and a host made of a table.
local dkjson = require "dkjson"
local hmac = require "lutbridge_hmac"

local M = {}

M.TOKEN = "k3J8vQm1Yw5Zt0xRb7Lc2Nf4Hs6Dp9Ag-Ue_iKoTnMQ"
M.STATE_FILE = "/run/user/1000/lutbridge/helper.json"

--- Where the repository is; the specs run in its root folder.
local CONTRACT = "tests/contract/"

function M.read_file(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read "*a"
  file:close()
  return text
end

--- An exchange of the contract, read with another JSON library than ours.
function M.sample(name)
  return (assert(dkjson.decode(M.read_file(CONTRACT .. name .. ".json"))))
end

--- A sample's answer as a transport hands it on.
function M.response(sample)
  local headers = {}
  for name, value in pairs(sample.response.headers) do
    headers[name:lower()] = value
  end
  local json = sample.response.json
  return { status = sample.response.status, headers = headers, body = json and dkjson.encode(json) }
end

--- What a helper that knows the token answers to a request's nonce.
function M.proof(request, token)
  for _, header in ipairs(request.headers) do
    if (header.field or header[1]) == "Lutbridge-Nonce" then
      return hmac.hmac(token or M.TOKEN, "lutbridge:" .. (header.value or header[2]))
    end
  end
end

function M.state_text(changes)
  local facts = { port = 49731, token = M.TOKEN, pid = 1, instance = "9f2c41d07be85a36", protocol = 1 }
  for name, value in pairs(changes or {}) do
    facts[name] = value
  end
  return dkjson.encode(facts)
end

--- A host whose helper gives the answers of a list, one after the other; /healthz is answered by itself.
function M.host(answers)
  local host = { platform = "linux", sent = {}, slept = {}, files = { [M.STATE_FILE] = M.state_text() } }
  function host.getenv(name)
    return ({ XDG_RUNTIME_DIR = "/run/user/1000", HOME = "/home/ann" })[name]
  end
  function host.read_file(path)
    return host.files[path]
  end
  function host.sleep(seconds)
    host.slept[#host.slept + 1] = seconds
  end
  function host.send(request)
    if request.url:find "/healthz$" then
      host.health_request = request
      local response = M.response(host.health or M.sample "healthz")
      if not host.health then
        local facts = dkjson.decode(host.files[M.STATE_FILE])
        response.headers["lutbridge-proof"] = M.proof(request, facts.token)
      end
      return response
    end
    host.sent[#host.sent + 1] = request
    local answer = table.remove(answers, 1)
    if type(answer) == "string" then
      return nil, answer
    end
    return answer
  end
  return host
end

--- The texts of a list that a pattern is found in.
function M.matching(texts, pattern)
  local found = {}
  for _, text in ipairs(texts) do
    if text:find(pattern) then
      found[#found + 1] = text
    end
  end
  return found
end

return M

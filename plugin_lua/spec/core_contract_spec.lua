local client = require "lutbridge_client"
local contract = require "lutbridge_contract"
local errors = require "lutbridge_errors"
local support = require "support"

local function decode(text)
  return (text:gsub("%%(%x%x)", function(digits)
    return string.char(tonumber(digits, 16))
  end))
end

--- A request as a sample writes it.
local function as_sample(request)
  local port, path, query = request.url:match "^http://127%.0%.0%.1:(%d+)([^?]*)%??(.*)$"
  local options, headers = {}, { Host = "127.0.0.1:" .. port }
  for name, value in query:gmatch "([^=&]+)=([^&]*)" do
    options[name] = decode(value)
  end
  for _, header in ipairs(request.headers) do
    headers[header[1]] = header[2]
  end
  return { method = request.method, path = path, query = options, headers = headers, body = request.body_file }
end

local GROUP = "g-0d4c7be1932fa658"
local JOB = { job = "j-5e1f0c92ab34d781", state = "done", progress = 1 }
local TAKE = { group = GROUP, take = "t1", name = "anna-1.jpg" }

--- What makes the request of each sample.
local CALLS = {
  ["info"] = function(it)
    return it:info()
  end,
  ["lut-cube"] = function(it)
    return it:lut("photo", { strength = 0.8, view = "fitted", size = 17, name = "anna.jpg" }, "target")
  end,
  ["group-opened"] = function(it)
    return it:open_group()
  end,
  ["take-added"] = function(it)
    return it:add_take(GROUP, "photo", "anna-1.jpg")
  end,
  ["group-solved"] = function(it)
    return it:solve(GROUP, 1)
  end,
  ["group-take-lut"] = function(it)
    return it:lut("photo", TAKE, "target")
  end,
  ["group-shared-lut"] = function(it)
    return it:shared_lut(GROUP, { name = "shoot" }, "target")
  end,
  ["group-closed"] = function(it)
    return true, it:close_group(GROUP)
  end,
  ["job-result"] = function(it)
    return it:finish(JOB, "target")
  end,
  ["shutdown"] = function(it)
    return it:shut_down()
  end,
}

describe("the contract", function()
  for name, call in pairs(CALLS) do
    it("holds for " .. name, function()
      local sample = support.sample(name)
      local host = support.host { support.response(sample) }
      local answer, fault = call(assert(client.connect(host)))
      assert.is_nil(fault)
      assert.is_truthy(answer)
      assert.equal(1, #host.sent)
      assert.same(sample.request, as_sample(host.sent[1]))
      assert.equal(sample.response.bytes and "target" or nil, host.sent[1].save_to)
    end)
  end

  it("holds for a render as a job", function()
    local host = support.host { support.response(support.sample "job-accepted") }
    local job = assert(client.connect(host)):render("photo", { strength = 1 })
    assert.equal("j-5e1f0c92ab34d781", job.job)
    local request = as_sample(host.sent[1])
    assert.same({ strength = "1", job = "true" }, request.query)
    assert.equal("/v1/render", request.path)
  end)

  it("asks whether it is the helper without the token", function()
    local host = support.host {}
    assert(client.connect(host))
    local sample = support.sample "healthz"
    local request = as_sample(host.health_request)
    local nonce = sample.request.headers["Lutbridge-Nonce"]
    assert.is_true(contract.is_proof(support.response(sample), support.TOKEN, nonce))
    assert.matches("^%x+$", request.headers["Lutbridge-Nonce"])
    assert.equal(#nonce, #request.headers["Lutbridge-Nonce"])
    request.headers["Lutbridge-Nonce"] = nonce
    assert.same(sample.request, request)
  end)

  it("reads what comes with a file", function()
    local facts = contract.read(support.response(support.sample "group-shared-lut"))
    assert.same({ t1 = 0.42, t2 = 0.57 }, facts.residuals)
  end)

  it("has a sentence for every failure in the samples", function()
    local count = 0
    for path in io.popen("ls tests/contract/error-*.json"):lines() do
      local sample = support.sample(path:match "([^/]*)%.json$")
      local answer, fault = contract.read(support.response(sample), { "job" })
      assert.is_nil(answer)
      assert.equal(sample.response.json.code, fault.code)
      assert.is_true(#fault.message > 10)
      count = count + 1
    end
    assert.is_true(count > 10)
  end)

  it("tells answers that make no sense", function()
    for _, response in ipairs {
      { status = 500, headers = {}, body = "<html>" },
      { status = 404, headers = {} },
      { status = 200, headers = {}, body = "" },
      { status = 200, headers = {}, body = "[" },
      { status = 200, headers = {}, body = '{"state": "done"}' },
    } do
      local answer, fault = contract.read(response, { "job" })
      assert.is_nil(answer)
      assert.equal("bad_answer", fault.code)
    end
  end)

  it("knows which failures end a run", function()
    assert.is_true(errors.is_fatal { code = "helper_gone" })
    assert.is_false(errors.is_fatal { code = "photo_refused" })
    assert.is_false(errors.is_fatal { code = "cancelled" })
  end)

  it("puts names into addresses so that they come out again", function()
    local name = [[a b&c=d?é😀'"#%25/\+]]
    local url = contract.url(1, "/v1/lut", { name = name })
    assert.is_nil(url:find "[^%w:/.?=%%_~-]")
    assert.equal(name, decode(url:match "name=(.*)"))
  end)

  it("cuts a label to 80 characters, not bytes", function()
    assert.equal(("é"):rep(80), contract.label(("é"):rep(81)))
    assert.equal("a b", contract.label "a\nb")
    assert.equal("", contract.label "")
  end)

  it("puts blanks for what the helper does not take in a label, and leaves the rest alone", function()
    local screenshot, joined = "10.00\226\128\175AM", "\240\159\145\169\226\128\141\240\159\142\164"
    assert.equal("10.00 AM", contract.label(screenshot))
    assert.equal("\240\159\145\169 \240\159\142\164", contract.label(joined))
    assert.equal("a b c d e", contract.label "a/b\\c\194\160d\239\128\162e")
    local kept = "Ärger – „best“ 🌸 ｗｉｄｅ 日本.jpg"
    assert.equal(kept, contract.label(kept))
  end)
end)

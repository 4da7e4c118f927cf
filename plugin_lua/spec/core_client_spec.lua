local client = require "lutbridge_client"
local errors = require "lutbridge_errors"
local support = require "support"

local function answer(name)
  return support.response(support.sample(name))
end

local function connect(answers)
  local host = support.host(answers)
  return assert(client.connect(host)), host
end

describe("lutbridge_client finds the helper", function()
  it("not where there is no state file, or one of another kind", function()
    for _, text in ipairs { false, "{", "" } do
      local host = support.host {}
      host.files[support.STATE_FILE] = text or nil
      local found, fault = client.connect(host)
      assert.is_nil(found)
      assert.equal("helper_absent", fault.code)
    end
  end)

  it("not where it speaks another protocol, and says which of the two to update", function()
    for protocol, code in pairs { [0] = "helper_protocol", [2] = "plugin_protocol" } do
      local host = support.host {}
      host.files[support.STATE_FILE] = support.state_text { protocol = protocol }
      local found, fault = client.connect(host)
      assert.is_nil(found)
      assert.equal(code, fault.code)
      assert.is_true(errors.is_fatal(fault))
      assert.is_nil(host.health_request)
    end
  end)

  it("not where somebody else has its port, who never gets the token", function()
    local stranger = support.sample "healthz"
    stranger.response.headers["Lutbridge-Instance"] = "0000000000000000"
    local web_server = support.sample "info"
    local imitator = support.sample "healthz" -- the instance is public; its proof is an answer to another nonce
    for _, health in ipairs { stranger, web_server, imitator } do
      local host = support.host {}
      host.health = health
      local found, fault = client.connect(host)
      assert.is_nil(found)
      assert.equal("helper_absent", fault.code)
      for _, header in ipairs(host.health_request.headers) do
        assert.is_nil(header[2]:find(support.TOKEN, 1, true))
      end
    end
  end)

  it("and starts it where it is not there, once", function()
    local host = support.host {}
    local text, starts = host.files[support.STATE_FILE], 0
    host.files[support.STATE_FILE] = nil
    function host.sleep()
      host.files[support.STATE_FILE] = text
    end
    local function start()
      starts = starts + 1
    end
    assert(client.connect_or_start(host, start, 60))
    assert(client.connect_or_start(host, start, 60))
    assert.equal(1, starts)
  end)

  it("and asks a port on which nobody listens once, until another helper is named", function()
    local host, asked, ready = support.host {}, 0, nil
    local send = host.send
    function host.send(request)
      asked = asked + 1
      if ready then
        return send(request)
      end
      return nil, "refused"
    end
    function host.sleep()
      host.slept[#host.slept + 1] = true
      if #host.slept == 20 then
        ready = true
        host.files[support.STATE_FILE] = support.state_text { instance = "0123456789abcdef" }
      end
    end
    assert(client.connect_or_start(host, function() end, 60))
    assert.equal(2, asked)
  end)

  it("and does not wait for ever", function()
    local host = support.host {}
    host.files[support.STATE_FILE] = nil
    local found, fault = client.connect_or_start(host, function() end, 60)
    assert.is_nil(found)
    assert.equal("helper_silent", fault.code)
    assert.equal(120, #host.slept)
  end)
end)

describe("lutbridge_client", function()
  it("reads the token again where the helper was started anew, once", function()
    local it, host = connect { answer "error-unauthorized", answer "info" }
    host.files[support.STATE_FILE] = support.state_text { token = "new", port = 5 }
    assert.equal("portrait-v1", assert(it:info()).default_model)
    assert.equal("Bearer new", host.sent[2].headers[1][2])
    assert.matches("127.0.0.1:5/", host.sent[2].url)

    it = connect { answer "error-unauthorized", answer "error-unauthorized" }
    local info, fault = it:info()
    assert.is_nil(info)
    assert.equal("unauthorized", fault.code)
  end)

  it("waits for a busy helper as long as it says", function()
    local it, host = connect { answer "error-busy", answer "error-busy", answer "info" }
    assert(it:info())
    assert.same({ 2, 2 }, host.slept)
  end)

  it("gives a busy helper up some time", function()
    local answers = {}
    for index = 1, 100 do
      answers[index] = answer "error-busy"
    end
    local it, host = connect(answers)
    local info, fault = it:info()
    assert.is_nil(info)
    assert.equal("busy", fault.code)
    assert.equal(30, #host.slept)
  end)

  it("tells a helper that died from one that is slow", function()
    local codes = { refused = "helper_gone", broken = "helper_gone", timeout = "deadline", unwritable = "not_saved" }
    for reason, code in pairs(codes) do
      local it = connect { reason }
      local facts, fault = it:lut("photo", {}, "target")
      assert.is_nil(facts)
      assert.equal(code, fault.code)
    end
  end)

  it("follows a job to its result", function()
    local it, host = connect { answer "job-running", answer "job-done", answer "job-result" }
    local seen = {}
    local facts = assert(it:finish({ job = "j1", state = "waiting", progress = 0 }, "target", function(progress)
      seen[#seen + 1] = progress
    end))
    assert.equal("portrait-v1", facts.model)
    assert.same({ 0, 0.4 }, seen)
    assert.equal("target", host.sent[3].save_to)
  end)

  it("cancels a job", function()
    local it, host = connect { answer "job-cancelled" }
    local facts, fault = it:finish({ job = "j1", state = "running", progress = 0.1 }, "target", function()
      return false
    end)
    assert.is_nil(facts)
    assert.equal("cancelled", fault.code)
    assert.equal("DELETE", host.sent[1].method)
    assert.equal(1, #host.sent)
  end)

  it("hands a failed job's own error on", function()
    local it = connect { answer "job-failed", answer "error-photo" }
    local facts, fault = it:finish({ job = "j1", state = "waiting", progress = 0 }, "target", function() end)
    assert.is_nil(facts)
    assert.equal("photo_refused", fault.code)
  end)
end)

--- Requests through Lightroom's HTTP client.
local sdk = require "lightroom.sdk"
local support = require "support"

local sent, answer, lightroom

--- What lutbridge_lr_http.send returns, in a task.
local function send(request)
  request.seconds, request.headers = 10, request.headers or {}
  local response, reason
  lightroom.tasks.start(function()
    response, reason = lightroom.require("lutbridge_lr_http").send(request)
  end)
  lightroom.tasks.run()
  return response, reason
end

before_each(function()
  answer = { 200, { { "Content-Type", "application/json" } }, "{}" }
  lightroom = sdk.new {
    plugin = { "plugin_lua/lightroom.lrplugin", "plugin_lua/core" },
    temp = "/tmp",
    installed = {},
    send = function(request)
      sent = request
      return unpack(answer)
    end,
  }
end)

describe("lutbridge_lr_http", function()
  it("reads status, headers and body", function()
    local response = send { method = "GET", url = "http://127.0.0.1:1/healthz" }
    assert.same({ status = 200, headers = { ["content-type"] = "application/json" }, body = "{}" }, response)
  end)

  it("sends no content type where there is no content", function()
    for _, method in ipairs { "GET", "POST", "DELETE" } do
      send { method = method, url = "http://127.0.0.1:1/v1/jobs/j1", headers = { { "Lutbridge-Protocol", "1" } } }
      assert.equal(method, sent.method)
      assert.same({ { "Lutbridge-Protocol", "1" } }, sent.headers)
      assert.equal(method == "GET" and "nothing" or "", sent.body or "nothing")
    end
  end)

  it("sends a file in pieces", function()
    local path = os.tmpname()
    local file = io.open(path, "wb")
    local bytes = ("0123456789abcdef\r\n\0"):rep(150000)
    file:write(bytes)
    file:close()
    local headers = { { "Content-Type", "application/octet-stream" } }
    send { method = "POST", url = "http://127.0.0.1:1/v1/lut", headers = headers, body_file = path }
    os.remove(path)
    assert.is_true(sent.body == bytes)
    assert.same(headers, sent.headers)
  end)

  it("saves what was asked for, and nothing else", function()
    local path = os.tmpname()
    answer = { 200, { { "Content-Length", "4" } }, "a\r\n\0" }
    assert.is_nil(send({ method = "GET", url = "http://127.0.0.1:1/", save_to = path }).body)
    assert.equal("a\r\n\0", support.read_file(path))
    answer = { 500, {}, '{"code": "internal"}' }
    assert.equal('{"code": "internal"}', send({ method = "GET", url = "http://127.0.0.1:1/", save_to = path }).body)
    assert.equal("a\r\n\0", support.read_file(path))
    os.remove(path)
  end)

  it("tells a full disk from a helper that is gone", function()
    local _, reason = send { method = "GET", url = "http://127.0.0.1:1/", save_to = "/nowhere/a.tif" }
    assert.equal("unwritable", reason)
  end)

  it("does not take a part for the whole", function()
    answer = { 200, { { "Content-Length", "1000" } }, "ended too early" }
    local _, reason = send { method = "GET", url = "http://127.0.0.1:1/" }
    assert.equal("broken", reason)
  end)

  it("says why there is no answer", function()
    local reasons = { cannotConnectToHost = "refused", timedOut = "timeout", networkConnectionLost = "broken" }
    for code, expected in pairs(reasons) do
      answer = { nil, code }
      local response, reason = send { method = "GET", url = "http://127.0.0.1:1/" }
      assert.is_nil(response)
      assert.equal(expected, reason)
    end
  end)

  it("does not take a file that is gone for one", function()
    local _, reason = send { method = "POST", url = "http://127.0.0.1:1/", body_file = "/nowhere/a.tif" }
    assert.equal("broken", reason)
  end)
end)

describe("lutbridge_lr_tiff", function()
  local function bits(bytes)
    local path = os.tmpname()
    local file = io.open(path, "wb")
    file:write(bytes)
    file:close()
    local found = lightroom.require("lutbridge_lr_tiff").bits(path)
    os.remove(path)
    return found
  end

  it("reads the depth in both byte orders, at both places", function()
    assert.equal(16, bits "II*\0\8\0\0\0\1\0\2\1\3\0\1\0\0\0\16\0\0\0")
    assert.equal(8, bits "MM\0*\0\0\0\8\0\1\1\2\0\3\0\0\0\1\0\8\0\0")
    assert.equal(16, bits "II*\0\8\0\0\0\2\0\0\1\3\0\1\0\0\0\1\0\0\0\2\1\3\0\3\0\0\0\38\0\0\0\0\0\0\0\16\0\16\0\16\0")
  end)

  it("says nothing of what is no TIFF, or is cut short", function()
    for _, bytes in ipairs { "", "II*\0", "\255\216\255\224 a JPEG", "II*\0\8\0\0\0\1\0\2\1" } do
      assert.is_true((bits(bytes) or 0) == 0)
    end
  end)
end)

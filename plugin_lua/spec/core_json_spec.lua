local dkjson = require "dkjson"
local json = require "lutbridge_json"
local support = require "support"

describe("lutbridge_json", function()
  it("reads values", function()
    local text = '{"a": [1, -2.5, 3e2, 0], "b":true,"c": false}'
    assert.same({ a = { 1, -2.5, 3e2, 0 }, b = true, c = false }, json.decode(text))
    assert.same({}, json.decode " [ ] ")
    assert.same({}, json.decode "{}")
    assert.equal("x", json.decode '"x"')
  end)

  it("leaves null out", function()
    assert.same({ b = 1 }, json.decode '{"a": null, "b": 1}')
    assert.is_nil(json.decode "null")
  end)

  it("reads escapes, and code points beyond the first plane", function()
    assert.equal('"\\/\b\f\n\r\t', json.decode [["\"\\\/\b\f\n\r\t"]])
    assert.equal("é€😀", json.decode [["\u00e9\u20AC\ud83d\uDE00"]])
    assert.equal("é€😀", json.decode '"é€😀"')
    assert.equal("\239\191\189x", json.decode [["\ud83dx"]])
  end)

  for _, text in ipairs {
    "", " ", "{", "[", '"', "[1,]", "[1 2]", '{"a"}', '{"a":}', "{a: 1}", "tru", "nul", "01", "1.", "-", "+1", ".5",
    '"\n"', [["\x"]], [["\u12g4"]], "[1]]", "{} {}", "NaN", "'a'", ("["):rep(100) .. ("]"):rep(100),
  } do
    it("refuses " .. (text:gsub("%c", "?")):sub(1, 20), function()
      local value, fault = json.decode(text)
      assert.is_nil(value)
      assert.matches("^not JSON at byte %d+ of %d+$", fault)
    end)
  end

  it("reads every sample of the contract as another library does", function()
    local count = 0
    for name in io.popen("ls tests/contract/*.json"):lines() do
      local text = support.read_file(name)
      assert.same((dkjson.decode(text, 1, nil)), (json.decode(text)), name)
      count = count + 1
    end
    assert.is_true(count > 20)
  end)
end)

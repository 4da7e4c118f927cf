local state = require "lutbridge_state"
local support = require "support"

local function env(variables)
  return function(name)
    return variables[name]
  end
end

describe("lutbridge_state", function()
  for _, case in ipairs {
    { "linux", { XDG_RUNTIME_DIR = "/run/user/1" }, "/run/user/1/lutbridge/helper.json" },
    { "linux", { XDG_RUNTIME_DIR = "run", HOME = "/home/a" }, "/home/a/.local/state/lutbridge/helper.json" },
    { "linux", { XDG_STATE_HOME = "/s", HOME = "/home/a" }, "/s/lutbridge/helper.json" },
    { "linux", { XDG_STATE_HOME = "", HOME = "/home/a" }, "/home/a/.local/state/lutbridge/helper.json" },
    { "macos", { HOME = "/Users/a" }, "/Users/a/Library/Application Support/lutbridge/helper.json" },
    { "windows", { LOCALAPPDATA = [[C:\Users\a\Local]] }, [[C:\Users\a\Local\lutbridge\helper.json]] },
  } do
    it("is looked for at " .. case[3], function()
      assert.equal(case[3], state.path(case[1], env(case[2])))
    end)
  end

  it("is read", function()
    local facts = state.parse(support.state_text())
    assert.equal(49731, facts.port)
    assert.equal(support.TOKEN, facts.token)
  end)

  it("is nothing where a field is missing, of another type, or could end a header's line", function()
    assert.is_nil(state.parse(nil))
    assert.is_nil(state.parse "")
    assert.is_nil(state.parse "[]")
    assert.is_nil(state.parse '{"port": 1}')
    assert.is_nil(state.parse(support.state_text { port = "49731" }))
    assert.is_nil(state.parse(support.state_text { token = "a\nHost: b" }))
    assert.is_nil(state.parse(support.state_text { token = 'a"b' }))
  end)
end)

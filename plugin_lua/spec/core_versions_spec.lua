local messages = require "lutbridge_messages"
local versions = require "lutbridge_versions"

local function status(theirs, ours)
  return versions.status({ version = theirs, device = "cpu" }, ours)
end

describe("lutbridge_versions", function()
  setup(function()
    messages.know { command = "/opt/lutbridge", host = "darktable" }
  end)

  teardown(function()
    messages.know {}
  end)

  it("says nothing of versions that are the same", function()
    for _, version in ipairs { "0.1.0", "1.0", "0.10.0" } do
      assert.equal(("lutbridge %s on cpu"):format(version), status(version, version))
    end
    assert.equal("lutbridge 1.0 on cpu", status("1.0", "1.0.0"))
  end)

  it("says how an older plug-in is updated", function()
    local older = { ["0.2.0"] = "0.1.0", ["0.10.0"] = "0.9.9", ["1.0"] = "0.99.1", ["0.1.0.1"] = "0.1.0" }
    for theirs, ours in pairs(older) do
      local update = "Update it, in a terminal: /opt/lutbridge plugin install darktable"
      local expected = "lutbridge %s on cpu. This plug-in is version %s. %s"
      assert.equal(expected:format(theirs, ours, update), status(theirs, ours))
    end
  end)

  it("says how an older helper is stopped, and that lutbridge may be what to update", function()
    local line = status("0.9.9", "0.10.0")
    assert.matches("^lutbridge 0%.9%.9 on cpu%. This plug%-in is version 0%.10%.0%. Stop the older helper", line)
    assert.matches("/opt/lutbridge serve --stop. If this message comes back, update lutbridge.", line, 1, true)
  end)
end)

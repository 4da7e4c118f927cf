--- Closing darktable while a job of ours runs; on a real darktable: tests/hosts/darktable/test_closing.py.
package.loaded.darktable = package.loaded.darktable or { control = {} }
local closing = require "lutbridge_dt_closing"
local control = require("darktable").control

describe("lutbridge_dt_closing", function()
  --- A job that wants `work` done safely; where darktable is closing, it is at rest after this.
  local function job(work)
    local thread = coroutine.create(function()
      return closing.safely(work)
    end)
    return function()
      local _, value = assert(coroutine.resume(thread))
      return coroutine.status(thread) == "dead", value
    end
  end

  before_each(function()
    function control.sleep()
      if coroutine.isyieldable() then
        coroutine.yield()
      end
    end
  end)

  after_each(function()
    control.ending = false
  end)

  it("lets a job do its work itself while darktable runs", function()
    local is_over, value = job(function()
      return coroutine.isyieldable()
    end)()
    assert.is_true(is_over)
    assert.is_true(value)
  end)

  it("hands on what the work is given, in either thread", function()
    assert.equal("a b", closing.safely(string.format, "%s %s", "a", "b"))
    control.ending = true
    local thread = coroutine.create(function()
      return closing.safely(string.format, "%s %s", "a", "b")
    end)
    coroutine.resume(thread)
    closing.wait(0.1, function()
      return false
    end)
    local _, value = coroutine.resume(thread)
    assert.equal("a b", value)
  end)

  it("does a job's work in the main thread once darktable is closing", function()
    control.ending = true
    local done = false
    local go_on = job(function()
      done = true
      return not coroutine.isyieldable()
    end)
    assert.is_false((go_on()))
    assert.is_false(done)
    closing.wait(1, function()
      return done
    end)
    local is_over, value = go_on()
    assert.is_true(is_over)
    assert.is_true(value)
  end)

  it("says what went wrong, and lets the job go on", function()
    control.ending = true
    local said
    function package.loaded.darktable.print_error(text)
      said = text
    end
    local go_on = job(function()
      error "no such style"
    end)
    go_on()
    closing.wait(1, function()
      return said ~= nil
    end)
    local is_over, value = go_on()
    assert.is_true(is_over)
    assert.is_nil(value)
    assert.matches("no such style", said)
  end)
end)

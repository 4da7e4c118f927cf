local results = require "lutbridge_results"

describe("results of ours", function()
  it("are known by the names of rendered copies", function()
    for _, name in ipairs { "anna-retouched.tif", "anna-retouched-2.jpg", "anna.b-retouched.tif" } do
      assert.is_true(results.is_result(name), name)
    end
    for _, name in ipairs { "anna.nef", "retouched.tif", "anna-retouched-by-me.tif", "anna-2.jpg" } do
      assert.is_false(results.is_result(name), name)
    end
  end)

  it("are known by what their metadata says, at either end of the file", function()
    local path = os.tmpname()
    local mark, pixels = 'lutbridge:Software="lutbridge"', ("."):rep(400000)
    for _, parts in ipairs { { mark, pixels }, { pixels, mark } } do
      local file = assert(io.open(path, "wb"))
      file:write(parts[1], parts[2])
      file:close()
      file = assert(io.open(path, "rb"))
      assert.is_true(results.is_result("IMG_1.jpg", results.sample(file)))
      file:close()
    end
    local file = assert(io.open(path, "wb"))
    file:write "short"
    file:close()
    file = assert(io.open(path, "rb"))
    assert.equal("short", results.sample(file))
    assert.is_false(results.is_result("IMG_1.jpg", "short"))
    file:close()
    os.remove(path)
  end)

  it("are left out beside others, and meant where only they are selected", function()
    local function is_result(photo)
      return results.is_result(photo)
    end
    local photos, count = results.meant({ "a.nef", "a-retouched.tif", "b.nef" }, is_result)
    assert.same({ "a.nef", "b.nef" }, photos)
    assert.equal(1, count)
    local again
    photos, count, again = results.meant({ "a-retouched.tif" }, is_result)
    assert.same({ "a-retouched.tif" }, photos)
    assert.same({ 0, 1 }, { count, again })
  end)
end)

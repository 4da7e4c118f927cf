--- Rendered copies, in a Lightroom made of stand-ins with a helper made of the contract's samples.
local scripted = require "lightroom.scripted"
local support = require "support"

local lightroom, helper, folder

local function press()
  lightroom.click "lutbridge_lr_menu_retouch.lua"
  return lightroom.said()
end

local function add(name, facts)
  return scripted.add_photo(lightroom, folder, name, facts)
end

before_each(function()
  lightroom, helper, folder = scripted.open()
end)

after_each(function()
  assert.same({}, scripted.list(folder .. "/temp"))
  scripted.close(folder)
end)

describe("A rendered copy", function()
  it("stands above its original, with what the user wrote", function()
    local keyword = { is_keyword = true }
    local photo = add("anna.nef", {
      raw = { rating = 4, colorNameForLabel = "red", pickStatus = 1, keywords = { keyword } },
      formatted = { title = "Anna", caption = "" },
    })
    assert.same({ "Rendered copies: 1 of 1 photos." }, press())
    local stack = lightroom.catalog.stacks[1]
    assert.equal(photo, stack.original)
    assert.equal("above", stack.position)
    assert.equal(folder .. "/photos/anna-retouched.tif", stack.copy:getRawMetadata "path")
    assert.equal("retouched", support.read_file(folder .. "/photos/anna-retouched.tif"))
    assert.same({ 4, "red", 1 }, {
      stack.copy:getRawMetadata "rating",
      stack.copy:getRawMetadata "colorNameForLabel",
      stack.copy:getRawMetadata "pickStatus",
    })
    assert.equal("Anna", stack.copy:getFormattedMetadata "title")
    assert.is_nil(stack.copy:getFormattedMetadata "caption") -- an empty label would become a white one
    assert.same({ keyword }, stack.copy:getRawMetadata "keywords")
    assert.same({ "Auto Retouch" }, lightroom.catalog.changes)
    assert.equal(0, #photo.stub.applied)
  end)

  it("is made of the photo as it is set, in full, with 16 bits and all colours", function()
    add("anna.nef", { look = { Name = "Adobe Color", UUID = "B9" } })
    press()
    assert.equal("anna.nef look_full", helper.asked("job-accepted")[1].body)
    local settings = lightroom.export.exports[1].settings
    assert.same({ "TIFF", 16, 16, "ProPhotoRGB", "ProPhotoRGB", false }, {
      settings.LR_format,
      settings.LR_export_bitDepth,
      settings.LR_export_bitDepthOthers,
      settings.LR_export_colorSpace,
      settings.LR_export_colorSpaceNonJPEG,
      settings.LR_size_doConstrain,
    })
  end)

  it("is asked for as it is set", function()
    add "it's \"anna\" ü.nef"
    lightroom.windows.prefs.strength, lightroom.windows.prefs.copy_format = 60, "jpeg"
    lightroom.windows.prefs.model = "other"
    press()
    local url = helper.asked("job-accepted")[1].url
    assert.matches("strength=0.6", url)
    assert.matches("format=jpeg", url)
    assert.matches("model=other", url)
    assert.matches("name=it%%27s%%20%%22anna%%22%%20%%C3%%BC.nef", url)
    local path = folder .. "/photos/it's \"anna\" ü-retouched.jpg"
    assert.equal(path, lightroom.catalog.stacks[1].copy:getRawMetadata "path")
  end)

  it("gets a free name", function()
    add "anna.nef"
    press()
    press()
    assert.same({ "anna-retouched-2.tif", "anna-retouched.tif", "anna.nef" }, scripted.list(folder .. "/photos"))
  end)

  it("is not made of a rendered copy that is selected beside its photo", function()
    add "anna.nef"
    add "anna-retouched.tif"
    local said = press()
    assert.equal("Rendered copies: 1 of 1 photos.", said[1])
    assert.matches("^Skipped: 1 of the selected photos", said[2])
    assert.same(
      { "anna-retouched-2.tif", "anna-retouched.tif", "anna.nef" },
      scripted.list(folder .. "/photos")
    )
  end)

  it("is made of a rendered copy that alone is selected, and that is said", function()
    add "anna-retouched.tif"
    local said = press()
    assert.equal("Rendered copies: 1 of 1 photos.", said[1])
    assert.matches("^Already retouched: 1 of these photos", said[2])
  end)

  it("of a virtual copy stands beside the file that it has", function()
    local master = add "anna.nef"
    add("anna.nef", { master = master, copy_name = "warm" })
    table.remove(lightroom.catalog.selected, 1)
    assert.same({ "Rendered copies: 1 of 1 photos." }, press())
    assert.same({ "anna-retouched.tif", "anna.nef" }, scripted.list(folder .. "/photos"))
  end)

  it("of a photo that comes with 8 bits is told of", function()
    local photo = add "anna.nef"
    local entry = "\2\1\3\0\1\0\0\0\8\0\0\0"
    scripted.write(photo.stub.facts.renders.plain_full, "II*\0\8\0\0\0\1\0" .. entry)
    assert.matches("exported 1 photos with only 8 bits", press()[2])
  end)
end)

describe("What goes wrong with copies", function()
  it("is said once, by photo", function()
    add "anna.nef"
    add("ben.mov", { is_video = true })
    add("carl.nef", { is_missing = true })
    add "dora.nef"
    lightroom.export.fails = "dora.nef"
    assert.same({
      "Rendered copies: 1 of 4 photos.",
      "ben.mov: This is a video; choose photos.",
      "carl.nef: The original is missing: connect the disk, or locate the file in Lightroom.",
      "dora.nef: Lightroom could not export the photo: check whether it opens in Develop. "
        .. "The file could not be opened.",
    }, press())
    assert.equal(1, #lightroom.windows.windows)
    assert.is_nil(lightroom.windows.windows[1].blockTask)
  end)

  it("leaves the finished copy where the catalogue is busy, and says where", function()
    add "anna.nef"
    lightroom.catalog.is_busy = true
    local said = press()
    assert.equal("Rendered copies: 0 of 1 photos.", said[1])
    assert.matches("import .*/photos/anna%-retouched.tif yourself. .*catalog was busy for too long", said[2])
    assert.same({ "anna-retouched.tif", "anna.nef" }, scripted.list(folder .. "/photos"))
  end)

  it("is a field that Lightroom does not take, and the copy stays with all the others", function()
    lightroom.catalog.refuses = { creator = true, keywords = true }
    local facts = { raw = { rating = 4, keywords = { { is_keyword = true }, { is_keyword = true } } } }
    facts.formatted = { title = "Anna", creator = "Bea" }
    add("anna.nef", facts)
    local said = press()
    assert.equal("Rendered copies: 1 of 1 photos.", said[1])
    assert.equal("anna.nef: Lightroom did not copy these fields: creator, keywords.", said[2])
    local copy = lightroom.catalog.stacks[1].copy
    assert.same({ 4, "Anna" }, { copy:getRawMetadata "rating", copy:getFormattedMetadata "title" })
    assert.same({ "anna-retouched.tif", "anna.nef" }, scripted.list(folder .. "/photos"))
  end)

  it("leaves no file where the helper refuses the photo", function()
    add "anna.nef"
    helper.answers["job-accepted"] = "error-photo"
    assert.matches("^anna.nef: The helper cannot read the photo", press()[2])
    assert.same({ "anna.nef" }, scripted.list(folder .. "/photos"))
  end)

  it("leaves no file where the helper is gone, and goes no further", function()
    add "anna.nef"
    add "ben.nef"
    helper.answers["job-done"] = "networkConnectionLost"
    local said = press()
    assert.matches("^The helper stopped responding", said[1])
    assert.equal("Rendered copies: 0 of 2 photos.", said[2])
    assert.equal(1, #helper.asked "job-accepted")
    assert.same({ "anna.nef", "ben.nef" }, scripted.list(folder .. "/photos"))
  end)

  it("includes folders that cannot be written", function()
    add "anna.nef"
    os.execute("rm -r '" .. folder .. "/photos'")
    assert.matches("Could not write to .*/photos, the folder of the original", press()[2])
  end)

  it("includes that nothing is selected, where Lightroom would take all that is shown", function()
    add "anna.nef"
    lightroom.catalog.selected = {}
    assert.same({ "Select photos first." }, press())
  end)
end)

describe("What was said of the last run", function()
  it("goes when the next one begins", function()
    add "anna.nef"
    helper.answers["job-accepted"] = "error-photo"
    press()
    local windows = lightroom.windows.windows
    assert.is_nil(windows[1].is_closed)
    local was_closed
    function lightroom.windows.on_progress()
      was_closed = windows[1].is_closed
    end
    press()
    assert.is_true(was_closed)
    assert.equal(2, #windows)
    assert.is_nil(windows[2].is_closed)
    windows[2].windowWillClose() -- by the user
    press()
    assert.equal(3, #windows)
  end)
end)

describe("A folder for a run", function()
  it("goes with what is left in it", function()
    local workspace = assert(lightroom.require("lutbridge_lr_files").workspace())
    scripted.write(workspace:path "left over.tif", "")
    workspace:close()
  end)
end)

describe("Cancelling", function()
  it("ends the job and leaves the rest as it was", function()
    add "anna.nef"
    add "ben.nef"
    helper.answers["job-done"] = "job-running"
    local asked = 0
    function lightroom.windows.on_progress(scope)
      asked = asked + 1
      scope.stub.cancelled = asked > 4
    end
    assert.same({ "Rendered copies: 0 of 2 photos.", "Cancelled." }, press())
    assert.equal(1, #helper.asked "job-cancelled")
    assert.same({ "anna.nef", "ben.nef" }, scripted.list(folder .. "/photos"))
    assert.is_true(lightroom.windows.scopes[1].stub.is_done)
  end)
end)

describe("A shoot that matches", function()
  it("is looked at small and rendered in full", function()
    add "anna.nef"
    add "ben.nef"
    lightroom.windows.prefs.group = "match"
    assert.same({ "Rendered copies: 2 of 2 photos." }, press())
    assert.equal("anna.nef plain_small", helper.asked("take-added")[1].body)
    assert.equal("ben.nef plain_full", helper.asked("job-accepted")[2].body)
    assert.matches("group=g%-0d4c7be1932fa658&.*take=t1$", helper.asked("job-accepted")[1].url)
    assert.equal(1, #helper.asked "group-closed")
  end)
end)

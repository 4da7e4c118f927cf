--- Looks as profiles on virtual copies, in several kinds of Lightroom.
local scripted = require "lightroom.scripted"
local support = require "support"

local ADOBE_COLOR = { Name = "Adobe Color", UUID = "B952C231111CD8E0ECCF14B86BAA7077", Amount = 1 }
local UUID, TABLE = "995BF9F44BDC5A1D7D87C00EACEAC9F6", "Table_29B842C281C6E261158C3A49C22C390D"
local RESTART = "New profiles appear in Lightroom's profile browser after its next start."

local lightroom, helper, folder

local function press()
  lightroom.click "lutbridge_lr_menu_retouch.lua"
  return lightroom.said()
end

local function add(name, facts)
  return scripted.add_photo(lightroom, folder, name, facts)
end

local function copies_of(photo)
  return photo:getRawMetadata "virtualCopies"
end

before_each(function()
  lightroom, helper, folder = scripted.open()
  lightroom.windows.prefs.mode = "look"
end)

after_each(function()
  assert.same({}, scripted.list(folder .. "/temp"))
  scripted.close(folder)
end)

describe("A look", function()
  it("is put on a virtual copy, and the photo stays as it was", function()
    local photo = add("anna.nef", { look = ADOBE_COLOR })
    assert.same({ "Looks: 1 of 1 photos.", RESTART }, press())
    local copy = copies_of(photo)[1]
    assert.equal("Auto Retouch", copy:getFormattedMetadata "copyName")
    local settings = copy:getDevelopSettings()
    assert.equal(UUID, settings.Look.UUID)
    assert.equal('anna & "ben" <1>.jpg', settings.Look.Name)
    assert.equal(scripted.PROFILE:match(TABLE .. '="([^"]*)"'), settings.Look.Parameters[TABLE])
    assert.equal("Adobe Standard", settings.CameraProfile)
    assert.equal("Auto Retouch", copy.stub.history[#copy.stub.history])
    assert.same({}, photo.stub.applied)
    assert.same({ photo }, lightroom.catalog.selected)
  end)

  it("is found on the photo without its own Look, small and in sRGB", function()
    add("anna.nef", { look = ADOBE_COLOR })
    press()
    assert.equal("anna.nef plain_small", helper.asked("lut-xmp")[1].body)
    local settings = lightroom.export.exports[1].settings
    assert.same({ "sRGB", true, 1024 }, {
      settings.LR_export_colorSpace,
      settings.LR_size_doConstrain,
      settings.LR_size_maxWidth,
    })
  end)

  it("has the whole look in its profile, and the strength as its amount", function()
    local photo = add "anna.jpg"
    lightroom.windows.prefs.strength, lightroom.windows.prefs.view = 40, "fused"
    press()
    assert.matches("format=xmp&name=anna.jpg&strength=1&view=fused$", helper.asked("lut-xmp")[1].url)
    assert.equal(0.4, copies_of(photo)[1]:getDevelopSettings().Look.Amount)
  end)

  it("is installed as a profile, in one group for the shoot", function()
    add "anna.nef"
    press()
    assert.same({ UUID .. ".xmp" }, scripted.list(folder .. "/Settings/lutbridge"))
    local xmp = support.read_file(folder .. "/Settings/lutbridge/" .. UUID .. ".xmp")
    local expected = scripted.PROFILE:gsub(">lutbridge</rdf:li>", ">Auto Retouch: photos</rdf:li>")
    assert.equal(expected, xmp)
  end)

  it("replaces an earlier one, from the photo or from its copy", function()
    local photo = add("anna.nef", { look = ADOBE_COLOR })
    press()
    press()
    lightroom.catalog.selected = { copies_of(photo)[1] }
    press()
    assert.equal(1, #copies_of(photo))
    for _, request in ipairs(helper.asked "lut-xmp") do
      assert.equal("anna.nef plain_small", request.body)
    end
  end)

  it("for a virtual copy of the user's is put on another copy", function()
    local master = add("anna.nef", { look = ADOBE_COLOR })
    local warm = add("anna.nef", { master = master, copy_name = "warm" })
    press()
    assert.same({ "Auto Retouch", "Auto Retouch (warm)" }, {
      copies_of(master)[1]:getFormattedMetadata "copyName",
      copies_of(master)[2]:getFormattedMetadata "copyName",
    })
    assert.same({}, warm.stub.applied)
  end)
end)

describe("lutbridge_lr_profile", function()
  it("writes any group into the file, and reads any name", function()
    local profile = assert(lightroom.require("lutbridge_lr_profile").read(scripted.PROFILE, "Ann & Ben <3> %1"))
    assert.equal("Ann & Ben <3> %1", profile.group)
    assert.is_truthy(profile.xmp:find('"x-default">Ann &amp; Ben &lt;3&gt; %1</rdf:li>', 1, true))
    assert.equal('anna & "ben" <1>.jpg', profile.name)
  end)
end)

local function assert_by_hand(said, dropped, amount)
  local sentence = "anna.nef: Lightroom did not apply the look by itself (it %s): restart it, then give the virtual "
    .. 'copy "Auto Retouch" the profile "anna & "ben" <1>.jpg" from the group "Auto Retouch: photos", with amount %d.'
  assert.same({ "Looks: 0 of 1 photos.", sentence:format(dropped, amount), RESTART }, said)
end

describe("A Lightroom that does not take a look", function()
  for manner, dropped in pairs { drops_look = "dropped the profile", drops_table = "dropped the profile's table" } do
    it("(" .. manner .. ") is noticed; the profile to choose is named, and the copy is as the photo", function()
      local photo = add("anna.nef", { look = ADOBE_COLOR })
      lightroom.catalog.manner = manner
      local was = photo:getDevelopSettings()
      assert_by_hand(press(), dropped, 100)
      assert.same({ UUID .. ".xmp" }, scripted.list(folder .. "/Settings/lutbridge"))
      local left = copies_of(photo)[1]:getDevelopSettings()
      if manner == "drops_table" then
        assert.same(was.Look, left.Look)
      else
        assert.equal("", left.Look.Name) -- it takes no Look back either
      end
      assert.same({}, photo.stub.applied)
    end)
  end

  it("(another amount) is noticed", function()
    add "anna.nef"
    lightroom.catalog.manner, lightroom.windows.prefs.strength = "ignores_amount", 50
    assert_by_hand(press(), "set another amount", 50)
  end)

  it("(keeps the photo's own) is refused with the reason before anything is asked", function()
    add("anna.nef", { look = ADOBE_COLOR })
    lightroom.catalog.manner = "keeps_look"
    assert.matches('Its profile "Adobe Color" cannot be removed', press()[2])
    assert.same({}, helper.asked "lut-xmp")
    assert.same({}, lightroom.export.exports)
  end)
end)

describe("What goes wrong with looks", function()
  it("includes photos that are edited in HDR", function()
    local photo = add("anna.nef", { hdr = 1 })
    assert.matches("^anna.nef: This photo is edited in HDR, but looks work in sRGB", press()[2])
    assert.same({}, copies_of(photo))
  end)

  it("includes that no virtual copy is made", function()
    add "anna.nef"
    lightroom.catalog.makes_no_copies = true
    assert.matches("could not create a virtual copy of this photo", press()[2])
  end)

  it("includes photos that are not shown, and copies no other one for it", function()
    local anna, ben = add "anna.nef", add "ben.nef"
    lightroom.catalog.hidden = anna
    local said = press()
    assert.equal("Looks: 1 of 2 photos.", said[1])
    assert.matches("^anna.nef: Lightroom could not create a virtual copy", said[2])
    assert.same({ 0, 1 }, { #copies_of(anna), #copies_of(ben) })
  end)

  it("includes that another photo is selected meanwhile", function()
    local anna, ben = add "anna.nef", add "ben.nef"
    lightroom.catalog.selected = { anna }
    function lightroom.catalog.on_copy()
      lightroom.catalog.selected = { ben }
    end
    assert.matches("could not create a virtual copy of this photo", press()[2])
    assert.same({}, copies_of(anna))
    assert.same({}, copies_of(ben)[1].stub.applied)
  end)

  it("leaves the copy as the photo where the helper is gone", function()
    local photo = add("anna.nef", { look = ADOBE_COLOR })
    helper.answers["lut-xmp"] = "timedOut"
    assert.matches("^anna.nef: The helper took too long", press()[2])
    assert.same(ADOBE_COLOR, copies_of(photo)[1]:getDevelopSettings().Look)
  end)

  it("includes profiles that cannot be written, which ends the run", function()
    add "anna.nef"
    add "ben.nef"
    scripted.write(folder .. "/Settings", "in the way")
    assert.matches("^Could not write profiles to .*/Settings/lutbridge", press()[1])
    assert.equal(1, #helper.asked "lut-xmp")
  end)

  it("includes an answer that is no profile", function()
    local photo = add("anna.nef", { look = ADOBE_COLOR })
    helper.answers["lut-xmp"] = "lut-cube"
    local profile = scripted.PROFILE
    scripted.PROFILE = "<x:xmpmeta/>"
    assert.matches("^anna.nef: The plug%-in did not understand the helper's reply %(no profile: name%)", press()[2])
    scripted.PROFILE = profile
    assert.same(ADOBE_COLOR, copies_of(photo)[1]:getDevelopSettings().Look)
  end)
end)

describe("A shoot", function()
  it("that matches has a profile for each take", function()
    add "anna.nef"
    add "ben.nef"
    lightroom.windows.prefs.group = "match"
    assert.same({ "Looks: 2 of 2 photos.", RESTART }, press())
    assert.equal(2, #helper.asked "take-added")
    assert.equal(2, #helper.asked "lut-xmp")
    assert.matches("group=g%-0d4c7be1932fa658.*take=t1", helper.asked("lut-xmp")[1].url)
    assert.equal(2, #lightroom.export.exports)
  end)

  it("with one look for all has one profile", function()
    local anna, ben = add "anna.nef", add("ben.nef", { look = ADOBE_COLOR })
    lightroom.windows.prefs.group = "shared"
    assert.same({ "Looks: 2 of 2 photos.", RESTART }, press())
    assert.matches("/lut%?format=xmp&name=shoot&strength=1$", helper.asked("group-shared-lut")[1].url)
    assert.same({}, helper.asked "lut-xmp")
    for _, photo in ipairs { anna, ben } do
      assert.equal(UUID, copies_of(photo)[1]:getDevelopSettings().Look.UUID)
    end
  end)

  it("that is cancelled leaves copies as their photos", function()
    local photos = { add("anna.nef", { look = ADOBE_COLOR }), add("ben.nef", { look = ADOBE_COLOR }) }
    lightroom.windows.prefs.group = "match"
    local asked = 0
    function lightroom.windows.on_progress(scope)
      asked = asked + 1
      scope.stub.cancelled = asked > 2
    end
    assert.same({ "Looks: 0 of 2 photos.", "Cancelled." }, press())
    for _, photo in ipairs(photos) do
      assert.same(ADOBE_COLOR, copies_of(photo)[1]:getDevelopSettings().Look)
    end
  end)
end)

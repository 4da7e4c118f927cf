--- The dials: one for the strength, or two where the model tells the person from the background.
local scripted = require "lightroom.scripted"

local lightroom, helper, folder

before_each(function()
  lightroom, helper, folder = scripted.open()
  scripted.add_photo(lightroom, folder, "anna.nef")
end)

after_each(function()
  scripted.close(folder)
end)

local function press(prefs)
  for name, value in pairs(prefs) do
    lightroom.windows.prefs[name] = value
  end
  lightroom.click "lutbridge_lr_menu_retouch.lua"
  return lightroom.said()
end

--- Which dials can be moved, and where they stand.
local function dials()
  lightroom.click "lutbridge_lr_menu_settings.lua"
  local found = {}
  local function look_into(container)
    for _, child in ipairs(container) do
      if child.kind == "slider" then
        local bound, values = child.enabled.binding, {}
        for _, key in ipairs(bound.keys) do
          values[key.key] = key.bind_to_object[key.key]
        end
        local name = child.value.binding.key
        found[name] = bound.operation(nil, values, true) and child.value.binding.object[name] or nil
      end
      look_into(child)
    end
  end
  local windows = lightroom.windows.windows
  look_into(windows[#windows].contents)
  return found
end

describe("The dials", function()
  it("are two where the model finds the person, else one, with an older helper too", function()
    lightroom.windows.prefs.strength = 70
    assert.same({ strength = 70 }, dials())
    helper.has_mask = true
    assert.same({ person = 70, background = 70 }, dials())
    lightroom.windows.prefs.model = "portrait-v1"
    assert.same({ person = 70, background = 70 }, dials())
    lightroom.windows.prefs.model = "gone"
    assert.same({ strength = 70 }, dials())
  end)

  it("travel to the helper that knows them", function()
    helper.has_mask = true
    press { strength = 40, person = 80, background = 0 }
    local url = helper.asked("job-accepted")[1].url
    assert.matches("%?background=0&format=tiff&", url)
    assert.matches("&person=0%.8$", url)
    assert.is_nil(url:find("strength", 1, true))
  end)

  it("do not travel to one that does not", function()
    press { strength = 40, person = 80, background = 0 }
    local url = helper.asked("job-accepted")[1].url
    assert.matches("strength=0%.4$", url)
    assert.is_nil(url:find("person", 1, true))
  end)

  it("stand in the profile of a look, whose amount is then whole", function()
    helper.has_mask = true
    press { mode = "look", strength = 40, person = 80, background = 50 }
    local url = helper.asked("lut-xmp")[1].url
    assert.matches("%?background=0%.5&format=xmp&", url)
    assert.matches("&person=0%.8&view=fitted$", url)
    local copy = lightroom.catalog.photos[2]
    assert.equal(1, copy:getDevelopSettings().Look.Amount)
  end)

  it("are refused where every photo would stay as it is", function()
    assert.matches("^The strength is 0, so nothing would change", press { strength = 0 }[1])
    assert.same({}, lightroom.export.exports)
    helper.has_mask = true
    assert.matches("^The strength is 0, so nothing would change", press { person = 0, background = 0, strength = 9 }[1])
    assert.same({}, lightroom.export.exports)
  end)
end)

describe("The summary", function()
  it("says where one LUT says less than a rendered copy", function()
    helper.has_mask, helper.delta_e = true, 2.31
    assert.matches("^In 1 of them, a look cannot .* up to 2%.3%): .*rendered copy", press({ mode = "look" })[2])
  end)

  it("does not where it is near, or where nothing is parted", function()
    helper.has_mask, helper.delta_e = true, 1
    assert.is_nil(table.concat(press { mode = "look" }, "\n"):find("cannot treat", 1, true))
    helper.has_mask, helper.delta_e = nil, 2.31
    assert.is_nil(table.concat(press { mode = "look" }, "\n"):find("cannot treat", 1, true))
  end)
end)

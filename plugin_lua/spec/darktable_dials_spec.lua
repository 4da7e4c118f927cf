--- darktable's dials and what "result" stands on, with preferences made of a table: what was never set reads as
-- darktable reads it.
local NOTHING = { string = "", integer = 0, bool = false, enum = "" }
local MODULES = { "darktable", "lutbridge_dt_settings", "lutbridge_dt_slider" }

local loaded, kept, settings, sliders = {}, nil, nil, nil

before_each(function()
  kept = { copy_format = "TIFF", grid_size = "33" }
  for _, name in ipairs(MODULES) do
    loaded[name], package.loaded[name] = package.loaded[name], nil
  end
  package.loaded.darktable = {
    preferences = {
      read = function(script, name, kind)
        assert(script == "lutbridge")
        return kept[name] == nil and NOTHING[kind] or kept[name]
      end,
      write = function(_, name, kind, value)
        assert(type(value) == type(NOTHING[kind]), name)
        kept[name] = value
      end,
    },
    new_widget = function(kind)
      return function(given)
        given.kind = kind
        return given
      end
    end,
  }
  settings, sliders = require "lutbridge_dt_settings", require "lutbridge_dt_slider"
end)

after_each(function()
  for _, name in ipairs(MODULES) do
    package.loaded[name] = loaded[name]
  end
end)

local INFO = {
  default_model = "portrait-v2",
  models = { { name = "portrait-v2", has_mask = true }, { name = "mine" } },
}

describe("darktable's dials", function()
  it("begin where the strength was, and go their own ways", function()
    assert.equal(100, settings.percent "person")
    settings.set_percent("strength", 30)
    assert.same({ 30, 30 }, { settings.percent "person", settings.percent "background" })
    settings.set_percent("background", 0)
    settings.set_percent("strength", 60)
    assert.same({ 60, 0 }, { settings.percent "person", settings.percent "background" })
  end)

  it("are two for a model that finds the person, by what the helper said last", function()
    assert.is_false(settings.has_mask())
    settings.note_models(INFO)
    assert.is_true(settings.has_mask())
    settings.set("model", "mine")
    assert.is_false(settings.for_run().has_mask)
    settings.note_models { default_model = "portrait-v1", models = { { name = "portrait-v1" } } } -- an older helper
    settings.set("model", "")
    assert.is_false(settings.has_mask())
  end)

  it("are set to 100 by the panel's reset, and a chosen 0 stays", function()
    local slider = sliders.new "person"
    assert.equal("person in %", slider.label)
    slider.value = 30
    slider.reset_callback(slider)
    sliders.remember("person", slider)
    assert.same({ 100, 100 }, { slider.value, settings.percent "person" })
    assert.is_nil(kept.person)
    slider.value = 0
    sliders.remember("person", slider)
    assert.same({ 0, 0 }, { slider.value, settings.percent "person" })
    slider.value = 41.6
    sliders.remember("person", slider)
    assert.equal(42, settings.percent "person")
  end)
end)

describe('"result"', function()
  it("stands on looks, and on copies for a model whose looks were seen to say less", function()
    settings.note_models(INFO)
    assert.equal("look", settings.get "mode")
    assert.is_true(settings.note_apart())
    assert.equal("copy", settings.get "mode")
    assert.is_false(settings.note_apart())
    settings.set("model", "mine")
    assert.equal("look", settings.get "mode")
  end)

  it("stays where the user has put it", function()
    settings.note_models(INFO)
    settings.set("mode", "look")
    assert.is_false(settings.note_apart())
    assert.equal("look", settings.get "mode")
  end)
end)

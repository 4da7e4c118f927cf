--- darktable's panel, with widgets and preferences made of tables: what it shows of the helper.
local NOTHING = { string = "", integer = 0, bool = false, enum = "" }
local MODULES = {
  "darktable",
  "lutbridge_dt_actions",
  "lutbridge_dt_panel",
  "lutbridge_dt_settings",
  "lutbridge_dt_slider",
  "lutbridge_dt_start",
  "lutbridge_installed",
}

local loaded, kept, widgets, tell, obstacle = {}, nil, nil, nil, nil

--- The widget with this label or text.
local function labelled(label)
  for _, widget in ipairs(widgets) do
    if widget.label == label or widget.text == label then
      return widget
    end
  end
  error("no widget " .. label)
end

before_each(function()
  kept, widgets = {}, {}
  for _, name in ipairs(MODULES) do
    loaded[name], package.loaded[name] = package.loaded[name], nil
  end
  package.loaded.darktable = {
    gui = { views = { lighttable = "lighttable" }, libs = {} },
    register_lib = function() end,
    preferences = {
      read = function(_, name, kind)
        return kept[name] == nil and NOTHING[kind] or kept[name]
      end,
      write = function(_, name, _, value)
        kept[name] = value
      end,
    },
    new_widget = function()
      return function(given)
        table.insert(widgets, given)
        return given
      end
    end,
  }
  package.loaded.lutbridge_dt_actions = {
    listen = function(listener)
      tell = listener
    end,
  }
  obstacle = nil
  package.loaded.lutbridge_installed = { version = "0.1.0" }
  package.loaded.lutbridge_dt_start = {
    obstacle = function()
      return obstacle
    end,
  }
  require("lutbridge_dt_panel").register()
end)

after_each(function()
  for _, name in ipairs(MODULES) do
    package.loaded[name] = loaded[name]
  end
end)

local function info(...)
  local models = {}
  for index, name in ipairs { ... } do
    models[index] = { name = name, has_mask = false }
  end
  return { version = "0.1.0", device = "cpu", default_model = models[1].name, models = models }
end

describe("darktable's panel", function()
  it("lists the models that the helper has, the user's own among them, and keeps what is chosen", function()
    tell("helper", info("portrait-v2", "portrait-v1", "my-style"))
    local model = labelled "model"
    assert.same({ "the helper's default", "portrait-v2", "portrait-v1", "my-style" }, { table.unpack(model) })
    assert.equal(1, model.selected)
    model.selected = 4
    model.changed_callback(model)
    assert.equal("my-style", kept.model)
    tell("helper", info("portrait-v2", "my-style"))
    assert.same({ "the helper's default", "portrait-v2", "my-style" }, { table.unpack(model) })
    assert.equal(3, model.selected)
  end)

  it("goes on with the default where a chosen model has gone", function()
    kept.model = "my-style"
    tell("helper", info "portrait-v2")
    assert.equal(1, labelled("model").selected)
  end)

  it("says that the helper can be started, or why not, before anything is pressed", function()
    local absent = { code = "helper_absent", message = "" }
    tell("helper", absent)
    labelled "is not running; starts when needed"
    obstacle = "gone"
    tell("helper", absent)
    labelled "is not running, and its program is missing: press Auto Retouch for details"
    obstacle = "flatpak"
    tell("helper", absent)
    for _, widget in ipairs(widgets) do
      assert.is_nil((widget.text or ""):find "starts when needed")
    end
  end)

  it("says it where lines are broken to any width, and can be copied but not edited", function()
    tell("said", { "Looks: 0 of 1 photos.", "lutbridge is no longer at /opt/lutbridge/lutbridge. Reinstall it." })
    local said = labelled "Looks: 0 of 1 photos.\nlutbridge is no longer at /opt/lutbridge/lutbridge. Reinstall it."
    assert.is_false(said.editable)
    assert.is_true(said.visible)
    tell("busy", true)
    assert.is_false(said.visible)
  end)

  it("forgets what was said of the last run as soon as the next one begins", function()
    tell("said", { "Looks: 1 of 1 photos." })
    labelled "Looks: 1 of 1 photos."
    tell("busy", true)
    assert.has_error(function()
      labelled "Looks: 1 of 1 photos."
    end)
    assert.is_false(labelled("Auto Retouch").sensitive)
    tell("busy", false)
    assert.is_true(labelled("Auto Retouch").sensitive)
  end)

  it("says that the helper starts, and then which one runs", function()
    tell("helper", { code = "starting", message = "starting the helper (first time up to a minute)" })
    labelled "starting the helper (first time up to a minute)"
    tell("helper", info "portrait-v2")
    labelled "lutbridge 0.1.0 on cpu"
    labelled "stop helper"
  end)
end)

--- Info.lua, and what it names.
local support = require "support"
local texts = require "lutbridge_texts"

local FOLDER = "plugin_lua/lightroom.lrplugin/"
local KNOWN = {
  LrSdkVersion = "number",
  LrSdkMinimumVersion = "number",
  LrToolkitIdentifier = "string",
  LrPluginName = "string",
  LrPluginInfoProvider = "string",
  LrExportMenuItems = "table",
  LrLibraryMenuItems = "table",
  LrExportServiceProvider = "table",
  VERSION = "table",
}

local zstrings = {}

--- Info.lua as Lightroom loads it: with LOC and nothing else.
local function info()
  local chunk = assert(loadfile(FOLDER .. "Info.lua"))
  return setfenv(chunk, {
    LOC = function(text)
      local key, default = text:match "^(%$%$%$/[%w/]+)=(.*)$"
      zstrings[assert(key, text)] = default
      return default
    end,
  })()
end

local function exists(name)
  local file = io.open(FOLDER .. name, "rb") or io.open("plugin_lua/core/" .. name, "rb")
  if file then
    file:close()
  end
  return file ~= nil
end

describe("Info.lua", function()
  it("has what Lightroom demands, and nothing that it does not know", function()
    for key, value in pairs(info()) do
      assert.equal(KNOWN[key], type(value), key)
    end
    for key in pairs(KNOWN) do
      assert.is_truthy(info()[key], key)
    end
    assert.matches("^%l[%l%d.]+$", info().LrToolkitIdentifier)
    assert.is_nil(info().LrToolkitIdentifier:find "^com%.adobe")
    assert.is_true(info().LrSdkMinimumVersion <= info().LrSdkVersion)
  end)

  it("names files that are there", function()
    local found = info()
    assert.is_true(exists(found.LrPluginInfoProvider))
    assert.is_true(exists(found.LrExportServiceProvider.file))
    for _, menu in ipairs { found.LrExportMenuItems, found.LrLibraryMenuItems } do
      assert.equal(2, #menu)
      for _, item in ipairs(menu) do
        assert.is_true(exists(item.file), item.file)
        assert.is_truthy(item.enabledWhen == nil or item.enabledWhen == "photosSelected")
      end
    end
  end)

  it("has the version of lutbridge", function()
    local version = info().VERSION
    local text = ("%d.%d.%d"):format(version.major, version.minor, version.revision)
    assert.equal(text, support.read_file("lutbridge/__init__.py"):match '__version__ = "([%d.]+)"')
  end)

  it("has titles as they stand among the texts, translated", function()
    info()
    local keys = { ["$$$/Lutbridge/Retouch"] = "action_retouch", ["$$$/Lutbridge/Settings"] = "lightroom_settings" }
    local german = {}
    for key, text in support.read_file(FOLDER .. "TranslatedStrings_de.txt"):gmatch '"(%$%$%$/[^=\n]+)=([^"\n]*)"' do
      german[key] = text
    end
    for key, name in pairs(keys) do
      assert.equal(texts[name].en, zstrings[key])
      assert.equal(texts[name].de, german[key])
      zstrings[key], german[key] = nil, nil
    end
    assert.same({}, zstrings)
    assert.same({}, german)
  end)

  it("has a preset that exports to it", function()
    local path = FOLDER .. info().LrExportServiceProvider.builtInPresetsDir .. "/Auto Retouch.lrtemplate"
    local preset = {}
    setfenv(assert(loadfile(path)), preset)()
    assert.equal("Export", preset.s.type)
    assert.equal(info().LrToolkitIdentifier, preset.s.value.exportServiceProvider)
    assert.equal("TIFF", preset.s.value.format)
  end)
end)

describe("The plug-in's files", function()
  it("require what is there", function()
    local pipe = io.popen("cat " .. FOLDER .. "*.lua")
    local source = pipe:read "*a"
    pipe:close()
    local count = 0
    assert.is_nil(source:find 'require%(?%s*"lutbridge_lr_menu') -- a menu item does its work when it is loaded
    for name in source:gmatch 'require%(?%s*"([%w_]+)"' do
      count = count + 1
      assert.is_true(name == "lutbridge_installed" or exists(name .. ".lua"), name)
    end
    assert.is_true(count > 40)
  end)
end)

--- Finding, starting and stopping the helper from Lightroom.
local scripted = require "lightroom.scripted"
local support = require "support"

local lightroom, helper, folder, commands

local function open(changes)
  commands = {}
  changes = changes or {}
  changes.execute = function(command)
    table.insert(commands, command)
    return 0
  end
  lightroom, helper, folder = scripted.open(changes)
end

local function press()
  lightroom.click "lutbridge_lr_menu_retouch.lua"
  return lightroom.said()
end

before_each(function()
  open()
end)

after_each(function()
  scripted.close(folder)
end)

describe("The helper", function()
  it("is started where it is not there, once, and waited for", function()
    scripted.close(folder)
    local naps = 0
    open {
      nap = function(seconds)
        naps = naps + seconds
        if naps > 3 then
          scripted.write(scripted.state_file, support.state_text())
        end
      end,
    }
    os.remove(scripted.state_file)
    scripted.add_photo(lightroom, folder, "anna.nef")
    assert.same({ "Rendered copies: 1 of 1 photos." }, press())
    local said = folder .. "/temp/lutbridge-helper"
    local expected = [[nohup sh -c '"$0" serve >"$1" 2>&1; echo $? >"$2"' ]]
      .. ("'%s/it'\\''s here/lutbridge' '%s.log' '%s.ended' </dev/null >/dev/null 2>&1 &"):format(folder, said, said)
    assert.same({ expected }, commands)
    assert.matches("^starting the helper %(first time", lightroom.windows.scopes[1].stub.caption)
  end)

  it("is started on Windows by its own means", function()
    scripted.close(folder)
    open { is_windows = true }
    lightroom.require("lutbridge_installed").environment.LOCALAPPDATA = "C:\\Local"
    scripted.add_photo(lightroom, folder, "anna.nef")
    assert.matches("^The helper did not start within 60 s", press()[1])
    local temp = folder .. "/temp/"
    local expected = [[powershell -NoProfile -WindowStyle Hidden -Command "Start-Process -WindowStyle Hidden ]]
      .. ("-FilePath '%slutbridge-serve.bat'\""):format(temp)
    assert.same({ expected }, commands)
    local line = ('"%s/it\'s here/lutbridge" serve >"%slutbridge-helper.log" 2>&1\r\n'):format(folder, temp)
    local batch = support.read_file(temp .. "lutbridge-serve.bat")
    assert.equal("@echo off\r\nchcp 65001 >nul\r\n" .. line, batch:sub(1, batch:find(line, 1, true) + #line - 1))
    assert.equal('echo %errorlevel% >"' .. temp .. 'lutbridge-helper.ended"\r\n', batch:match "\n(echo %%.*)$")
  end)

  it("that ends on Windows is told at once, in whatever code page it speaks", function()
    scripted.close(folder)
    open {
      is_windows = true,
      nap = function()
        scripted.write(folder .. "/temp/lutbridge-helper.log", "Traceback\r\nC:\\J\246rg: DLL load failed\r\n")
        scripted.write(folder .. "/temp/lutbridge-helper.ended", "1 \r\n")
      end,
    }
    lightroom.require("lutbridge_installed").environment.LOCALAPPDATA = "C:\\Local"
    scripted.add_photo(lightroom, folder, "anna.nef")
    assert.is_truthy(press()[1]:find("stopped right after starting: C:\\J?rg: DLL load failed", 1, true))
  end)

  it("is told to be gone before anything is started", function()
    os.remove(scripted.state_file)
    os.remove(folder .. "/it's here/lutbridge")
    scripted.add_photo(lightroom, folder, "anna.nef")
    local said = press()[1]
    assert.is_truthy(said:find("no longer at " .. folder .. "/it's here/lutbridge. ", 1, true))
    assert.matches("type in a terminal: lutbridge plugin install lightroom$", said)
    assert.same({}, commands)
  end)

  it("that ends is told at once, with what it said last", function()
    scripted.close(folder)
    local naps = 0
    open {
      nap = function(seconds)
        naps = naps + seconds
        scripted.write(folder .. "/temp/lutbridge-helper.log", "Traceback\nDisk full\n\n")
        scripted.write(folder .. "/temp/lutbridge-helper.ended", "1\n")
      end,
    }
    os.remove(scripted.state_file)
    scripted.add_photo(lightroom, folder, "anna.nef")
    local said = press()[1]
    assert.matches("^The helper stopped right after starting: Disk full ", said)
    assert.is_truthy(said:find('"' .. folder .. "/it's here/lutbridge\" serve", 1, true))
    assert.is_true(naps < 5)
  end)

  it("whose program cannot be run any more, its Python having moved, is told at once", function()
    scripted.close(folder)
    open {
      nap = function()
        scripted.write(folder .. "/temp/lutbridge-helper.ended", "127\n")
      end,
    }
    os.remove(scripted.state_file)
    scripted.add_photo(lightroom, folder, "anna.nef")
    assert.matches("^lutbridge is no longer at ", press()[1])
  end)

  it("is waited for until the user cancels", function()
    scripted.close(folder)
    open {
      nap = function()
        lightroom.windows.scopes[1].stub.cancelled = true
      end,
    }
    os.remove(scripted.state_file)
    scripted.add_photo(lightroom, folder, "anna.nef")
    assert.same({ "Cancelled." }, press())
  end)

  it("is not started where the user does not want it", function()
    os.remove(scripted.state_file)
    lightroom.windows.prefs.start_helper = false
    scripted.add_photo(lightroom, folder, "anna.nef")
    assert.matches('^The lutbridge helper is not running: press "start helper"', press()[1])
    assert.same({}, commands)
    assert.same({}, lightroom.export.exports)
  end)

  it("of another protocol is a sentence", function()
    scripted.write(scripted.state_file, support.state_text { protocol = 7 })
    scripted.add_photo(lightroom, folder, "anna.nef")
    local said = press()[1]
    assert.matches("^This plug%-in is too old for the helper%. Update it, in a terminal: ", said)
    assert.matches("/lutbridge\" plugin install lightroom$", said)
    assert.same({}, commands)
  end)
end)

--- The controls of a window, by kind.
local function controls(container, kind, found)
  found = found or {}
  for _, child in ipairs(container) do
    if child.kind == kind then
      table.insert(found, child)
    end
    controls(child, kind, found)
  end
  return found
end

local function value_of(bound)
  return bound.binding.object[bound.binding.key]
end

describe("The settings", function()
  local function window()
    lightroom.click "lutbridge_lr_menu_settings.lua"
    local last = lightroom.windows.windows[#lightroom.windows.windows]
    assert.is_true(last.blockTask)
    return last.contents
  end

  it("say what the helper is, and which models it has", function()
    local shown = window()
    local status = controls(shown, "static_text")
    assert.equal("lutbridge 0.1.0 on cpu", value_of(status[#status].title))
    local models = value_of(controls(shown, "popup_menu")[3].items)
    assert.same({ "the helper's default", "portrait-v1" }, { models[1].title, models[2].title })
    assert.equal("", models[1].value)
  end)

  it("say which of the two is older, and what to type", function()
    local advice = { ["0.0.9"] = '/lutbridge" plugin install lightroom', ["0.2.0"] = " serve --stop" }
    for version, command in pairs(advice) do
      lightroom.require("lutbridge_installed").version = version
      local shown = controls(window(), "static_text")
      local status = value_of(shown[#shown].title)
      assert.is_truthy(status:find("lutbridge 0.1.0 on cpu. This plug-in is version " .. version, 1, true))
      assert.is_truthy(status:find(command, 1, true))
    end
  end)

  it("say that it is not there, and start it on request only", function()
    os.remove(scripted.state_file)
    local shown = window()
    local status = controls(shown, "static_text")
    assert.equal("is not running; starts when needed", value_of(status[#status].title))
    assert.same({}, commands)
    local toggle = controls(shown, "push_button")[2]
    assert.equal("start helper", value_of(toggle.title))
    toggle.action(toggle)
    lightroom.tasks.run()
    assert.equal(1, #commands)
    assert.matches("did not start within", value_of(status[#status].title))
  end)

  it("stop it", function()
    local shown = window()
    local toggle = controls(shown, "push_button")[2]
    assert.equal("stop helper", value_of(toggle.title))
    toggle.action(toggle)
    lightroom.tasks.run()
    assert.equal(1, #helper.asked "shutdown")
    assert.equal("start helper", value_of(toggle.title))
  end)

  it("are bound to Lightroom's preferences, each with its default", function()
    local shown = window()
    local titles, chosen = {}, {}
    for index, menu in ipairs(controls(shown, "popup_menu")) do
      chosen[index] = value_of(menu.value)
      if not menu.items.binding then
        table.insert(titles, menu.items[1].title)
      end
    end
    assert.same({ "copy", "off", "", "fitted", "tiff" }, chosen)
    assert.same({ "rendered copy", "each photo by itself", "the rendered photo (best)", "TIFF, 16 bit" }, titles)
    assert.equal("look (a profile; experimental)", controls(shown, "popup_menu")[1].items[2].title)
    assert.equal(100, value_of(controls(shown, "slider")[1].value))
  end)

  it("have one window, which comes to the front, and opens again after it was closed", function()
    lightroom.open "lutbridge_lr_menu_settings.lua"
    lightroom.tasks.start(function()
      lightroom.open "lutbridge_lr_menu_settings.lua"
    end)
    lightroom.tasks.run()
    assert.equal(1, #lightroom.windows.windows)
    assert.equal(1, lightroom.windows.fronted)
    window()
    assert.equal(2, #lightroom.windows.windows)
  end)

  it("stand on the plug-in manager's page too, which changes nothing", function()
    local page = lightroom.require "lutbridge_lr_page"
    local sections = page.sectionsForTopOfDialog(lightroom.windows.LrView.osFactory(), {})
    lightroom.tasks.run()
    assert.same({ "helper", "Auto Retouch" }, { sections[1].title, sections[2].title })
    assert.equal(5, #controls(sections[2], "popup_menu"))
    assert.same({}, commands)
    assert.same({}, helper.asked "shutdown")
  end)

  it("are in German in a German Lightroom", function()
    scripted.close(folder)
    open { language = "de" }
    local shown = window()
    assert.equal("Look (ein Profil; experimentell)", controls(shown, "popup_menu")[1].items[2].title)
  end)
end)

describe("A second press", function()
  it("while one is at work does nothing but say so", function()
    scripted.add_photo(lightroom, folder, "anna.nef")
    lightroom.open "lutbridge_lr_menu_retouch.lua"
    lightroom.open "lutbridge_lr_menu_retouch.lua"
    lightroom.tasks.run()
    assert.same({ "Auto Retouch is already running.", "Rendered copies: 1 of 1 photos." }, lightroom.windows.bezels)
    assert.equal(1, #helper.asked "job-accepted")
  end)

  it("works after a bug, which is said", function()
    scripted.add_photo(lightroom, folder, "anna.nef")
    lightroom.windows.on_progress = function()
      error "a bug"
    end
    assert.matches("^The plug%-in ran into an internal error: .*a bug", press()[1])
    lightroom.windows.on_progress = nil
    press()
    assert.same({ "Rendered copies: 1 of 1 photos." }, lightroom.windows.bezels)
    assert.same({}, scripted.list(folder .. "/temp"))
  end)
end)

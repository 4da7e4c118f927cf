--- Lightroom on a Windows made of stand-ins, where Lua opens files by names in ASCII only, as the plug-in has to fear;
-- and behind a proxy that knows no helper. What real ones do has not been tried.
local scripted = require "lightroom.scripted"
local support = require "support"

local lightroom, helper, folder, commands
local open = io.open

local function press()
  lightroom.click "lutbridge_lr_menu_retouch.lua"
  return lightroom.said()
end

--- Lightroom's io.open: names that are not ASCII are not found.
local function ascii_open(path, mode)
  if path:find "[\128-\255]" then
    return nil, path .. ": No such file or directory"
  end
  return open(path, mode)
end

local function open_lightroom(changes)
  commands = {}
  changes.execute = changes.execute or function(command)
    table.insert(commands, command)
    return 0
  end
  lightroom, helper, folder = scripted.open(changes)
end

after_each(function()
  assert.same({}, scripted.list(folder .. "/temp"))
  scripted.close(folder)
end)

describe("On Windows, photos in folders with accents", function()
  before_each(function()
    open_lightroom { is_windows = true, open_file = ascii_open }
    local installed = lightroom.require "lutbridge_installed"
    installed.environment.LOCALAPPDATA = folder .. "/Local"
    installed.temporary = folder .. "/temp"
    os.execute("mkdir -p '" .. folder .. "/photos/Größe' '" .. folder .. "/temp-Größe' '" .. folder .. "/Local'")
    scripted.write(folder .. "/Local\\lutbridge\\helper.json", support.state_text())
  end)

  it("get their copies", function()
    scripted.add_photo(lightroom, folder, "Größe/Zoë.nef")
    assert.same({ "Rendered copies: 1 of 1 photos." }, press())
    local path = folder .. "/photos/Größe/Zoë-retouched.tif"
    assert.equal(path, lightroom.catalog.stacks[1].copy:getRawMetadata "path")
    assert.equal("retouched", support.read_file(path))
    assert.equal("Größe/Zoë.nef plain_full", helper.asked("job-accepted")[1].body)
    assert.same({}, commands)
  end)

  it("are not lost where they cannot be written", function()
    scripted.add_photo(lightroom, folder, "Größe/Zoë.nef")
    os.execute("rm -r '" .. folder .. "/photos/Größe'")
    assert.matches("Could not write to .*/photos/Größe, the folder of the original", press()[2])
  end)
end)

describe("Behind a proxy that knows no helper", function()
  local refused

  --- curl as a program: reads its file, goes past the proxy, and leaves headers and body.
  local function curl(command)
    table.insert(commands, command)
    local config = support.read_file(assert(command:match "^curl %-q %-K ['\"](.*)['\"]$"))
    assert.matches('noproxy = "%*"', config)
    local function value(name)
      return config:match(name .. ' = "([^"]*)"')
    end
    local request = { url = value "url", method = value "request", headers = {} }
    for name, content in config:gmatch 'header = "([^:"]+): ([^"]*)"' do
      table.insert(request.headers, { name, content })
    end
    request.body = value "upload%-file" and support.read_file(value "upload%-file")
    local status, headers, body = helper.send(request)
    local lines = { "HTTP/1.1 " .. status .. " X" }
    for _, header in ipairs(headers) do
      table.insert(lines, header[1] .. ": " .. header[2])
    end
    scripted.write(value "dump%-header", table.concat(lines, "\r\n") .. "\r\n\r\n")
    scripted.write(value "output", body)
    return 0
  end

  local function open_behind_proxy(is_windows)
    refused = 0
    open_lightroom {
      is_windows = is_windows,
      execute = curl,
      send = function()
        refused = refused + 1
        return 502, { { "Content-Type", "text/html" } }, "<h1>Bad gateway</h1>"
      end,
    }
    if is_windows then
      lightroom.require("lutbridge_installed").environment.LOCALAPPDATA = folder .. "/Local"
      os.execute("mkdir -p '" .. folder .. "/Local'")
      scripted.write(folder .. "/Local\\lutbridge\\helper.json", support.state_text())
    end
  end

  it("the helper is reached by curl, which is asked once what it can do", function()
    open_behind_proxy()
    scripted.add_photo(lightroom, folder, "anna.nef")
    assert.same({ "Rendered copies: 1 of 1 photos." }, press())
    assert.equal(1, refused)
    assert.equal("anna.nef plain_full", helper.asked("job-accepted")[1].body)
    assert.equal("retouched", support.read_file(folder .. "/photos/anna-retouched.tif"))
    assert.is_true(#commands > 3)
  end)

  it("on Windows, where a window flashes for each request, a copy is one of them", function()
    open_behind_proxy(true)
    helper.answers["job-accepted"] = "render-jpeg"
    scripted.add_photo(lightroom, folder, "anna.nef")
    assert.same({ "Rendered copies: 1 of 1 photos." }, press())
    assert.equal(3, #commands) -- who it is, what it has, and the copy
    local asked = helper.asked("job-accepted")[1]
    assert.is_nil(asked.url:find "job=true")
    assert.equal("retouched", support.read_file(folder .. "/photos/anna-retouched.tif"))
  end)
end)

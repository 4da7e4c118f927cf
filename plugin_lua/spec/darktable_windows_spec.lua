--- The plug-in on a Windows made of tables: its cmd reads batch files as UTF-8 and knows %TEMP%, its Lua opens files by
-- ASCII names only. What real ones do has not been tried.
local support = require "support"

local temp = os.getenv "TMPDIR" or "/tmp"
local TEMP = temp .. "/lutbridge spec " .. tostring({}):match "%w+$"
local USER = "C:\\Users\\Jörg\\50% größer"
local SHORT = "C:\\Users\\JRG~1\\50GRE~1"

local real = { open = io.open, getenv = os.getenv, remove = os.remove, rename = os.rename }
local ran, there, short_names -- command lines of batch files; files that cmd sees; by folder
local loaded = {}

--- Windows' own separator, in this system's folder for the spec.
local function here(path)
  return (path:gsub("^" .. TEMP:gsub("%p", "%%%0") .. "\\", TEMP .. "/"))
end

local function write(path, text)
  local file = assert(real.open(here(path), "wb"))
  file:write(text)
  file:close()
end

--- What cmd does with a line of a batch file.
local function cmd(line)
  table.insert(ran, line)
  local asked = line:match '^for %%%%i in %("(.-)"%) do echo %%%%~si>'
  if asked then
    local name = asked:gsub("%%%%", "%%")
    write(TEMP .. "\\lutbridge-short.txt", (short_names[name] or name) .. "\r\n")
  end
  asked = line:match '^if exist "(.-)" '
  if asked then
    return there[asked:gsub("%%%%", "%%")] and 0 or 1
  end
  return 0
end

--- What system() does: one command line, in which no name of a user's may stand.
local function system(command)
  local name = assert(command:match '^call "%%TEMP%%\\([%w%.-]+)"$', command)
  local batch = support.read_file(TEMP .. "/" .. name)
  local line = assert(batch:match "^@echo off\r\nchcp 65001 >nul\r\n(.*)\r\nexit /b %%errorlevel%%\r\n$", batch)
  return cmd(line)
end

local MODULES = { "darktable", "lutbridge_dt_windows", "lutbridge_dt_files", "lutbridge_dt_start", "lutbridge_dt_luts" }
local files, jobs, preference

before_each(function()
  os.execute("mkdir -p '" .. TEMP .. "'")
  ran, there, short_names, jobs, preference = {}, {}, {}, {}, USER .. "\\LUTs"
  for _, name in ipairs(MODULES) do
    loaded[name], package.loaded[name] = package.loaded[name], nil
  end
  package.loaded.lutbridge_installed = { command = USER .. "\\lutbridge.exe" }
  package.loaded.darktable = {
    configuration = { running_os = "windows", tmp_dir = USER, config_dir = USER, cache_dir = USER },
    control = { execute = system },
    preferences = {
      read = function()
        return preference
      end,
    },
    gui = {
      create_job = function(title)
        table.insert(jobs, { title = title, valid = true })
        return jobs[#jobs]
      end,
    },
    print_error = function(text)
      table.insert(jobs, text)
    end,
  }
  function os.getenv(name)
    return name == "TEMP" and TEMP or real.getenv(name)
  end
  function io.open(path, mode)
    assert(not path:find "[\128-\255]", "Lua cannot open this on Windows: " .. path)
    return real.open(here(path), mode)
  end
  function os.remove(path)
    return real.remove(here(path))
  end
  files = require "lutbridge_dt_files"
end)

after_each(function()
  os.getenv, io.open, os.remove, os.rename = real.getenv, real.open, real.remove, real.rename
  for _, name in ipairs(MODULES) do
    package.loaded[name] = loaded[name]
  end
  package.loaded.lutbridge_installed = nil
  os.execute("rm -rf '" .. TEMP .. "'")
end)

describe("In a Flatpak", function()
  it("nothing is said of a program that its sandbox hides", function()
    package.loaded.lutbridge_installed = { command = "/usr/local/bin/lutbridge", is_flatpak = true }
    package.loaded.darktable.configuration.running_os = "linux"
    package.loaded.lutbridge_dt_files = nil
    local starts = require "lutbridge_dt_start"
    assert.equal("flatpak", starts.obstacle())
    local start = starts.new(function()
      error "it cannot be started"
    end)
    start:begin()
    assert.equal("helper_flatpak", start.fault.code)
    assert.matches("Type in a terminal: /usr/local/bin/lutbridge serve", start.fault.message)
  end)
end)

describe("On Windows", function()
  it("the temporary folder is called by its short name", function()
    short_names[USER] = SHORT
    local workspace = assert(files.workspace())
    assert.matches("^C:\\Users\\JRG~1\\50GRE~1\\lutbridge%-%x+%-%x+$", workspace.folder)
    assert.equal('mkdir "' .. workspace.folder .. '"', ran[#ran])
    assert.equal(1, #support.matching(ran, "^for "))
    workspace:close()
    files.workspace()
    assert.equal(1, #support.matching(ran, "^for "))
  end)

  it("a folder without a short name is refused, not misread", function()
    assert.is_nil(files.workspace())
    assert.is_nil(files.usable(USER))
  end)

  it("what a killed run has left is removed by a loop that a batch file takes", function()
    short_names[USER] = SHORT
    files.remove_left_over()
    assert.matches('^for /d %%%%i in %("C:\\Users\\JRG~1\\.*%-%*"%) do rmdir /s /q "%%%%i"$', ran[#ran])
  end)

  it("a photo under any name is seen, and a copy gets its name by cmd", function()
    local photo = USER .. "\\Zoë.nef"
    assert.is_false(files.exists(photo))
    there[photo] = true
    assert.is_true(files.exists(photo))
    local workspace = { path = function(_, name)
      return TEMP .. "\\" .. name
    end }
    local part = files.part_of(photo, workspace)
    assert.equal(TEMP .. "\\unfinished.part", part)
    assert.is_true(files.move(part, photo))
    assert.equal(('move /y "%s" "%s" >nul'):format(part, (photo:gsub("%%", "%%%%"))), ran[#ran])
    assert.equal("C:\\a.tif.part", files.part_of("C:\\a.tif", workspace))
  end)

  it("looks go into a LUT folder with accents by its short name", function()
    short_names[USER .. "\\LUTs\\lutbridge"] = TEMP
    local cube = TEMP .. "\\look.cube"
    write(cube, "LUT_3D_SIZE 2\n")
    local path = assert(require("lutbridge_dt_luts").keep(cube))
    assert.equal("lutbridge/" .. files.hash "LUT_3D_SIZE 2\n" .. ".cube", path)
    assert.equal("LUT_3D_SIZE 2\n", support.read_file(TEMP .. "/" .. path:match "[^/]*$"))
  end)

  it("the same look of another export of the photo is the same file", function()
    short_names[USER .. "\\LUTs\\lutbridge"] = TEMP
    local paths = {}
    local texts = {
      'TITLE "a"\n# photo: 1\nLUT_3D_SIZE 2\n',
      'TITLE "a"\n# photo: 2\nLUT_3D_SIZE 2\n',
      'TITLE "a"\n# photo: 1\nLUT_3D_SIZE 3\n',
    }
    for _, text in ipairs(texts) do
      local cube = TEMP .. "\\look.cube"
      write(cube, text)
      paths[#paths + 1] = assert(require("lutbridge_dt_luts").keep(cube))
    end
    assert.equal(paths[1], paths[2])
    assert.not_equal(paths[1], paths[3])
    assert.matches("photo: 1", support.read_file(TEMP .. "/" .. paths[1]:match "[^/]*$"))
  end)

  it("the helper is started in a hidden window of its own, and its last words are read", function()
    there[USER .. "\\lutbridge.exe"] = true
    local start = require("lutbridge_dt_start").new(function() end)
    start:begin()
    assert.matches("^powershell .*Start%-Process %-WindowStyle Hidden .*%$env:TEMP .*lutbridge%-serve%.bat", ran[#ran])
    local batch = support.read_file(TEMP .. "/lutbridge-serve.bat")
    local line = '"C:\\Users\\Jörg\\50%% größer\\lutbridge.exe" serve >"%TEMP%\\lutbridge-helper.log" 2>&1'
    assert.is_truthy(batch:find(line, 1, true))
    assert.is_false(start:is_over())
    write(TEMP .. "\\lutbridge-helper.log", "Traceback\r\nDLL load failed\r\n\r\n")
    write(TEMP .. "\\lutbridge-helper.ended", "1 \r\n")
    assert.is_true(start:is_over())
    assert.matches("stopped right after starting: DLL load failed", start.fault.message)
    start:finish()
    assert.is_false(jobs[1].valid)
    assert.matches("ended with 1\nTraceback\r\nDLL", jobs[2])
  end)

  it("a program that is gone is told before anything is started", function()
    local start = require("lutbridge_dt_start").new(function()
      error "it is not about to be started"
    end)
    start:begin()
    assert.equal("helper_program", start.fault.code)
    assert.is_truthy(start.fault.message:find(USER .. "\\lutbridge.exe", 1, true))
    assert.is_true(start:is_over())
    assert.same({}, jobs)
  end)
end)

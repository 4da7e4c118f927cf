--- One attempt to start the helper: a job that can be cancelled, and why it does not come up.
local dt = require "darktable"
local errors = require "lutbridge_errors"
local files = require "lutbridge_dt_files"
local installed = require "lutbridge_installed" -- written by `lutbridge plugin install darktable`
local logs = require "lutbridge_log"
local messages = require "lutbridge_messages"
local windows = require "lutbridge_dt_windows"

local Start = {}
Start.__index = Start

local CANNOT_RUN = { [126] = true, [127] = true } -- the shell's codes for a program that cannot be started
local LOG, ENDED = "lutbridge-helper.log", "lutbridge-helper.ended" -- all it says, and the code that it ended with

--- Where these two are.
local function path_of(name)
  return files.join(files.WINDOWS and os.getenv "TEMP" or dt.configuration.cache_dir, name)
end

--- The program's name in a terminal.
local function typed()
  local program = installed.command
  return program:find "[^%w_./\\:~-]" and files.quote(program) or program
end

messages.know { command = typed(), host = "darktable" }

--- Runs `lutbridge serve`, which outlives darktable and does nothing where another one runs.
local function run()
  local program, log, ended = installed.command, path_of(LOG), path_of(ENDED)
  if files.WINDOWS then
    windows.start_hidden(
      ('%s serve >"%%TEMP%%\\%s" 2>&1\r\necho %%errorlevel%% >"%%TEMP%%\\%s"'):format(files.quote(program), LOG, ENDED)
    )
    return
  end
  local script = [['"$0" serve >"$1" 2>&1; echo $? >"$2"']]
  local paths = ("%s %s %s"):format(files.quote(program), files.quote(log), files.quote(ended))
  files.execute(("nohup sh -c %s %s </dev/null >/dev/null 2>&1 &"):format(script, paths))
end

--- Why a helper cannot be started from here: "gone" (the program), "flatpak"; or nil if it can. In the sandbox of a
-- Flatpak, programs of the system cannot be seen, so it says nothing where one is not.
local function obstacle()
  return installed.is_flatpak and "flatpak" or not files.exists(installed.command) and "gone" or nil
end

local function program_gone()
  return errors.new("helper_program", { program = installed.command })
end

--- @param on_start function called before the helper is started.
local function new(on_start)
  return setmetatable({ on_start = on_start }, Start)
end

--- Starts the helper and returns at once; `fault` is set if waiting is no use.
function Start:begin()
  local reason = obstacle()
  if reason then
    self.fault = reason == "gone" and program_gone() or errors.new "helper_flatpak"
    return
  end
  self.on_start()
  self.job = dt.gui.create_job(messages.text "helper_starting", true, function()
    self.fault = errors.new "cancelled"
  end)
  os.remove(path_of(LOG))
  os.remove(path_of(ENDED))
  run()
end

--- Notes whether the helper ended with a fault. One that found another running ends with 0.
function Start:look()
  local code = self.job and tonumber(files.read(path_of(ENDED)) or "")
  if CANNOT_RUN[code] then -- as where the Python has gone that a script is for
    self.fault = program_gone()
  elseif code and code ~= 0 and not self.fault then
    local said = files.read(path_of(LOG)) or ""
    dt.print_error("lutbridge: the helper ended with " .. code .. "\n" .. said)
    self.fault = errors.new("helper_ended", { detail = logs.last_line(said), log = path_of(LOG) })
  end
end

--- Is it no use to wait any longer?
function Start:is_over()
  if dt.control.ending then
    return true
  end
  self:look()
  return self.fault ~= nil
end

--- Takes the job away.
function Start:finish()
  if self.job and not dt.control.ending then
    self.job.valid = false
  end
end

return { new = new, obstacle = obstacle }

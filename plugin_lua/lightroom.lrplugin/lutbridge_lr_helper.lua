--- The helper as Lightroom sees it: how to reach it, and how to start it.
local LrFileUtils = import "LrFileUtils"
local LrPathUtils = import "LrPathUtils"
local LrTasks = import "LrTasks"

local client = require "lutbridge_client"
local errors = require "lutbridge_errors"
local files = require "lutbridge_lr_files"
local installed = require "lutbridge_installed" -- written by `lutbridge plugin install lightroom`
local logs = require "lutbridge_log"
local messages = require "lutbridge_messages"
local sender = require "lutbridge_lr_send"

local M = {}

local PATIENCE = 60 -- seconds until a started helper must answer; the first start of torch is slow

local program = installed.command

messages.know {
  command = program:find "[^%w_./\\:~-]" and '"' .. program .. '"' or program,
  host = "lightroom",
}

local function host(attempt)
  return {
    platform = WIN_ENV and "windows" or "macos",
    -- Lightroom's Lua has no os.getenv: the installation has noted what matters.
    getenv = function(name)
      return installed.environment[name]
    end,
    read_file = files.read,
    send = sender.send,
    sleep = LrTasks.sleep,
    is_ending = function()
      return attempt:is_over()
    end,
  }
end

--- A path as the shell of macOS takes it, and as PowerShell does.
local function quoted(path)
  return "'" .. path:gsub("'", WIN_ENV and "''" or [['\'']]) .. "'"
end

--- A path as a batch file of Windows takes it.
local function in_batch(path)
  return (path:gsub("%%", "%%%%"))
end

local function temporary(name)
  return LrPathUtils.child(files.temporary(), name)
end

local CANNOT_RUN = { [126] = true, [127] = true } -- the shell's codes for a program that cannot be started
local LOG, ENDED = "lutbridge-helper.log", "lutbridge-helper.ended" -- all it says, and the code that it ended with
local BATCH = "lutbridge-serve.bat"

--- Runs `lutbridge serve`, which outlives Lightroom and does nothing where another one runs. On Windows it gets a
-- hidden window of its own: in that of whoever started it, it would end with it.
local function run()
  if WIN_ENV then
    local batch = '@echo off\r\nchcp 65001 >nul\r\n"%s" serve >"%s" 2>&1\r\necho %%errorlevel%% >"%s"\r\n'
    files.write(temporary(BATCH), batch:format(in_batch(program), in_batch(temporary(LOG)), in_batch(temporary(ENDED))))
    local start = "Start-Process -WindowStyle Hidden -FilePath " .. quoted(temporary(BATCH))
    LrTasks.execute(('powershell -NoProfile -WindowStyle Hidden -Command "%s"'):format(start))
    return
  end
  local script = [['"$0" serve >"$1" 2>&1; echo $? >"$2"']]
  local paths = ("%s %s %s"):format(quoted(program), quoted(temporary(LOG)), quoted(temporary(ENDED)))
  LrTasks.execute(("nohup sh -c %s %s </dev/null >/dev/null 2>&1 &"):format(script, paths))
end

local function program_gone()
  return errors.new("helper_program", { program = program })
end

--- One attempt to start the helper, and why it does not come up.
local Attempt = {}
Attempt.__index = Attempt

--- Starts the helper and returns at once; `fault` is set if waiting is no use.
function Attempt:begin()
  if LrFileUtils.exists(program) ~= "file" then
    self.fault = program_gone()
    return
  end
  self.watch.on_start()
  for _, name in ipairs { LOG, ENDED } do
    if LrFileUtils.exists(temporary(name)) then
      LrFileUtils.delete(temporary(name))
    end
  end
  self.begun = true
  run()
end

--- Is it no use to wait any longer? A helper that found another running ends with 0.
function Attempt:is_over()
  local code = self.begun and tonumber(files.read(temporary(ENDED)) or "")
  if CANNOT_RUN[code] then -- as where the Python has gone that a script is for
    self.fault = program_gone()
  elseif code and code ~= 0 then
    local said = logs.last_line(files.read(temporary(LOG)) or "")
    self.fault = errors.new("helper_ended", { detail = said, log = temporary(LOG) })
  elseif self.watch.is_cancelled() then
    self.fault = errors.new "cancelled"
  end
  return self.fault ~= nil
end

local UNWATCHED = {
  on_start = function() end,
  is_cancelled = function()
    return false
  end,
}

--- Finds the running helper, or starts one.
-- @param may_start false: the helper must be there.
-- @param watch nil; or what is called where it is about to be started, on_start, and while it is waited for,
-- is_cancelled.
-- @return Client, or nil and an error.
function M.connect(may_start, watch)
  local attempt = setmetatable({ watch = watch or UNWATCHED }, Attempt)
  if not may_start then
    return client.connect(host(attempt))
  end
  local found, fault = client.connect_or_start(host(attempt), function()
    attempt:begin()
  end, PATIENCE)
  return found, attempt.fault or fault
end

--- What /v1/info says, or nil and an error.
function M.info(may_start)
  local found, fault = M.connect(may_start)
  if not found then
    return nil, fault
  end
  return found:info()
end

return M

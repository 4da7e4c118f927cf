--- What is different on Windows. There, Lua opens files and cmd reads commands in the code page of the system, while
-- darktable's paths are UTF-8; and a command may have a single quoted path. So commands go into a batch file, which is
-- read as UTF-8, and folders whose names are not ASCII are called by their short names.
local dt = require "darktable"

local M = {}

local SHORT = "lutbridge-short.txt"

--- A path in the user's temporary folder, in the code page; for cmd, it is %TEMP%, which it knows in full.
local function temporary(name)
  return (os.getenv "TEMP" or "") .. "\\" .. name
end

function M.is_ascii(path)
  return not path:find "[\128-\255]"
end

--- A path as a batch file takes it.
function M.quote(path)
  return '"' .. path:gsub("%%", "%%%%") .. '"'
end

--- Runs a line of a batch file without holding Lua's lock; returns its exit code.
function M.execute(line)
  local name = ("lutbridge-%08x.bat"):format(math.random(0, 0xffffffff))
  local file = io.open(temporary(name), "wb")
  if not file then
    return 1
  end
  file:write("@echo off\r\nchcp 65001 >nul\r\n", line, "\r\nexit /b %errorlevel%\r\n")
  file:close()
  local status = dt.control.execute(('call "%%TEMP%%\\%s"'):format(name))
  os.remove(temporary(name))
  return status
end

--- Is there a file or folder of that name?
function M.exists(path)
  return M.execute("if exist " .. M.quote(path) .. " (exit /b 0) else (exit /b 1)") == 0
end

--- Renames a file; never replaces another.
-- @return whether it worked.
function M.move(from, to)
  return M.execute("move /y " .. M.quote(from) .. " " .. M.quote(to) .. " >nul") == 0
end

local short = {} -- by path

--- The short ASCII name of an existing path; or nil if the disk keeps none.
function M.short(path)
  if M.is_ascii(path) then
    return path
  end
  if not short[path] then
    M.execute(("for %%%%i in (%s) do echo %%%%~si>\"%%TEMP%%\\%s\""):format(M.quote(path), SHORT))
    local file = io.open(temporary(SHORT), "rb")
    local name = file and file:read "a":match "[^\r\n]+"
    if file then
      file:close()
      os.remove(temporary(SHORT))
    end
    short[path] = name and M.is_ascii(name) and name or nil
  end
  return short[path]
end

--- Starts a program in a hidden window, so that it outlives the window of its caller.
-- @param line of a batch file.
function M.start_hidden(line)
  local name = "lutbridge-serve.bat"
  local file = io.open(temporary(name), "wb")
  if not file then
    return
  end
  file:write("@echo off\r\nchcp 65001 >nul\r\n", line, "\r\n")
  file:close()
  local start = "Start-Process -WindowStyle Hidden -FilePath ($env:TEMP + '\\" .. name .. "')"
  M.execute('powershell -NoProfile -WindowStyle Hidden -Command "' .. start .. '"')
end

return M

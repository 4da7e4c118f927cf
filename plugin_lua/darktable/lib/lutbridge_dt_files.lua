--- Files, and a private folder for the time of a run.
local closing = require "lutbridge_dt_closing"
local dt = require "darktable"
local results = require "lutbridge_results"
local windows = require "lutbridge_dt_windows"

local M = {}

M.WINDOWS = dt.configuration.running_os == "windows"
M.SEPARATOR = M.WINDOWS and "\\" or "/"

function M.join(...)
  return table.concat({ ... }, M.SEPARATOR)
end

--- Can Lua open a file of that name? On Windows only if the name is ASCII.
local function can_open(path)
  return not M.WINDOWS or windows.is_ascii(path)
end

--- The bytes of a file, or nil.
function M.read(path)
  local file = io.open(path, "rb")
  local bytes = file and file:read "a"
  if file then
    file:close()
  end
  return bytes
end

--- The beginning and the end of a file, see lutbridge_results; or nil.
function M.sample(path)
  local file = io.open(path, "rb")
  local bytes = file and results.sample(file)
  if file then
    file:close()
  end
  return bytes
end

--- Writes a file; returns whether all of it was written.
function M.write(path, bytes)
  local file = io.open(path, "wb")
  if not file then
    return false
  end
  local written = file:write(bytes)
  return file:close() and written ~= nil
end

--- Is there a file? darktable ends when it is asked to import one that is not there.
function M.exists(path)
  if not can_open(path) then
    return windows.exists(path)
  end
  local file = io.open(path, "rb")
  if file then
    file:close()
  end
  return file ~= nil
end

function M.quote(path)
  if M.WINDOWS then
    return windows.quote(path)
  end
  return "'" .. path:gsub("'", [['\'']]) .. "'"
end

--- Runs a command without holding Lua's lock; returns its exit code.
function M.execute(command)
  if M.WINDOWS then
    return windows.execute(command)
  end
  return dt.control.execute(command) >> 8
end

--- Gives a new file its name; returns whether that worked.
function M.move(from, to)
  if not can_open(to) then
    return windows.move(from, to)
  end
  return os.rename(from, to) ~= nil
end

--- Makes a folder and those above it; no error if it exists.
function M.make_folder(path)
  M.execute((M.WINDOWS and "mkdir " or "mkdir -p ") .. M.quote(path) .. (M.WINDOWS and " 2>nul" or " 2>/dev/null"))
end

--- A folder, under a name that Lua can use to open its files, created if needed; or nil.
function M.usable(folder)
  if can_open(folder) then
    return folder
  end
  M.make_folder(folder)
  return windows.short(folder)
end

--- A name for a new file until it is complete: beside it or, if Lua cannot open that, in a workspace.
function M.part_of(path, workspace)
  return can_open(path) and path .. ".part" or workspace:path "unfinished.part"
end

--- A FNV-1a hash of 64 bits, as 16 hexadecimal digits.
function M.hash(bytes)
  local hash = 0xcbf29ce484222325
  for at = 1, #bytes, 4096 do
    for _, byte in ipairs { bytes:byte(at, math.min(at + 4095, #bytes)) } do
      hash = (hash ~ byte) * 0x100000001b3
    end
  end
  return ("%016x"):format(hash)
end

local Workspace = {}
Workspace.__index = Workspace

local open = {} -- the workspaces that have not been closed

--- How the workspaces of this darktable begin: only one darktable at a time runs with a configuration folder.
-- @return path, or nil where Lua cannot open files there.
local function prefix()
  local folder = M.usable(dt.configuration.tmp_dir)
  return folder and M.join(folder, "lutbridge-" .. M.hash(dt.configuration.config_dir) .. "-")
end

--- Makes a folder that only this user can look into: photos and the helper's token lie there for a while.
-- @return Workspace, or nil if it cannot be made, or darktable is closing.
function M.workspace()
  local beginning = prefix()
  if not beginning then
    return nil
  end
  local folder = ("%s%08x"):format(beginning, math.random(0, 0xffffffff))
  local workspace = setmetatable({ folder = folder, paths = {} }, Workspace)
  open[workspace] = true
  -- On Windows the temporary folder is the user's own.
  local command = (M.WINDOWS and "mkdir " or "mkdir -m 700 ") .. M.quote(folder)
  if dt.control.ending or M.execute(command) ~= 0 then
    open[workspace] = nil
    return nil
  end
  return workspace
end

--- Removes the workspaces of a darktable that was killed; to be called before the first one is made.
function M.remove_left_over()
  local beginning = prefix()
  if beginning and M.WINDOWS then
    M.execute(('for /d %%%%i in (%s) do rmdir /s /q "%%%%i"'):format(M.quote(beginning .. "*")))
  elseif beginning then
    M.execute("rm -rf " .. M.quote(beginning) .. "*")
  end
end

--- Waits until all workspaces are closed, and closes those that are not after some seconds; see lutbridge_dt_closing.
function M.finish(seconds)
  closing.wait(seconds, function()
    return not next(open)
  end)
  for workspace in pairs(open) do
    workspace:close()
  end
end

--- A path in the folder for a file of that name; it goes when the workspace is closed.
function Workspace:path(name)
  local path = M.join(self.folder, name)
  self.paths[path] = true
  return path
end

--- Lets whatever is written under this name go nowhere. On Windows no name does that: there the file takes room until
-- the workspace is closed.
function Workspace:discard(name)
  local path = M.join(self.folder, name)
  if self.paths[path] then
    return
  end
  self:path(name)
  if not M.WINDOWS then
    M.execute("ln -s /dev/null " .. M.quote(path))
  end
end

--- Removes a file before the workspace is closed.
function Workspace:drop(path)
  os.remove(path)
  self.paths[path] = nil
end

--- Removes the folder and its files.
function Workspace:close()
  for path in pairs(self.paths) do
    os.remove(path)
  end
  if M.WINDOWS then
    M.execute("rmdir " .. M.quote(self.folder))
  else
    os.remove(self.folder)
  end
  open[self] = nil
end

return M

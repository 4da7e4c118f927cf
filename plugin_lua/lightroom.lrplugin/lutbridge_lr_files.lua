--- Files, and a private folder for the time of a run. Lightroom's Lua has io.open and no more of its kind.
local LrFileUtils = import "LrFileUtils"
local LrPathUtils = import "LrPathUtils"

local installed = require "lutbridge_installed"
local results = require "lutbridge_results"

local M = {}

--- On Windows, io.open may not know names that are not ASCII, which Lightroom's own functions do: then the file has
-- another name for a while, in the temporary folder, which the installation has noted by a name in ASCII.
-- @return path, or nil if there is no substitute.
local function stand_in(path)
  if not (WIN_ENV and installed.temporary and path:find "[\128-\255]") then
    return nil
  end
  return LrFileUtils.chooseUniqueFileName(LrPathUtils.child(installed.temporary, "lutbridge-file"))
end

--- Reads a file by pieces.
-- @param use function that gets the open file.
-- @return the result of `use`, or nil if the file cannot be opened.
function M.reading(path, use)
  local file, copy = io.open(path, "rb"), nil
  if not file then
    copy = stand_in(path)
    file = copy and LrFileUtils.copy(path, copy) and io.open(copy, "rb")
  end
  local first, second
  if file then
    first, second = use(file)
    file:close()
  end
  if copy and LrFileUtils.exists(copy) then
    LrFileUtils.delete(copy)
  end
  return first, second
end

--- The bytes of a file, or nil.
function M.read(path)
  return LrFileUtils.exists(path) == "file" and LrFileUtils.readFile(path) or nil
end

--- The beginning and the end of a file, see lutbridge_results; or nil.
function M.sample(path)
  return M.reading(path, results.sample)
end

local function write(path, bytes)
  local file = io.open(path, "wb")
  if not file then
    return nil
  end
  local written = file:write(bytes)
  return file:close() and written ~= nil
end

--- Writes a file; returns whether all of it was written.
function M.write(path, bytes)
  local written = write(path, bytes)
  local other = written == nil and stand_in(path)
  if not other then
    return written == true
  end
  if write(other, bytes) and M.replace(other, path) then
    return true
  end
  if LrFileUtils.exists(other) then
    LrFileUtils.delete(other)
  end
  return false
end

--- Gives a file the place of another, or a new one; returns whether that worked.
function M.replace(from, to)
  if LrFileUtils.exists(to) then
    LrFileUtils.delete(to)
  end
  return LrFileUtils.move(from, to)
end

--- Makes a folder and those above it; returns whether it is there.
function M.make_folder(path)
  LrFileUtils.createAllDirectories(path)
  return LrFileUtils.exists(path) == "directory"
end

--- The folder for temporary files, the user's own on macOS and Windows; by an ASCII name if one was noted.
function M.temporary()
  return WIN_ENV and installed.temporary or LrPathUtils.getStandardFilePath "temp"
end

local Workspace = {}
Workspace.__index = Workspace

--- Makes a folder in the temporary folder.
-- @return Workspace, or nil if it cannot be made.
function M.workspace()
  local folder = LrFileUtils.chooseUniqueFileName(LrPathUtils.child(M.temporary(), "lutbridge"))
  return M.make_folder(folder) and setmetatable({ folder = folder }, Workspace) or nil
end

--- A path in the folder for a file of that name.
function Workspace:path(name)
  return LrPathUtils.child(self.folder, name)
end

--- Removes the folder and its files.
function Workspace:close()
  local paths = {}
  for path in LrFileUtils.files(self.folder) do
    table.insert(paths, path)
  end
  for _, path in ipairs(paths) do
    LrFileUtils.delete(path)
  end
  LrFileUtils.delete(self.folder)
end

return M

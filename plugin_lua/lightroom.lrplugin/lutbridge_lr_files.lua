--- Files, and a private folder for the time of a run. Lightroom's Lua has io.open and no more of its kind.
local LrFileUtils = import "LrFileUtils"
local LrPathUtils = import "LrPathUtils"

local results = require "lutbridge_results"

local M = {}

--- The bytes of a file, or nil.
function M.read(path)
  return LrFileUtils.exists(path) == "file" and LrFileUtils.readFile(path) or nil
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

--- Its length in bytes, or nil where it is not there.
function M.size(path)
  return LrFileUtils.fileAttributes(path).fileSize
end

--- Makes a folder and those above it; returns whether it is there.
function M.make_folder(path)
  LrFileUtils.createAllDirectories(path)
  return LrFileUtils.exists(path) == "directory"
end

local Workspace = {}
Workspace.__index = Workspace

--- Makes a folder in the temporary folder, which is the user's own on macOS and Windows.
-- @return Workspace, or nil where it cannot be made.
function M.workspace()
  local temporary = LrPathUtils.getStandardFilePath "temp"
  local folder = LrFileUtils.chooseUniqueFileName(LrPathUtils.child(temporary, "lutbridge"))
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

--- The .cube files in darktable's LUT folder: named by their content, never overwritten, tidied up on request.
local dt = require "darktable"
local errors = require "lutbridge_errors"
local files = require "lutbridge_dt_files"

local M = {}

local FOLDER, ATTIC = "lutbridge", "lutbridge-unused"

local function root()
  return dt.preferences.read("darktable", "plugins/darkroom/lut3d/def_path", "directory")
end

local function folder_usable(name)
  return files.usable(files.join(root(), name))
end

local function folder_error()
  return errors.new("lut_folder", { folder = root() })
end

--- What a .cube does to colours: all of it but its comments. These name the photo as darktable has exported it, which
-- is another file each time, while the look stays the same.
local function without_comments(bytes)
  return (bytes:gsub("\n#[^\n]*", ""))
end

--- Moves a new .cube file to its place.
-- @return its path relative to the LUT folder, with "/", or nil and an error.
function M.keep(path)
  local bytes = files.read(path)
  if not bytes or not bytes:find "LUT_3D_SIZE" then
    return nil, errors.new("bad_answer", { detail = "no .cube file" })
  end
  local look = without_comments(bytes)
  local folder, stem = folder_usable(FOLDER), files.hash(look)
  if not folder then
    return nil, folder_error()
  end
  -- darktable only reads a file again if its name changes, so a name always has the same content.
  for number = 1, 9 do
    local name = ("%s%s.cube"):format(stem, number > 1 and "-" .. number or "")
    local target = files.join(folder, name)
    local there = files.read(target)
    if not there then
      files.make_folder(folder)
      if not files.write(target, bytes) then
        os.remove(target)
        return nil, folder_error()
      end
      return FOLDER .. "/" .. name
    elseif without_comments(there) == look then
      return FOLDER .. "/" .. name
    end
  end
  return nil, folder_error()
end

--- The bytes of the library and of the user's styles, if it is this library that is open.
local function database()
  local folder = files.usable(dt.configuration.config_dir)
  local library = folder and files.read(files.join(folder, "library.db"))
  local styles = folder and files.read(files.join(folder, "data.db"))
  if not library or not styles then
    return nil
  end
  for index = 1, math.min(#dt.database, 50) do
    if not library:find(dt.database[index].filename, 1, true) then
      return nil
    end
  end
  return library .. styles
end

local function list(workspace)
  local listing = workspace:path "luts.txt"
  local folder = files.quote(files.join(root(), FOLDER))
  files.execute((files.WINDOWS and "dir /b " or "ls ") .. folder .. " > " .. files.quote(listing))
  return (files.read(listing) or ""):gmatch "(%x+%-?%d*%.cube)%s"
end

--- The .cube files that no photo of the library and no style uses.
-- A path is at the beginning of the module's parameters, which SQLite keeps in one piece in its file.
-- @return list of names, or nil and an error if the library cannot be read.
function M.unused(workspace)
  local bytes = database()
  if not bytes then
    return nil, errors.new "library"
  end
  local unused = {}
  for name in list(workspace) do
    if not bytes:find(FOLDER .. "/" .. name, 1, true) then
      table.insert(unused, name)
    end
  end
  return unused
end

--- Moves .cube files aside, so that they can be restored.
-- @return how many were moved, and the folder.
function M.put_away(names)
  local attic = files.join(root(), ATTIC)
  files.make_folder(attic)
  local from, to, moved = folder_usable(FOLDER), files.usable(attic), 0
  for _, name in ipairs(from and to and names or {}) do
    if os.rename(files.join(from, name), files.join(to, name)) then
      moved = moved + 1
    end
  end
  return moved, attic
end

return M

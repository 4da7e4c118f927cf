--- LrFileUtils and LrPathUtils, on real files, as on a Mac.
local strict = require "lightroom.strict"

local M = {}

local function quoted(path)
  return "'" .. path:gsub("'", [['\'']]) .. "'"
end

local function succeeds(test)
  return os.execute(test) == 0
end

local function lines_of(command)
  local pipe = io.popen(command)
  local lines = {}
  for line in pipe:lines() do
    table.insert(lines, line)
  end
  pipe:close()
  return lines
end

local function exists(path)
  strict.arguments("exists", { "string" }, path)
  if succeeds("test -d " .. quoted(path)) then
    return "directory"
  end
  return succeeds("test -e " .. quoted(path)) and "file" or false
end

local function unique(path)
  local stem, extension = path:match "^(.-)(%.[^./]*)$"
  local free, number = path, 1
  while exists(free) do
    number = number + 1
    free = ("%s-%d%s"):format(stem or path, number, extension or "")
  end
  return free
end

M.LrFileUtils = strict.fixed("LrFileUtils", {
  exists = exists,
  chooseUniqueFileName = unique,
  createAllDirectories = function(path)
    succeeds("mkdir -p " .. quoted(path) .. " 2>/dev/null")
  end,
  --- Whether Lightroom deletes a folder with files in it is not documented: here it does not.
  delete = function(path)
    strict.arguments("delete", { "string" }, path)
    return succeeds(("rm -f %s 2>/dev/null || rmdir %s"):format(quoted(path), quoted(path)))
  end,
  readFile = function(path)
    local file = assert(io.open(path, "rb"))
    local bytes = file:read "*a"
    file:close()
    return bytes
  end,
  move = function(from, to)
    strict.arguments("move", { "string", "string" }, from, to)
    return succeeds("mv " .. quoted(from) .. " " .. quoted(to) .. " 2>/dev/null")
  end,
  copy = function(from, to)
    strict.arguments("copy", { "string", "string" }, from, to)
    return succeeds("cp " .. quoted(from) .. " " .. quoted(to) .. " 2>/dev/null")
  end,
  files = function(path)
    local paths, index = lines_of("find " .. quoted(path) .. " -maxdepth 1 -type f"), 0
    return function()
      index = index + 1
      return paths[index]
    end
  end,
})

--- @param standard table from the name of a standard folder to its path.
function M.path_utils(standard)
  return strict.fixed("LrPathUtils", {
    child = function(parent, child)
      strict.arguments("child", { "string", "string" }, parent, child)
      return parent .. "/" .. child
    end,
    parent = function(path)
      return (path:match "^(.*)/[^/]*$")
    end,
    leafName = function(path)
      return (path:match "[^/]*$")
    end,
    removeExtension = function(path)
      return (path:gsub("%.[^./]*$", ""))
    end,
    getStandardFilePath = function(name)
      return standard[name] or error("no standard folder " .. tostring(name))
    end,
  })
end

return M

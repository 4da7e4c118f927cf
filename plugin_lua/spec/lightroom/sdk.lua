--- A Lightroom made of stand-ins, in which the plug-in's files run with nothing but what Lightroom's Lua 5.1 has.
local catalogs = require "lightroom.catalog"
local exports = require "lightroom.export"
local file_utils = require "lightroom.files"
local http = require "lightroom.http"
local strict = require "lightroom.strict"
local task_queue = require "lightroom.tasks"
local windows = require "lightroom.windows"

local M = {}

local GLOBALS =
  "assert error ipairs next pairs pcall select setmetatable tonumber tostring type unpack string table math"

--- Lightroom's LOC for English: the text after the key.
local function loc(text)
  return (text:gsub("^%$%$%$/[^=]*=", ""))
end

--- What `import` gives, by name.
local function namespaces(parts, folders)
  return {
    LrApplication = parts.catalog.LrApplication,
    LrBinding = parts.windows.LrBinding,
    LrDialogs = parts.windows.LrDialogs,
    LrExportSession = parts.export.LrExportSession,
    LrFileUtils = file_utils.LrFileUtils,
    LrFunctionContext = parts.tasks.LrFunctionContext,
    LrHttp = parts.http,
    LrLocalization = parts.windows.LrLocalization,
    LrPathUtils = file_utils.path_utils(folders),
    LrPrefs = parts.windows.LrPrefs,
    LrProgressScope = parts.windows.LrProgressScope,
    LrTasks = parts.tasks.LrTasks,
    LrView = parts.windows.LrView,
  }
end

local function globals_for(imports, plugin, is_windows, open_file)
  local globals = {
    io = strict.fixed("Lightroom's io", { open = open_file or io.open }),
    os = strict.fixed("Lightroom's os", { clock = os.clock, date = os.date, time = os.time }),
    import = function(name)
      return imports[name] or error("no stand-in for " .. tostring(name), 2)
    end,
    LOC = loc,
    _PLUGIN = plugin,
    WIN_ENV = is_windows or false,
    MAC_ENV = not is_windows,
  }
  for name in GLOBALS:gmatch "%S+" do
    globals[name] = _G[name]
  end
  return globals
end

--- Opens a Lightroom.
-- @param given plugin (list of folders with the plug-in's files, the first one that has it), temp (folder), send (see
-- lightroom.http), and perhaps nap, execute (see lightroom.tasks), language, installed (what lutbridge_installed
-- returns), is_windows, open_file (in place of io.open).
-- @return table with tasks, catalog, windows, export (see there), require, open (runs a file of the plug-in), click (a
-- menu item), text (all that was said).
function M.new(given)
  local tasks = task_queue.new(given.nap or function() end, given.execute or error)
  local parts = { tasks = tasks, catalog = catalogs.new(tasks), export = exports.new(tasks) }
  parts.windows = windows.new(tasks, given.language or "en")
  parts.http = http.new(tasks, given.send)
  parts.windows.plugin = { path = given.plugin[1] }
  local imports = namespaces(parts, { temp = given.temp })
  local known = globals_for(imports, parts.windows.plugin, given.is_windows, given.open_file)
  local globals = strict.fixed("Lightroom's Lua", known)
  local loaded = { lutbridge_installed = given.installed }

  function parts.open(name)
    for _, folder in ipairs(given.plugin) do
      local file = io.open(folder .. "/" .. name, "rb")
      if file then
        file:close()
        local chunk = assert(loadfile(folder .. "/" .. name))
        return setfenv(chunk, globals)()
      end
    end
    error("the plug-in has no " .. name, 2)
  end

  function parts.require(name)
    if loaded[name] == nil then
      loaded[name] = parts.open(name .. ".lua") or true
    end
    return loaded[name]
  end
  rawset(globals, "require", parts.require)

  --- Clicks on a menu item, by its file, and waits until all is done.
  function parts.click(file)
    parts.open(file)
    tasks.run()
  end

  --- What the last window or bezel said, as a list of lines.
  function parts.said()
    local last = parts.windows.windows[#parts.windows.windows]
    local lines = { unpack(parts.windows.bezels) }
    for _, row in ipairs(last and last.contents or {}) do
      table.insert(lines, row.title)
    end
    return lines
  end
  return parts
end

return M

--- What the user has set, in the panel and in darktable's "Lua options".
local contract = require "lutbridge_contract"
local dt = require "darktable"
local messages = require "lutbridge_messages"

local M = {}

M.SCRIPT = "lutbridge"
M.MODES = { "look", "copy" }
M.GROUPS = { "off", "match", "shared" }
M.VIEWS = contract.VIEWS

local KINDS = {
  mode = "string",
  group = "string",
  view = "string",
  model = "string", -- "": the helper's default
  untouched = "integer", -- 100 minus the strength in percent: what was never set reads as 0
  at_end = "bool",
  told_srgb = "bool",
  grid_size = "enum",
  copy_format = "enum",
  start_helper = "bool",
}

local DEFAULTS = { mode = "look", group = "off", view = "fitted" }

local function text(key)
  return messages.text(key)
end

--- Adds what is not in the panel to "Lua options".
function M.register()
  local function add(name, default, ...)
    local label, tooltip = text("option_" .. name), text("tip_" .. name)
    dt.preferences.register(M.SCRIPT, name, KINDS[name], label, tooltip, default, ...)
  end
  add("start_helper", true)
  add("grid_size", "33", "17", "33", "65")
  add("copy_format", "TIFF", "TIFF", "JPEG")
end

function M.get(name)
  local value = dt.preferences.read(M.SCRIPT, name, KINDS[name])
  return value == "" and DEFAULTS[name] or value
end

function M.set(name, value)
  dt.preferences.write(M.SCRIPT, name, KINDS[name], value)
end

--- The strength, 0 to 100.
function M.strength()
  return 100 - M.get "untouched"
end

function M.set_strength(percent)
  M.set("untouched", 100 - math.floor(percent + 0.5))
end

--- All that a run needs to know: see lutbridge_dt_retouch.
function M.for_run()
  local model = M.get "model"
  return {
    mode = M.get "mode",
    group = M.get "group",
    view = M.get "view",
    model = model ~= "" and model or nil,
    strength = M.strength() / 100,
    at_end = M.get "at_end",
    grid_size = M.get "grid_size",
    copy_format = M.get("copy_format"):lower(),
  }
end

return M

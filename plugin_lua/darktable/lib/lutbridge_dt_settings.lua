--- What the user has set, in the panel and in darktable's "Lua options".
local contract = require "lutbridge_contract"
local dt = require "darktable"
local messages = require "lutbridge_messages"
local models = require "lutbridge_models"

local M = {}

M.SCRIPT = "lutbridge"
M.MODES = { "look", "copy" }
M.GROUPS = { "off", "match", "shared" }
M.VIEWS = contract.VIEWS

local KINDS = {
  mode = "string", -- "": never chosen
  group = "string",
  view = "string",
  model = "string", -- "": the helper's default
  untouched = "integer", -- 100 minus the strength in percent: what was never set reads as 0
  person = "string", -- in percent; "": as the strength
  background = "string",
  at_end = "bool",
  told_srgb = "bool",
  grid_size = "enum",
  copy_format = "enum",
  start_helper = "bool",
  -- What the helper said when it was last there.
  default_model = "string",
  masked_models = "string", -- those that tell the person from the background, a line each
  apart_models = "string", -- those of them whose looks were seen to say less than rendered copies
}

local function text(key)
  return messages.text(key)
end

--- Adds the settings that are not in the panel to "Lua options".
function M.register()
  local function add(name, default, ...)
    local label, tooltip = text("option_" .. name), text("tip_" .. name)
    dt.preferences.register(M.SCRIPT, name, KINDS[name], label, tooltip, default, ...)
  end
  add("start_helper", true)
  add("grid_size", "33", "17", "33", "65")
  add("copy_format", "TIFF", "TIFF", "JPEG")
end

local function read(name)
  return dt.preferences.read(M.SCRIPT, name, KINDS[name])
end

--- The model that is meant, the helper's default by its name too.
local function model_name()
  local chosen = read "model"
  return chosen ~= "" and chosen or read "default_model"
end

local function has_line(lines, line)
  return line ~= "" and ("\n" .. lines .. "\n"):find("\n" .. line .. "\n", 1, true) ~= nil
end

--- Does the chosen model tell the person from the background, as far as the helper has said?
function M.has_mask()
  return has_line(read "masked_models", model_name())
end

local DEFAULTS = {
  group = function()
    return "off"
  end,
  view = function()
    return "fitted"
  end,
  -- A rendered copy if the model's looks have fallen short before.
  mode = function()
    return M.has_mask() and has_line(read "apart_models", model_name()) and "copy" or "look"
  end,
}

function M.get(name)
  local value = read(name)
  return value == "" and DEFAULTS[name] and DEFAULTS[name]() or value
end

function M.set(name, value)
  dt.preferences.write(M.SCRIPT, name, KINDS[name], value)
end

--- A dial's value: "strength", "person" or "background", 0 to 100.
function M.percent(name)
  local strength = 100 - read "untouched"
  return name == "strength" and strength or tonumber(read(name)) or strength
end

function M.set_percent(name, percent)
  if name == "strength" then
    M.set("untouched", 100 - percent)
  else
    M.set(name, ("%d"):format(percent))
  end
end

--- Keeps the helper's list of models, for when it is not running.
-- @param info what /v1/info says.
function M.note_models(info)
  local masked = {}
  for _, model in ipairs(info.models) do
    if models.has_mask(info, model.name) then
      table.insert(masked, model.name)
    end
  end
  M.set("default_model", info.default_model)
  M.set("masked_models", table.concat(masked, "\n"))
end

--- Keeps that a look of the chosen model said less than a rendered copy does.
-- @return true if "result" is set to rendered copies because of that.
function M.note_apart()
  local before, known = M.get "mode", read "apart_models"
  if not has_line(known, model_name()) then
    M.set("apart_models", known == "" and model_name() or known .. "\n" .. model_name())
  end
  return M.get "mode" ~= before
end

--- All that a run needs to know: see lutbridge_dt_retouch.
function M.for_run()
  local model = read "model"
  return {
    mode = M.get "mode",
    group = M.get "group",
    view = M.get "view",
    model = model ~= "" and model or nil,
    has_mask = M.has_mask(),
    strength = M.percent "strength" / 100,
    person = M.percent "person" / 100,
    background = M.percent "background" / 100,
    at_end = M.get "at_end",
    grid_size = M.get "grid_size",
    copy_format = M.get("copy_format"):lower(),
  }
end

return M

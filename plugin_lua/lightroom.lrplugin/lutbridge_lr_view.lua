--- The settings and the helper's state as controls: for the plug-in manager's page, the window of settings, and the
-- export dialog.
local LrView = import "LrView"

local actions = require "lutbridge_lr_actions"
local installed = require "lutbridge_installed"
local messages = require "lutbridge_messages"
local models = require "lutbridge_models"
local settings = require "lutbridge_lr_settings"
local text = require "lutbridge_lr_text"
local versions = require "lutbridge_versions"

local M = {}

local COLUMNS = 50
local bind = LrView.bind

local function setting(name)
  return bind { key = name, object = settings.table() }
end

--- A word that Lightroom's plug-in may have a version of its own of.
local function word(key)
  local own = "lightroom_" .. key
  return text(messages.has(own) and own or key)
end

local function label(factory, name)
  return factory:static_text { title = text("label_" .. name), alignment = "right", width = LrView.share "label" }
end

--- A menu of a setting's values.
local function choice(factory, name, values)
  local items = {}
  for index, value in ipairs(values) do
    items[index] = { title = word(name .. "_" .. value:gsub("-", "_")), value = value }
  end
  return factory:row {
    label(factory, name),
    factory:popup_menu { items = items, value = setting(name), fill_horizontal = 1, tooltip = word("tip_" .. name) },
  }
end

--- Does the chosen model separate person and background? Bound to the helper's facts and the chosen model.
-- @param wanted the answer for which the control applies.
local function where_mask_is(properties, wanted)
  return bind {
    keys = {
      { key = "masked", bind_to_object = properties },
      { key = "model", bind_to_object = settings.table() },
    },
    operation = function(_, values)
      return (values.masked[values.model] == true) == wanted
    end,
  }
end

--- A slider in percent, for models with a mask or for those without.
local function dial(factory, properties, name, for_mask)
  local value, enabled = setting(name), where_mask_is(properties, for_mask)
  return factory:row {
    label(factory, name),
    factory:slider {
      value = value,
      min = 0,
      max = 100,
      integral = true,
      enabled = enabled,
      tooltip = word("tip_" .. name),
    },
    factory:edit_field { value = value, min = 0, max = 100, precision = 0, width_in_digits = 4, enabled = enabled },
  }
end

local function model(factory, properties)
  return factory:row {
    label(factory, "model"),
    factory:popup_menu {
      items = bind { key = "models", object = properties },
      value = setting "model",
      fill_horizontal = 1,
      tooltip = text "tip_model",
    },
  }
end

--- Shows what /v1/info says, or an error.
local function show(properties, answer)
  local runs = answer.models ~= nil
  properties.toggle = text(runs and "button_stop_helper" or "button_start_helper")
  if runs then
    properties.status = versions.status(answer, installed.version)
  else
    properties.status = answer.code == "helper_absent" and text "status_absent" or answer.message
  end
  local items, masked = { { title = text "model_default", value = "" } }, {}
  for _, entry in ipairs(answer.models or {}) do
    table.insert(items, { title = entry.name, value = entry.name })
    masked[entry.name] = models.has_mask(answer, entry.name)
  end
  masked[""] = runs and models.has_mask(answer)
  properties.models, properties.masked = items, masked
end

--- Prepares a property table for the controls, and looks for the helper.
function M.fill(properties)
  show(properties, { code = "", message = text "status_unknown" })
  actions.look_for_helper(function(answer)
    show(properties, answer)
  end)
end

--- The helper's state and its button.
function M.helper(factory, properties)
  return factory:column {
    spacing = factory:control_spacing(),
    factory:row {
      factory:static_text {
        title = bind { key = "status", object = properties },
        width_in_chars = COLUMNS,
        height_in_lines = 2,
      },
      factory:push_button {
        title = bind { key = "toggle", object = properties },
        tooltip = text "tip_start_helper",
        action = function()
          properties.status = text "helper_starting"
          actions.toggle_helper(function(answer)
            show(properties, answer)
          end)
        end,
      },
    },
    factory:checkbox { title = text "lightroom_start_helper", value = setting "start_helper" },
  }
end

--- How photos are retouched.
-- @param copies_only true if the result is always a rendered copy.
function M.settings(factory, properties, copies_only)
  local rows = { spacing = factory:control_spacing() }
  if not copies_only then
    table.insert(rows, choice(factory, "mode", settings.CHOICES.mode))
  end
  table.insert(rows, choice(factory, "group", settings.CHOICES.group))
  table.insert(rows, model(factory, properties))
  table.insert(rows, dial(factory, properties, "strength", false))
  table.insert(rows, dial(factory, properties, "person", true))
  table.insert(rows, dial(factory, properties, "background", true))
  if not copies_only then
    table.insert(rows, choice(factory, "view", settings.CHOICES.view))
  end
  table.insert(rows, choice(factory, "copy_format", settings.CHOICES.copy_format))
  return factory:column(rows)
end

return M

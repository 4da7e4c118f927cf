--- The panel "Auto Retouch".
local actions = require "lutbridge_dt_actions"
local dt = require "darktable"
local installed = require "lutbridge_installed"
local messages = require "lutbridge_messages"
local settings = require "lutbridge_dt_settings"
local sliders = require "lutbridge_dt_slider"
local starts = require "lutbridge_dt_start"
local versions = require "lutbridge_versions"

local M = {}

local ID = "lutbridge"

local function text(key, facts)
  return messages.text(key, facts)
end

local function index_of(value, values)
  for index, other in ipairs(values) do
    if other == value then
      return index
    end
  end
  return 1
end

--- A combobox that remembers its choice as a setting.
local function choice(name, values)
  local labels = {}
  for index, value in ipairs(values) do
    labels[index] = text(name .. "_" .. value:gsub("-", "_"))
  end
  return dt.new_widget "combobox" {
    label = text("label_" .. name),
    tooltip = text("tip_" .. name),
    selected = index_of(settings.get(name), values),
    changed_callback = function(widget)
      local value = values[widget.selected]
      if value and value ~= settings.get(name) then -- a default that is only shown is no choice
        settings.set(name, value)
      end
    end,
    table.unpack(labels),
  }
end

local function button(name, press)
  return dt.new_widget "button" {
    label = text("button_" .. name),
    tooltip = text("tip_" .. name),
    clicked_callback = press,
  }
end

--- A place for sentences. It breaks lines to the panel's width, as a label would not, and lets them be copied.
local function sentences()
  return dt.new_widget "text_view" { editable = false }
end

local function show_text(widget, lines)
  widget.text = table.concat(lines, "\n")
  widget.visible = #lines > 0
end

local models = { "" } -- what the entries of the model's combobox stand for

--- Shows what goes with the chosen model: two dials where it tells the person from the background, else one, and its
-- default of "result".
local function show_model(widgets)
  local has_mask = settings.has_mask()
  widgets.strength.visible = not has_mask
  widgets.person.visible, widgets.background.visible = has_mask, has_mask
  widgets.mode.selected = index_of(settings.get "mode", settings.MODES)
end

local function model_choice(on_change)
  local entries, chosen = { text "model_default" }, settings.get "model"
  if chosen ~= "" then
    models[2], entries[2] = chosen, chosen
  end
  return dt.new_widget "combobox" {
    label = text "label_model",
    tooltip = text "tip_model",
    selected = #entries,
    changed_callback = function(widget)
      local model = models[widget.selected]
      if model and model ~= settings.get "model" then
        settings.set("model", model)
        on_change()
      end
    end,
    table.unpack(entries),
  }
end

--- Lists the helper's models, those of the user's own too.
local function show_models(widgets, names)
  for index = #models, #names + 2, -1 do
    widgets.model[index] = nil
  end
  models = { "", table.unpack(names) }
  for index, name in ipairs(names) do
    widgets.model[index + 1] = name
  end
  widgets.model.selected = index_of(settings.get "model", models)
end

--- Shows whether the helper runs, and which models it has.
local function show_helper(widgets, answer)
  local runs = answer.models ~= nil
  widgets.toggle.label = text(runs and "button_stop_helper" or "button_start_helper")
  if not runs then
    local absent = answer.code == "helper_absent"
    show_text(widgets.status, { absent and text("status_" .. (starts.obstacle() or "absent")) or answer.message })
    return
  end
  show_text(widgets.status, { versions.status(answer, installed.version) })
  local names = {}
  for index, model in ipairs(answer.models) do
    names[index] = model.name
  end
  show_models(widgets, names)
  show_model(widgets)
end

local DIALS = { "strength", "person", "background" }

local function make()
  local widgets = {
    status = sentences(),
    said = sentences(),
    mode = choice("mode", settings.MODES),
    toggle = button("start_helper", actions.toggle_helper),
  }
  for _, name in ipairs(DIALS) do
    widgets[name] = sliders.new(name)
  end
  widgets.model = model_choice(function()
    show_model(widgets)
  end)
  local function remember()
    for _, name in ipairs(DIALS) do
      sliders.remember(name, widgets[name])
    end
  end
  widgets.retouch = button("retouch", function()
    remember()
    actions.retouch(actions.selected())
  end)
  widgets.remove = button("remove", function()
    actions.remove(actions.selected())
  end)
  widgets.tidy = button("tidy", actions.tidy_up)
  widgets.at_end = dt.new_widget "check_button" {
    label = text "label_at_end",
    tooltip = text "tip_at_end",
    value = settings.get "at_end",
    clicked_callback = function(widget)
      settings.set("at_end", widget.value)
    end,
  }
  widgets.remember = remember
  return widgets
end

local function arranged(widgets)
  return dt.new_widget "box" {
    orientation = "vertical",
    dt.new_widget "box" { orientation = "horizontal", widgets.retouch, widgets.remove },
    widgets.mode,
    choice("group", settings.GROUPS),
    widgets.strength,
    widgets.person,
    widgets.background,
    widgets.model,
    choice("view", settings.VIEWS),
    widgets.at_end,
    widgets.said,
    dt.new_widget "section_label" { label = text "section_helper" },
    widgets.status,
    dt.new_widget "box" { orientation = "horizontal", widgets.toggle, widgets.tidy },
  }
end

local widgets

--- Copies the panel's values into the settings, before a run from the button or the shortcut.
function M.remember()
  widgets.remember()
end

function M.register()
  widgets = make()
  show_text(widgets.status, { text "status_unknown" })
  show_text(widgets.said, {})
  local at = { "DT_UI_CONTAINER_PANEL_RIGHT_CENTER", 100 }
  show_model(widgets)
  dt.register_lib(ID, text "title", true, true, { [dt.gui.views.lighttable] = at }, arranged(widgets))
  actions.listen(function(event, value)
    if event == "said" then
      show_text(widgets.said, value)
    elseif event == "helper" then
      show_helper(widgets, value)
    elseif event == "mode" then
      show_model(widgets)
    else
      if value then -- what was said of the last run is over
        show_text(widgets.said, {})
      end
      for _, name in ipairs { "retouch", "remove", "toggle", "tidy" } do
        widgets[name].sensitive = not value
      end
    end
  end)
end

--- Shows or hides the panel: darktable cannot take one away.
function M.set_visible(visible)
  dt.gui.libs[ID].visible = visible
end

return M

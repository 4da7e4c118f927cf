--- The panel "Auto Retouch".
local actions = require "lutbridge_dt_actions"
local dt = require "darktable"
local messages = require "lutbridge_messages"
local settings = require "lutbridge_dt_settings"

local M = {}

local ID = "lutbridge"
local COLUMNS = 40 -- of a label, which does not break lines by itself

local function text(key, facts)
  return messages.text(key, facts)
end

--- Breaks a text into lines that fit the panel.
local function wrapped(line)
  local lines, current = {}, ""
  for word in line:gmatch "%S+" do
    if current ~= "" and utf8.len(current .. " " .. word, 1, -1, true) > COLUMNS then
      table.insert(lines, current)
      current = word
    else
      current = current == "" and word or current .. " " .. word
    end
  end
  table.insert(lines, current)
  return table.concat(lines, "\n")
end

--- A combobox that remembers its choice as a setting.
local function choice(name, values)
  local labels, selected = {}, 1
  for index, value in ipairs(values) do
    labels[index] = text(name .. "_" .. value:gsub("-", "_"))
    selected = value == settings.get(name) and index or selected
  end
  return dt.new_widget "combobox" {
    label = text("label_" .. name),
    tooltip = text("tip_" .. name),
    selected = selected,
    changed_callback = function(widget)
      if widget.selected > 0 then
        settings.set(name, values[widget.selected])
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

local function label(content)
  return dt.new_widget "label" { label = content, halign = "start", selectable = true }
end

local models = { "" } -- what the entries of the model's combobox stand for

local function model_choice()
  return dt.new_widget "combobox" {
    label = text "label_model",
    tooltip = text "tip_model",
    changed_callback = function(widget)
      local chosen = models[widget.selected]
      if chosen then
        settings.set("model", chosen)
      end
    end,
    text "model_default",
  }
end

local function strength()
  return dt.new_widget "slider" {
    label = text "label_strength",
    tooltip = text "tip_strength",
    hard_min = 0,
    hard_max = 100,
    soft_min = 0,
    soft_max = 100,
    step = 1,
    digits = 0,
    value = settings.strength(),
  }
end

--- Shows whether the helper runs, and which models it has.
local function show_helper(widgets, answer)
  local runs = answer.models ~= nil
  widgets.toggle.label = text(runs and "button_stop_helper" or "button_start_helper")
  if not runs then
    local absent = answer.code == "helper_absent"
    widgets.status.label = wrapped(absent and text "status_absent" or answer.message)
    return
  end
  widgets.status.label = wrapped(text("status_there", { version = answer.version, device = answer.device }))
  local chosen, selected = settings.get "model", 1
  models = { "" }
  for index, model in ipairs(answer.models) do
    models[index + 1] = model.name
    widgets.model[index + 1] = model.name
    selected = model.name == chosen and index + 1 or selected
  end
  widgets.model.selected = selected
end

local function make()
  local widgets = {
    status = label(text "status_unknown"),
    said = label "",
    model = model_choice(),
    strength = strength(),
    toggle = button("start_helper", actions.toggle_helper),
  }
  local function remember()
    settings.set_strength(widgets.strength.value) -- a slider calls nobody when it is moved
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
    choice("mode", settings.MODES),
    choice("group", settings.GROUPS),
    widgets.strength,
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

--- Reads what the panel shows into the settings; before a run from the button or the shortcut.
function M.remember()
  widgets.remember()
end

function M.register()
  widgets = make()
  local at = { "DT_UI_CONTAINER_PANEL_RIGHT_CENTER", 100 }
  dt.register_lib(ID, text "title", true, false, { [dt.gui.views.lighttable] = at }, arranged(widgets))
  actions.listen(function(event, value)
    if event == "said" then
      local lines = {}
      for index, line in ipairs(value) do
        lines[index] = wrapped(line)
      end
      widgets.said.label = table.concat(lines, "\n")
    elseif event == "helper" then
      show_helper(widgets, value)
    else
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

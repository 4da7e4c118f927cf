--[[
Auto Retouch: looks for portraits, found by lutbridge's models on this computer.

Works with script_manager, or by the line  require "lutbridge/lutbridge"  in luarc. How to use it: docs/darktable.md.
]]
local dt = require "darktable"

local here = debug.getinfo(1, "S").source:match "^@?(.*)[/\\][^/\\]*$"
package.path = here .. "/lib/?.lua;" .. package.path

local messages = require "lutbridge_messages"
messages.use(os.getenv "LANGUAGE" ~= "" and os.getenv "LANGUAGE" or os.getenv "LANG")
local language = dt.preferences.read("darktable", "ui_last/gui_language", "string")
if language ~= "" then
  messages.use(language)
end

local actions = require "lutbridge_dt_actions"
local files = require "lutbridge_dt_files"
local panel = require "lutbridge_dt_panel"
local settings = require "lutbridge_dt_settings"

local CLOSING_SECONDS = 30 -- that a run may take to end; it ends with the photo or the request that it is at

local ACTIONS = { "retouch", "remove" } -- from top to bottom

local function press(name)
  return function(_, images)
    panel.remember()
    actions[name](images)
  end
end

--- Adds the parts that can be removed again: the buttons in "selected images" and the shortcuts.
local function add_buttons()
  for _, name in ipairs(ACTIONS) do
    local id = "lutbridge_" .. name
    local label = messages.text("action_" .. name)
    dt.gui.libs.image.register_action(id, label, press(name), messages.text("tip_" .. name))
    dt.register_event(id, "shortcut", function()
      press(name)(nil, actions.selected())
    end, label)
  end
end

local function remove_buttons()
  for _, name in ipairs(ACTIONS) do
    local id = "lutbridge_" .. name
    dt.gui.libs.image.destroy_action(id)
    dt.destroy_event(id, "shortcut")
  end
end

local is_shown = false

local function show()
  if not is_shown then
    is_shown = true
    add_buttons()
    panel.set_visible(true)
  end
end

local function hide()
  if is_shown then
    is_shown = false
    remove_buttons()
    panel.set_visible(false)
  end
end

--- darktable takes panels in the lighttable only.
local function when_in_lighttable(work)
  if dt.gui.current_view().id == "lighttable" then
    work()
    return
  end
  local id = "lutbridge_start"
  dt.register_event(id, "view-changed", function(_, _, view)
    if view.id == "lighttable" then
      dt.destroy_event(id, "view-changed")
      work()
    end
  end)
end

settings.register()
files.remove_left_over()
dt.register_event("lutbridge", "exit", function()
  files.finish(CLOSING_SECONDS)
end)
when_in_lighttable(function()
  panel.register()
  show()
  dt.control.dispatch(actions.look_for_helper)
end)

-- script_manager reads this as text, a line at a time.
local script_data = {}
script_data.metadata = {
  name = "lutbridge",
  purpose = "retouch portraits with looks found on this computer",
  author = "lutbridge",
  help = "",
}
script_data.destroy = hide
script_data.destroy_method = "hide"
script_data.restart = show
script_data.show = show
return script_data

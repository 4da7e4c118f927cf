--- A slider from 0 to 100. A double click puts every slider of a script to 0, which no script can change; the panel's
-- own reset puts these to 100.
local dt = require "darktable"
local messages = require "lutbridge_messages"
local settings = require "lutbridge_dt_settings"

local M = {}

local FULL = 100

--- @param name of the setting, in percent.
function M.new(name)
  return dt.new_widget "slider" {
    label = messages.text("label_" .. name),
    tooltip = messages.text("tip_" .. name),
    hard_min = 0,
    hard_max = FULL,
    soft_min = 0,
    soft_max = FULL,
    step = 1,
    digits = 0,
    value = settings.percent(name),
    reset_callback = function(slider)
      slider.value = FULL
    end,
  }
end

--- Copies a slider's value into its setting, as a slider has no callback.
function M.remember(name, slider)
  local percent = math.floor(slider.value + 0.5)
  if percent ~= settings.percent(name) then
    settings.set_percent(name, percent)
  end
end

return M

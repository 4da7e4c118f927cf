--- The settings window, which can stay open beside Lightroom's own; only one at a time.
local LrBinding = import "LrBinding"
local LrDialogs = import "LrDialogs"
local LrFunctionContext = import "LrFunctionContext"
local LrView = import "LrView"

local actions = require "lutbridge_lr_actions"
local text = require "lutbridge_lr_text"
local view = require "lutbridge_lr_view"

local M = {}

local shown -- what Lightroom gives to bring an open window to the front

local function contents(factory, properties)
  return factory:column {
    spacing = factory:dialog_spacing(),
    margin = 12,
    view.settings(factory, properties),
    factory:push_button { title = text "button_retouch", tooltip = text "tip_retouch", action = actions.retouch },
    factory:separator { fill_horizontal = 1 },
    view.helper(factory, properties),
  }
end

--- Opens the window, or brings it to the front.
function M.open()
  if shown then
    shown.toFront()
    return
  end
  LrFunctionContext.postAsyncTaskWithContext("lutbridge settings", function(context)
    LrDialogs.attachErrorDialogToFunctionContext(context)
    local properties = LrBinding.makePropertyTable(context)
    view.fill(properties)
    LrDialogs.presentFloatingDialog(_PLUGIN, {
      title = text "lightroom_settings",
      contents = contents(LrView.osFactory(), properties),
      blockTask = true, -- the controls are bound to a table that goes with this task
      save_frame = "lutbridge_settings",
      onShow = function(window)
        shown = window
      end,
      windowWillClose = function()
        shown = nil
      end,
    })
  end)
end

return M

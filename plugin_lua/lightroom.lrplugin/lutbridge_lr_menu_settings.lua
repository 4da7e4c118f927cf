--- The menu item "Auto Retouch: Settings and Helper": a window that stays open beside Lightroom's own.
local LrBinding = import "LrBinding"
local LrDialogs = import "LrDialogs"
local LrFunctionContext = import "LrFunctionContext"
local LrView = import "LrView"

local actions = require "lutbridge_lr_actions"
local text = require "lutbridge_lr_text"
local view = require "lutbridge_lr_view"

LrFunctionContext.postAsyncTaskWithContext("lutbridge settings", function(context)
  LrDialogs.attachErrorDialogToFunctionContext(context)
  local properties = LrBinding.makePropertyTable(context)
  view.fill(properties)
  local factory = LrView.osFactory()
  LrDialogs.presentFloatingDialog(_PLUGIN, {
    title = text "lightroom_settings",
    contents = factory:column {
      spacing = factory:dialog_spacing(),
      margin = 12,
      view.settings(factory, properties),
      factory:push_button { title = text "button_retouch", tooltip = text "tip_retouch", action = actions.retouch },
      factory:separator { fill_horizontal = 1 },
      view.helper(factory, properties),
    },
    blockTask = true, -- the controls are bound to a table that goes with this task
    save_frame = "lutbridge_settings",
  })
end)

--- The summary: in a window that blocks nothing, as a modal one would block the catalogue.
local LrDialogs = import "LrDialogs"
local LrView = import "LrView"

local text = require "lutbridge_lr_text"

local M = {}

local COLUMNS, SECONDS = 60, 4

local close -- closes the window that is open, if one is

--- Takes away what was said of the last run.
function M.forget()
  if close then
    close()
    close = nil
  end
end

--- Says how a run went.
-- @param lines list of sentences.
-- @param well true: all went well, and a word that fades is enough.
function M.say(lines, well)
  M.forget()
  if well then
    LrDialogs.showBezel(lines[1], SECONDS)
    return
  end
  local factory = LrView.osFactory()
  local rows = { spacing = factory:control_spacing(), margin = 12 }
  for _, line in ipairs(lines) do
    table.insert(rows, factory:static_text { title = line, width_in_chars = COLUMNS, height_in_lines = -1 })
  end
  LrDialogs.presentFloatingDialog(_PLUGIN, {
    title = text "title",
    contents = factory:column(rows),
    save_frame = "lutbridge_said",
    onShow = function(window)
      close = window.close
    end,
    windowWillClose = function()
      close = nil
    end,
  })
end

return M

--- What the user has set, kept by Lightroom. The controls of lutbridge_lr_view are bound to these values.
local LrPrefs = import "LrPrefs"

local contract = require "lutbridge_contract"

local M = {}

M.CHOICES = {
  mode = { "copy", "look" },
  group = { "off", "match", "shared" },
  view = contract.VIEWS,
  copy_format = { "tiff", "jpeg" },
}

local DEFAULTS = {
  mode = "copy",
  group = "off",
  strength = 100, -- percent, as the two that follow
  person = 100,
  background = 100,
  model = "", -- the helper's default
  view = "fitted",
  copy_format = "tiff",
  start_helper = true,
}

--- Lightroom's table of settings, complete. The two strengths start from the single one.
function M.table()
  local preferences = LrPrefs.prefsForPlugin()
  for _, dial in ipairs { "person", "background" } do
    if preferences[dial] == nil then
      preferences[dial] = preferences.strength
    end
  end
  for name, value in pairs(DEFAULTS) do
    if preferences[name] == nil then
      preferences[name] = value
    end
  end
  return preferences
end

--- All that a run needs to know: see lutbridge_retouch, without has_mask, which the helper says; and copy_format.
function M.for_run()
  local preferences = M.table()
  return {
    mode = preferences.mode,
    group = preferences.group,
    strength = preferences.strength / 100,
    person = preferences.person / 100,
    background = preferences.background / 100,
    model = preferences.model ~= "" and preferences.model or nil,
    view = preferences.view,
    copy_format = preferences.copy_format,
  }
end

return M

--- Changing the catalogue: Lightroom lets one change in at a time, and a change may have to wait.
local LrApplication = import "LrApplication"
local LrTasks = import "LrTasks"

local errors = require "lutbridge_errors"

local M = {}

local PATIENCE = 30 -- seconds until the catalogue must be free

--- Changes the catalogue, as one step of its undo.
-- @param title of that step.
-- @param change function that calls nothing that waits.
-- @return true, or nil and an error.
function M.change(title, change)
  local catalog = LrApplication.activeCatalog()
  local ok, result = LrTasks.pcall(function()
    return catalog:withWriteAccessDo(title, change, { timeout = PATIENCE })
  end)
  if not ok then
    return nil, errors.new("catalog", { detail = tostring(result) })
  elseif result ~= "executed" then
    return nil, errors.new "catalog_busy"
  end
  return true
end

return M

--- What menu items and buttons do: one thing at a time, in the background, with one summary at the end.
local LrApplication = import "LrApplication"
local LrDialogs = import "LrDialogs"
local LrFunctionContext = import "LrFunctionContext"
local LrProgressScope = import "LrProgressScope"

local errors = require "lutbridge_errors"
local helper = require "lutbridge_lr_helper"
local retouch = require "lutbridge_lr_retouch"
local said = require "lutbridge_lr_said"
local settings = require "lutbridge_lr_settings"
local text = require "lutbridge_lr_text"

local M = {}

local is_busy = false

--- Does `work(context)` in its own task unless something else is in progress. Faults are shown.
local function exclusively(work)
  if is_busy then
    LrDialogs.showBezel(text "already_busy")
    return
  end
  is_busy = true
  LrFunctionContext.postAsyncTaskWithContext("lutbridge", function(context)
    context:addCleanupHandler(function()
      is_busy = false
    end)
    context:addFailureHandler(function(_, fault)
      said.say { errors.new("bug", { detail = tostring(fault) }).message }
    end)
    work(context)
  end)
end

--- Auto Retouch: copies or looks of the selected photos, with the current settings.
function M.retouch()
  exclusively(function(context)
    said.forget()
    local catalog = LrApplication.activeCatalog()
    local selected = catalog:getTargetPhoto() and catalog:getTargetPhotos() or {}
    if #selected == 0 then
      said.say { text "nothing_selected" }
      return
    end
    local title, wanted = text("job_retouch", { all = #selected }), settings.for_run()
    local scope = LrProgressScope { title = title, functionContext = context }
    scope:setCancelable(true)
    local outcome, fault = retouch.retouch(selected, wanted, scope, context)
    scope:done()
    if outcome then
      said.say(retouch.lines(outcome, #selected, wanted.mode))
    else
      said.say { fault.message }
    end
  end)
end

--- Asks whether the helper runs, and calls `tell` with what /v1/info says, or with an error.
function M.look_for_helper(tell)
  LrFunctionContext.postAsyncTaskWithContext("lutbridge", function()
    local info, fault = helper.info(false)
    tell(info or fault)
  end)
end

--- Starts the helper, or stops a running one; calls `tell` as above.
function M.toggle_helper(tell)
  exclusively(function()
    local client = helper.connect(false)
    if client and client:shut_down() then
      tell(errors.new "helper_absent")
      return
    end
    local info, fault = helper.info(true)
    tell(info or fault)
  end)
end

return M

--- What the buttons do: one thing at a time, with progress, and one summary at the end.
local dt = require "darktable"
local errors = require "lutbridge_errors"
local files = require "lutbridge_dt_files"
local helper = require "lutbridge_dt_helper"
local luts = require "lutbridge_dt_luts"
local messages = require "lutbridge_messages"
local retouch = require "lutbridge_dt_retouch"
local rules = require "lutbridge_retouch"
local settings = require "lutbridge_dt_settings"
local summary = require "lutbridge_dt_summary"

local M = {}

local is_busy = false
local listeners = {}

--- Calls `listener(event, value)` on "busy" (true or false), "said" (a list of sentences), "mode" (the default of
-- "result" has changed) and "helper" (what /v1/info says, or an error; one of code "starting" where it is on its way).
function M.listen(listener)
  table.insert(listeners, listener)
end

--- Once darktable is closing, its windows are gone, and a call to them never returns.
local function tell(event, value)
  for _, listener in ipairs(dt.control.ending and {} or listeners) do
    listener(event, value)
  end
end

local function say(lines)
  if not dt.control.ending then
    dt.print(lines[1])
  end
  tell("said", lines)
end

--- Is a photo open? Applying a style to it from here has crashed darktable, which draws it meanwhile.
local function in_darkroom()
  return dt.gui.current_view().id == "darkroom"
end

local function wait_for_lighttable(is_cancelled)
  if in_darkroom() then
    dt.print(messages.text "waiting_for_lighttable")
  end
  while in_darkroom() and not is_cancelled() do
    dt.control.sleep(500)
  end
end

--- Does `work` unless something else is in progress. darktable swallows Lua's errors, so they are shown here.
local function exclusively(work)
  if is_busy or in_darkroom() then
    dt.print(messages.text(is_busy and "already_busy" or "lighttable_only"))
    return
  end
  is_busy = true
  tell("busy", true)
  local ok, fault = xpcall(work, debug.traceback)
  is_busy = false
  tell("busy", false)
  if not ok then
    say { errors.new("bug", { detail = fault }).message }
  end
end

--- The photos to retouch: the selected ones, or the one under the mouse or in the darkroom.
function M.selected()
  local images = dt.gui.action_images
  return #images > 0 and images or dt.gui.selection()
end

local function announce()
  dt.print(messages.text "helper_starting") -- in place of what was said of the last run
  tell("helper", { code = "starting", message = messages.text "helper_starting" })
end

--- The message after looks: how to undo them, their limits, and when a copy is better.
local function about_looks(lines, outcome)
  if outcome.done > 1 then
    table.insert(lines, messages.text "summary_undo")
  end
  if outcome.done > 0 and not settings.get "told_srgb" then
    table.insert(lines, messages.text "told_srgb")
    settings.set("told_srgb", true)
  end
  if outcome.apart > 0 and settings.note_apart() then
    table.insert(lines, messages.text "summary_copies_now")
    tell "mode"
  end
end

local asked -- the dial that was asked about at the last press

--- Refuses a run that would change no photo, as a copy would equal its photo. Asks about a slider at 0, as a
-- double-click sets it to 0 too; a second press confirms.
local function refusal()
  local wanted = settings.for_run()
  if rules.does_nothing(wanted) then
    return errors.new "strength"
  end
  local zero = wanted.has_mask and (wanted.person == 0 and "person" or wanted.background == 0 and "background") or nil
  if zero == asked then
    return nil
  end
  asked = zero
  return zero and errors.new("dial_" .. zero) or nil
end

local function run(images, client, workspace)
  local cancelled = false
  local title = messages.text("job_retouch", { all = #images })
  local job = dt.gui.create_job(title, true, function()
    cancelled = true
  end)
  local wanted = settings.for_run()
  local function is_over()
    return cancelled or dt.control.ending
  end
  local outcome = retouch.retouch(images, wanted, client, workspace, function(part)
    if not is_over() then
      job.percent = math.min(part, 1)
      wait_for_lighttable(is_over)
    end
    return not is_over()
  end)
  if not dt.control.ending then
    job.valid = false
  end
  local lines = summary.lines(outcome, #images, wanted.mode)
  if wanted.mode == "look" then
    about_looks(lines, outcome)
  end
  return lines
end

--- Auto Retouch: looks or copies of the photos, with the current settings.
function M.retouch(images)
  exclusively(function()
    if #images == 0 then
      say { messages.text "nothing_selected" }
      return
    end
    local fault, lines = refusal(), nil
    if not fault then
      lines, fault = helper.with(settings.get "start_helper" and announce or nil, function(client, workspace)
        local info, absent = client:info()
        if not info then
          return nil, absent
        end
        settings.note_models(info)
        tell("helper", info)
        absent = refusal() -- the helper may have told just now that the model has two dials
        if absent then
          return nil, absent
        end
        return run(images, client, workspace)
      end)
    end
    say(lines or { fault.message })
    M.look_for_helper()
  end)
end

local function in_workspace(work)
  local workspace = files.workspace()
  if not workspace then
    say { errors.new("temporary", { folder = dt.configuration.tmp_dir }).message }
    return
  end
  work(workspace)
  workspace:close()
end

--- Takes the looks off.
function M.remove(images)
  exclusively(function()
    in_workspace(function(workspace)
      say(summary.removed(retouch.remove(images, workspace), #images))
    end)
  end)
end

local offered -- the .cube files that the last press offered to put away

--- Offers to put unused .cube files away; a second press does it.
function M.tidy_up()
  exclusively(function()
    in_workspace(function(workspace)
      local unused, fault = luts.unused(workspace)
      if not unused then
        say { fault.message }
      elseif #unused == 0 then
        say { messages.text "tidy_nothing" }
      elseif offered ~= table.concat(unused) then
        offered = table.concat(unused)
        say { messages.text("tidy_offer", { count = #unused }) }
      else
        offered = nil
        local moved, folder = luts.put_away(unused)
        say { messages.text("tidy_done", { count = moved, folder = folder }) }
      end
    end)
  end)
end

--- Asks whether the helper runs, and tells the listeners.
function M.look_for_helper()
  local info, fault = helper.with(nil, function(client)
    return client:info()
  end)
  if info then
    settings.note_models(info)
  end
  tell("helper", info or fault)
end

--- Starts the helper, or stops a running one.
function M.toggle_helper()
  exclusively(function()
    local stopped = helper.with(nil, function(client)
      return client:shut_down()
    end)
    if stopped then
      say { messages.text "helper_stopped" }
      tell("helper", errors.new "helper_absent")
      return
    end
    local info, fault = helper.with(announce, function(client)
      return client:info()
    end)
    if info then
      settings.note_models(info)
    end
    say { info and messages.text "helper_started" or fault.message }
    tell("helper", info or errors.new "helper_absent")
  end)
end

return M

--- The helper as darktable sees it: how to reach it, and how to start it.
local dt = require "darktable"
local client = require "lutbridge_client"
local curl = require "lutbridge_dt_curl"
local errors = require "lutbridge_errors"
local files = require "lutbridge_dt_files"
local installed = require "lutbridge_installed" -- written by `lutbridge plugin install darktable`
local messages = require "lutbridge_messages"

local M = {}

local PATIENCE = 60 -- seconds until a started helper must answer; the first start of torch is slow

local function host(workspace)
  return {
    platform = dt.configuration.running_os == "linux" and "linux" or dt.configuration.running_os,
    getenv = os.getenv,
    read_file = files.read,
    send = curl.sender(workspace),
    sleep = function(seconds)
      dt.control.sleep(math.floor(seconds * 1000))
    end,
    is_ending = function()
      return dt.control.ending
    end,
  }
end

--- Starts `lutbridge serve`, which outlives darktable and does nothing where another one runs.
local function start()
  dt.print(messages.text "helper_starting")
  local command = files.quote(installed.command) .. " serve"
  if files.WINDOWS then
    files.execute('start /b "" ' .. command)
  else
    files.execute("nohup " .. command .. " </dev/null >/dev/null 2>&1 &")
  end
end

--- Calls `use(client, workspace)` with the running helper, which is started where it is not there.
-- @param may_start false: the helper must be there.
-- @return what `use` returned, or nil and an error.
function M.with(may_start, use)
  local workspace = files.workspace()
  if not workspace then
    return nil, errors.new("temporary", { folder = dt.configuration.tmp_dir })
  end
  local found, fault
  if may_start then
    found, fault = client.connect_or_start(host(workspace), start, PATIENCE)
  else
    found, fault = client.connect(host(workspace))
  end
  local ok, value, reason = true, nil, fault
  if found then
    ok, value, reason = pcall(use, found, workspace)
  end
  workspace:close()
  if not ok then
    return nil, errors.new("bug", { detail = value })
  end
  return value, reason
end

return M

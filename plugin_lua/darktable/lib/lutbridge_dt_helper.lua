--- The helper as darktable sees it: how to reach it, and how to start it.
local dt = require "darktable"
local client = require "lutbridge_client"
local curl = require "lutbridge_dt_curl"
local errors = require "lutbridge_errors"
local files = require "lutbridge_dt_files"
local starts = require "lutbridge_dt_start"

local M = {}

local PATIENCE = 60 -- seconds until a started helper must answer; the first start of torch is slow

local function host(workspace, start)
  return {
    platform = dt.configuration.running_os == "linux" and "linux" or dt.configuration.running_os,
    getenv = os.getenv,
    read_file = files.read,
    send = curl.sender(workspace),
    sleep = function(seconds)
      dt.control.sleep(math.floor(seconds * 1000))
    end,
    is_ending = start and function()
      return start:is_over()
    end,
  }
end

--- Finds the helper, or starts it.
-- @return client, or nil and an error.
local function start_it(workspace, on_start)
  local start = starts.new(on_start)
  local found, fault = client.connect_or_start(host(workspace, start), function()
    start:begin()
  end, PATIENCE)
  start:finish()
  return found, start.fault or fault
end

--- Calls `use(client, workspace)` with the running helper, started if needed.
-- @param on_start function called before the helper is started; nil: it must be running.
-- @return what `use` returned, or nil and an error.
function M.with(on_start, use)
  local workspace = files.workspace()
  if not workspace then
    return nil, errors.new("temporary", { folder = dt.configuration.tmp_dir })
  end
  local found, fault
  if on_start then
    found, fault = start_it(workspace, on_start)
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

--- The helper as Lightroom sees it: how to reach it, and how to start it.
local LrTasks = import "LrTasks"

local client = require "lutbridge_client"
local files = require "lutbridge_lr_files"
local http = require "lutbridge_lr_http"
local installed = require "lutbridge_installed" -- written by `lutbridge plugin install lightroom`

local M = {}

local PATIENCE = 60 -- seconds until a started helper must answer; the first start of torch is slow

local host = {
  platform = WIN_ENV and "windows" or "macos",
  -- Lightroom's Lua has no os.getenv: the installation has noted what matters.
  getenv = function(name)
    return installed.environment[name]
  end,
  read_file = files.read,
  send = http.send,
  sleep = LrTasks.sleep,
}

--- Starts `lutbridge serve`, which outlives Lightroom and does nothing where another one runs.
local function start()
  if WIN_ENV then
    LrTasks.execute('start /b "" "' .. installed.command .. '" serve')
  else
    local quoted = "'" .. installed.command:gsub("'", [['\'']]) .. "'"
    LrTasks.execute("nohup " .. quoted .. " serve </dev/null >/dev/null 2>&1 &")
  end
end

--- Finds the running helper, which is started where it is not there.
-- @param may_start false: the helper must be there.
-- @return Client, or nil and an error.
function M.connect(may_start)
  if may_start then
    return client.connect_or_start(host, start, PATIENCE)
  end
  return client.connect(host)
end

--- What /v1/info says, or nil and an error.
function M.info(may_start)
  local found, fault = M.connect(may_start)
  if not found then
    return nil, fault
  end
  return found:info()
end

return M

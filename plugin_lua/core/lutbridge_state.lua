--- The helper's state file: its place on each platform, and its content. See docs/http-contract.md.
local json = require "lutbridge_json"

local M = {}

local function join(separator, ...)
  return table.concat({ ... }, separator)
end

local function linux(getenv)
  local runtime = getenv("XDG_RUNTIME_DIR")
  if runtime and runtime:sub(1, 1) == "/" then
    return join("/", runtime, "lutbridge")
  end
  local state = getenv("XDG_STATE_HOME")
  if state and state ~= "" then
    return join("/", state, "lutbridge")
  end
  return join("/", getenv("HOME") or "", ".local/state/lutbridge")
end

--- The path of helper.json.
-- @param platform "linux", "macos" or "windows".
-- @param getenv function from a variable's name to its value or nil.
function M.path(platform, getenv)
  if platform == "windows" then
    return join("\\", getenv("LOCALAPPDATA") or "", "lutbridge", "helper.json")
  elseif platform == "macos" then
    return join("/", getenv("HOME") or "", "Library/Application Support/lutbridge/helper.json")
  end
  return join("/", linux(getenv), "helper.json")
end

local KINDS = { port = "number", token = "string", instance = "string", protocol = "number" }

--- Reads a state file.
-- @param text its content, or nil if there is no such file.
-- @return table with port, token, instance, protocol, version; or nil if it makes no sense.
function M.parse(text)
  local facts = text and json.decode(text)
  if type(facts) ~= "table" then
    return nil
  end
  for name, kind in pairs(KINDS) do
    if type(facts[name]) ~= kind then
      return nil
    end
  end
  -- These go into headers: nothing that could end a line.
  if facts.token:find("[^%w_-]") or facts.instance:find("[^%w_-]") then
    return nil
  end
  return facts
end

return M

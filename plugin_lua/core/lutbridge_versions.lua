--- Which of the two is older, the plug-in or its helper, and what to type about it.
local messages = require "lutbridge_messages"

local M = {}

local function numbers(version)
  local list = {}
  for part in version:gmatch "%d+" do
    list[#list + 1] = tonumber(part)
  end
  return list
end

--- Is "0.9.2" older than "0.10.0"?
local function is_older(one, other)
  local ours, theirs = numbers(one), numbers(other)
  for index = 1, math.max(#ours, #theirs) do
    local a, b = ours[index] or 0, theirs[index] or 0
    if a ~= b then
      return a < b
    end
  end
  return false
end

--- What the panel says of a helper that answers: its version and device, and which of the two to update.
-- @param answer what /v1/info says.
-- @param ours the plug-in's version.
function M.status(answer, ours)
  local facts = { version = answer.version, device = answer.device, ours = ours }
  local status = messages.text("status_there", facts)
  if is_older(ours, answer.version) then
    return status .. ". " .. messages.text("plugin_is_older", facts)
  elseif is_older(answer.version, ours) then
    return status .. ". " .. messages.text("helper_is_older", facts)
  end
  return status
end

return M

--- What a run did in darktable, in a few lines for the user.
local messages = require "lutbridge_messages"
local summary = require "lutbridge_summary"

local M = {}

local function sorted(set)
  local names = {}
  for name in pairs(set) do
    table.insert(names, name)
  end
  table.sort(names)
  return table.concat(names, ", ")
end

--- @param outcome as lutbridge_dt_retouch.retouch returns it.
-- @param all how many photos were selected.
-- @param mode "look" or "copy".
-- @return list of sentences, the most important one first.
function M.lines(outcome, all, mode)
  local lines = summary.lines(outcome, all, mode)
  if outcome.approximate > 0 then
    local facts = { count = outcome.approximate, modules = sorted(outcome.later) }
    table.insert(lines, messages.text("summary_later", facts))
  end
  return lines
end

--- The same for taking looks off.
-- @param outcome as lutbridge_dt_retouch.remove returns it.
function M.removed(outcome, all)
  local lines = { messages.text("summary_removed", { done = outcome.done, all = all }) }
  summary.add_photos(lines, "summary_failed", outcome.failed)
  return lines
end

return M

--- What a run did, in a few lines for the user.
local messages = require "lutbridge_messages"

local M = {}

local MOST = 20 -- photos that are named

local function add_photos(lines, key, photos)
  for index, photo in ipairs(photos) do
    if index > MOST then
      table.insert(lines, messages.text("summary_more", { count = #photos - MOST }))
      return
    end
    table.insert(lines, messages.text(key, photo))
  end
end

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
  local lines = {}
  if outcome.stopped then
    table.insert(lines, outcome.stopped.message)
  end
  table.insert(lines, messages.text("summary_" .. mode, { done = outcome.done, all = all }))
  if outcome.cancelled then
    table.insert(lines, messages.text "error_cancelled")
  end
  add_photos(lines, "summary_failed", outcome.failed)
  add_photos(lines, "summary_alone", outcome.left_alone)
  if outcome.approximate > 0 then
    local facts = { count = outcome.approximate, modules = sorted(outcome.later) }
    table.insert(lines, messages.text("summary_later", facts))
  end
  return lines
end

return M

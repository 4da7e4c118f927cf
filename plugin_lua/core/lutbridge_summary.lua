--- What a run did, in a few lines for the user.
local messages = require "lutbridge_messages"

local M = {}

local MOST = 20 -- photos that are named

--- Adds a sentence for each photo, and how many more there are.
-- @param photos list of the facts that the sentence takes.
function M.add_photos(lines, key, photos)
  for index, photo in ipairs(photos) do
    if index > MOST then
      table.insert(lines, messages.text("summary_more", { count = #photos - MOST }))
      return
    end
    table.insert(lines, messages.text(key, photo))
  end
end

--- @param outcome as lutbridge_retouch.retouch returns it.
-- @param all how many photos were selected.
-- @param mode "look" or "copy".
-- @return list of sentences, the most important one first.
function M.lines(outcome, all, mode)
  local lines = {}
  if outcome.stopped then
    table.insert(lines, outcome.stopped.message)
  end
  table.insert(lines, messages.text("summary_" .. mode, { done = outcome.done, all = all - outcome.results }))
  if outcome.results > 0 then
    table.insert(lines, messages.text("summary_results", { count = outcome.results }))
  end
  if outcome.again > 0 then
    table.insert(lines, messages.text("summary_again", { count = outcome.again }))
  end
  if outcome.cancelled then
    table.insert(lines, messages.text "error_cancelled")
  end
  if outcome.apart > 0 then
    local facts = { count = outcome.apart, farthest = ("%.1f"):format(outcome.farthest) }
    table.insert(lines, messages.text("summary_apart", facts))
  end
  M.add_photos(lines, "summary_failed", outcome.failed)
  M.add_photos(lines, "summary_alone", outcome.left_alone)
  return lines
end

return M

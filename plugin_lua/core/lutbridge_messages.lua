--- Sentences for the user, in the user's language.
local texts = require "lutbridge_texts"

local M = {}

M.LANGUAGES = { "en", "de" }

local language = "en"
local standing = {} -- facts that any sentence may name

--- Takes note of facts that any sentence may name, such as the program's path.
function M.know(facts)
  standing = facts
end

--- Chooses the language.
-- @param locale such as "de_AT.UTF-8" or "de"; English if there is no translation.
function M.use(locale)
  language = "en"
  for _, known in ipairs(M.LANGUAGES) do
    if (locale or ""):sub(1, 2):lower() == known then
      language = known
    end
  end
end

--- Is there a sentence of that name?
function M.has(key)
  return texts[key] ~= nil
end

--- A sentence, its {names} filled in from a table of facts, or from those that are known to all.
function M.text(key, facts)
  local text = assert(texts[key], key)[language]
  return (text:gsub("{(%l[%l_]*)}", function(name)
    return tostring(facts and facts[name] or standing[name] or "")
  end))
end

return M

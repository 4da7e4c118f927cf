--- Sentences for the user, in Lightroom's language.
local LrLocalization = import "LrLocalization"

local messages = require "lutbridge_messages"

messages.use(LrLocalization.currentLanguage())

return messages.text

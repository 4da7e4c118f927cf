--- Errors are values, `{code, message}`: the code is for programs, the message is a sentence for the user.
local messages = require "lutbridge_messages"

local M = {}

--- After one of these the photos that are left would fail too.
local FATAL = {
  helper_absent = true, -- no helper is running
  helper_gone = true, -- it was there, and no longer answers
  helper_protocol = true, -- it speaks an older protocol
  plugin_protocol = true, -- it speaks a newer one
  helper_silent = true, -- it was started and did not come up
  unauthorized = true, -- it refuses the token, also the one just read again
  shutting_down = true,
  model_unavailable = true,
  unknown_model = true,
  unknown_group = true,
  no_space = true,
  no_curl = true, -- the program that carries the requests is missing
  lut_folder = true, -- the folder for .cube files cannot be written
  profile_folder = true, -- the folder for profiles cannot be written
  export_scaled = true, -- the host is set to scale what it exports
}

--- Makes an error.
-- @param code one of those above, of docs/http-contract.md, or of the host.
-- @param facts table of the values in that code's sentence, or nil.
function M.new(code, facts)
  return { code = code, message = messages.text("error_" .. code, facts) }
end

--- The error in an answer of the helper: its own sentence follows ours, which is in the user's language.
-- @param answer the decoded JSON of an answer, or nil if it had none.
-- @param status the HTTP status.
function M.from_answer(answer, status)
  local sound = type(answer) == "table" and type(answer.code) == "string" and type(answer.message) == "string"
  if not sound then
    return M.new("bad_answer", { detail = "HTTP " .. status })
  end
  local detail = answer.message
  if type(answer.hint) == "string" and answer.hint ~= "" then
    detail = detail .. "; " .. answer.hint
  end
  local known = messages.has("error_" .. answer.code)
  local error = M.new(known and answer.code or "other", { detail = detail })
  error.code = answer.code
  return error
end

--- Does this error end the whole run, and not only the photo?
function M.is_fatal(error)
  return FATAL[error.code] == true
end

return M

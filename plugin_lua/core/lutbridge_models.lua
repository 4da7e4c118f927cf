--- What the helper's models can do, as /v1/info says.
local M = {}

--- Does a model separate person and background? A helper that does not say so has no such model.
-- @param info what /v1/info says.
-- @param name of the model, or nil for the helper's default.
function M.has_mask(info, name)
  for _, model in ipairs(info.models) do
    if model.name == (name or info.default_model) then
      return model.has_mask == true
    end
  end
  return false
end

return M

--- What is not in the SDK, or not in these stand-ins for it, is an error.
local M = {}

local function refuse(what)
  return function(_, key)
    error(("%s has no %s"):format(what, tostring(key)), 2)
  end
end

--- A table whose other fields cannot be read or set.
function M.fixed(what, fields)
  return setmetatable(fields, { __index = refuse(what), __newindex = refuse(what) })
end

--- Checks the names of a table's entries, and their types.
-- @param allowed table from a name to the type that it must have.
function M.entries(what, given, allowed)
  assert(type(given) == "table", what .. " takes a table")
  for key, value in pairs(given) do
    if not allowed[key] then
      error(("%s takes no %s"):format(what, tostring(key)), 3)
    elseif type(value) ~= allowed[key] and allowed[key] ~= "any" then
      error(("%s: %s is a %s, not a %s"):format(what, key, type(value), allowed[key]), 3)
    end
  end
end

--- Checks the types of arguments.
function M.arguments(what, kinds, ...)
  for index, kind in ipairs(kinds) do
    local value = select(index, ...)
    local optional = kind:match "^(%l+)%?$"
    if not (optional and value == nil) and type(value) ~= (optional or kind) then
      error(("%s: argument %d is a %s, not a %s"):format(what, index, type(value), kind), 3)
    end
  end
end

--- A set of names.
function M.set(names)
  local set = {}
  for name in names:gmatch "%S+" do
    set[name] = true
  end
  return set
end

return M

--- LrPhoto: what the user wrote, the settings of Develop, and which changes a catalogue lets in.
local strict = require "lightroom.strict"

local M = {}

local RAW =
  strict.set "path isVideo isVirtualCopy masterPhoto virtualCopies rating colorNameForLabel pickStatus keywords"
local FORMATTED = strict.set "fileName copyName title caption copyright creator"
local SETTABLE = strict.set "rating colorNameForLabel pickStatus title caption copyright creator copyName"

local function copy_of(value)
  if type(value) ~= "table" then
    return value
  end
  local copied = {}
  for key, item in pairs(value) do
    copied[key] = copy_of(item)
  end
  return copied
end

--- Reading of the catalogue waits, and may be done in a task only. Tests look from outside of tasks.
local function wait(what)
  if coroutine.running() then
    coroutine.yield(0)
  elseif debug.getinfo(3, "S").source:find("lrplugin", 1, true) then
    error(what .. " outside of a task", 3)
  end
end

--- What becomes of settings that are applied, by a Lightroom's `manner`.
local MANNERS = {
  --- Takes all.
  takes = function(settings, key, value)
    settings[key] = value
  end,
  --- Drops a Look without a word, unless it takes one away.
  drops_look = function(settings, key, value)
    if key == "Look" and value.Name == "" then
      settings[key] = value
    elseif key ~= "Look" and not key:find "^Table_" then
      settings[key] = value
    end
  end,
  --- Keeps the Look and drops its table.
  drops_table = function(settings, key, value)
    if key == "Look" then
      for name in pairs(value.Parameters or {}) do
        if name:find "^Table_" then
          value.Parameters[name] = nil
        end
      end
      settings[key] = value
    elseif not key:find "^Table_" then
      settings[key] = value
    end
  end,
  --- Takes the Look at another amount.
  ignores_amount = function(settings, key, value)
    if key == "Look" and value.Amount then
      value.Amount = 1
    end
    settings[key] = value
  end,
  --- Never gives a Look up.
  keeps_look = function(settings, key, value)
    if key ~= "Look" or value.Name ~= "" then
      settings[key] = value
    end
  end,
}

--- @param facts name, path, and perhaps look, raw, formatted, is_missing, is_video.
function M.new(catalog, facts)
  local raw, formatted = facts.raw or {}, facts.formatted or {}
  raw.path, raw.isVideo = facts.path, facts.is_video or false
  raw.isVirtualCopy, raw.masterPhoto, raw.virtualCopies = facts.master ~= nil, facts.master, {}
  formatted.fileName, formatted.copyName = facts.path:match "[^/]*$", facts.copy_name
  local develop = { CameraProfile = "Adobe Standard", Look = facts.look, HDREditMode = facts.hdr or 0 }

  local function must_change(what)
    if not catalog.is_writing then
      error(what .. " outside of withWriteAccessDo", 3)
    end
  end

  catalog.ids = (catalog.ids or 0) + 1
  local photo = { localIdentifier = catalog.ids }
  -- For the tests themselves.
  photo.stub = { facts = facts, raw = raw, formatted = formatted, develop = develop, history = {}, applied = {} }

  function photo:getRawMetadata(key)
    assert(self == photo and RAW[key], "getRawMetadata: " .. tostring(key))
    wait "getRawMetadata"
    return raw[key]
  end

  function photo:getFormattedMetadata(key)
    assert(self == photo and FORMATTED[key], "getFormattedMetadata: " .. tostring(key))
    wait "getFormattedMetadata"
    return formatted[key]
  end

  function photo:checkPhotoAvailability()
    assert(self == photo)
    return not facts.is_missing
  end

  function photo:setRawMetadata(key, value)
    assert(self == photo and SETTABLE[key], "setRawMetadata: " .. tostring(key))
    must_change "setRawMetadata"
    assert(not (catalog.refuses or {})[key], "this field cannot be set")
    local target = (key == "rating" or key == "pickStatus" or key == "colorNameForLabel") and raw or formatted
    target[key] = value
  end

  function photo:addKeyword(keyword)
    assert(self == photo and keyword.is_keyword, "addKeyword takes a keyword")
    must_change "addKeyword"
    assert(not (catalog.refuses or {}).keywords, "this keyword cannot be set")
    raw.keywords = raw.keywords or {}
    table.insert(raw.keywords, keyword)
  end

  function photo:getDevelopSettings()
    assert(self == photo)
    wait "getDevelopSettings"
    return copy_of(develop)
  end

  function photo:applyDevelopSettings(settings, history_name)
    assert(self == photo)
    strict.arguments("applyDevelopSettings", { "table", "string?" }, settings, history_name)
    must_change "applyDevelopSettings"
    table.insert(photo.stub.history, history_name)
    for key, value in pairs(copy_of(settings)) do
      table.insert(photo.stub.applied, key)
      MANNERS[catalog.manner](develop, key, value)
    end
  end

  return strict.fixed("LrPhoto", photo)
end

return M

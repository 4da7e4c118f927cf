--- LrApplication and LrCatalog: one change at a time, virtual copies of what is selected, and what is wrong otherwise.
local photos = require "lightroom.photo"
local strict = require "lightroom.strict"

local M = {}

--- @param tasks of lightroom.tasks.
-- @return what is known of the catalogue: photos, selected, stacks (list of {original, copy, position}), changes (names
-- of its steps); to be set: manner (see lightroom.photo), is_busy, makes_no_copies, refuses
-- (set of metadata keys that cannot be set), hidden (a photo that is not shown),
-- on_copy (function).
function M.new(tasks)
  local known = { photos = {}, selected = {}, stacks = {}, changes = {}, manner = "takes" }

  function known.add(facts)
    local photo = photos.new(known, facts)
    table.insert(known.photos, photo)
    return photo
  end

  local catalog = {}

  function catalog:getTargetPhoto()
    assert(self == catalog)
    return known.selected[1]
  end

  --- As Lightroom: all that is shown, where nothing is selected.
  function catalog:getTargetPhotos()
    assert(self == catalog)
    tasks.wait "getTargetPhotos"
    return #known.selected > 0 and { unpack(known.selected) } or { unpack(known.photos) }
  end

  function catalog:setSelectedPhotos(active, others)
    assert(self == catalog)
    strict.arguments("setSelectedPhotos", { "table", "table" }, active, others)
    tasks.wait "setSelectedPhotos"
    if active == known.hidden then
      return
    end
    known.selected = { active }
    for _, photo in ipairs(others) do
      if photo ~= active then
        table.insert(known.selected, photo)
      end
    end
  end

  function catalog:createVirtualCopies(name)
    assert(self == catalog and not known.is_writing, "createVirtualCopies inside of withWriteAccessDo")
    strict.arguments("createVirtualCopies", { "string?" }, name)
    tasks.wait "createVirtualCopies"
    if known.on_copy then
      known.on_copy()
    end
    local made = {}
    for _, photo in ipairs(known.makes_no_copies and {} or known.selected) do
      local master = photo.stub.raw.masterPhoto or photo
      local facts = { path = master.stub.facts.path, look = photo.stub.develop.Look, master = master }
      facts.copy_name, facts.renders = name, photo.stub.facts.renders
      local copy = known.add(facts)
      table.insert(master.stub.raw.virtualCopies, copy)
      table.insert(made, copy)
    end
    known.selected = made
    return made
  end

  function catalog:addPhoto(path, stack_with, position)
    assert(self == catalog and known.is_writing, "addPhoto outside of withWriteAccessDo")
    strict.arguments("addPhoto", { "string", "table?", "string?" }, path, stack_with, position)
    for _, photo in ipairs(known.photos) do
      if photo.stub.facts.path == path then
        error("already in the catalog", 0)
      end
    end
    assert(io.open(path, "rb"), "no such file"):close()
    local added = known.add { path = path }
    table.insert(known.stacks, { original = stack_with, copy = added, position = position })
    return added
  end

  function catalog:withWriteAccessDo(name, change, options)
    assert(self == catalog)
    strict.arguments("withWriteAccessDo", { "string", "function", "table" }, name, change, options)
    strict.entries("withWriteAccessDo", options, { timeout = "number" })
    assert(options.timeout, "withWriteAccessDo without a timeout fails where the catalogue is busy")
    tasks.wait("withWriteAccessDo", known.is_busy and options.timeout or 0)
    if known.is_busy then
      return "aborted"
    end
    assert(not known.is_writing, "withWriteAccessDo inside of withWriteAccessDo")
    known.is_writing = true
    local ok, fault = pcall(change) -- a plain one: a change must not wait
    known.is_writing = false
    table.insert(known.changes, name)
    return ok and "executed" or error(fault, 0)
  end

  strict.fixed("LrCatalog", catalog)
  known.LrApplication = strict.fixed("LrApplication", {
    activeCatalog = function()
      return catalog
    end,
  })
  return known
end

return M

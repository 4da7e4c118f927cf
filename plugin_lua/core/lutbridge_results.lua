--- Which photos of a selection are results of ours: select all, press again, and nothing is retouched twice.
local M = {}

M.SAMPLE = 131072 -- bytes at either end of a file, between which no program puts a photo's XMP

--- Is this a result? The plug-ins' copies have a name of their own; the command line marks its results in the metadata.
-- @param name of the file.
-- @param sample bytes of its beginning and end, or nil if they cannot be read.
function M.is_result(name, sample)
  local stem = name:gsub("%.[^.]*$", ""):gsub("%-%d+$", "")
  return stem:find "%-retouched$" ~= nil or (sample ~= nil and sample:find("lutbridge:Software", 1, true) ~= nil)
end

--- The bytes that `is_result` asks for.
-- @param file open for reading in binary mode.
function M.sample(file)
  local first = file:read(M.SAMPLE) or ""
  local size = file:seek "end"
  file:seek("set", math.max(#first, size - M.SAMPLE))
  return first .. (file:read(M.SAMPLE) or "")
end

--- The photos to retouch: if results are selected together with other photos, only the others.
-- @param is_result function of a photo.
-- @return list of photos, how many results are left out, and how many are meant, as nothing else is selected.
function M.meant(photos, is_result)
  local others = {}
  for _, photo in ipairs(photos) do
    if not is_result(photo) then
      table.insert(others, photo)
    end
  end
  if #others == 0 then
    return photos, 0, #photos
  end
  return others, #photos - #others, 0
end

return M

--- LrExportSession and LrExportContext: "renders" a photo by copying a file that stands for it.
local strict = require "lightroom.strict"

local M = {}

local SETTINGS = {
  LR_format = "string",
  LR_export_bitDepth = "number",
  LR_export_bitDepthOthers = "number",
  LR_export_colorSpace = "string",
  LR_export_colorSpaceNonJPEG = "string",
  LR_export_destinationType = "string",
  LR_export_destinationPathPrefix = "string",
  LR_export_postProcessing = "string",
  LR_export_useSubfolder = "boolean",
  LR_exportServiceProvider = "string",
  LR_tiff_compressionMethod = "string",
  LR_tiff_preserveTransparency = "boolean",
  LR_enableHDRDisplay = "boolean",
  LR_collisionHandling = "string",
  LR_renamingTokensOn = "boolean",
  LR_size_doConstrain = "boolean",
  LR_size_doNotEnlarge = "boolean",
  LR_size_resizeType = "string",
  LR_size_maxWidth = "number",
  LR_size_maxHeight = "number",
  LR_size_units = "string",
  LR_outputSharpeningOn = "boolean",
  LR_useWatermark = "boolean",
  LR_embeddedMetadataOption = "string",
  LR_minimizeEmbeddedMetadata = "boolean",
  LR_metadata_keywordOptions = "string",
  LR_removeLocationMetadata = "boolean",
  LR_removeFaceMetadata = "boolean",
  LR_includeFaceTagsAsKeywords = "boolean",
  LR_includeVideoFiles = "boolean",
  LR_export_videoFileHandling = "string",
  LR_export_useParentFolder = "boolean",
  LR_extensionCase = "string",
  LR_size_resolution = "number",
  LR_size_resolutionUnits = "string",
  LR_reimportExportedPhoto = "boolean",
}

--- A setting that is left out is as the user left it at the last export, which may be anything.
local function check_complete(settings)
  for name in pairs(SETTINGS) do
    local is_place = name:find "^LR_export_destination" or name == "LR_exportServiceProvider"
    assert(is_place or settings[name] ~= nil, name .. " is left to chance")
  end
end

local function has_look(photo)
  return ((photo.stub.develop.Look or {}).Name or "") ~= ""
end

--- The file that stands for a photo as it is set: with and without a Look, small and full.
local function source_of(photo, settings)
  local kind = (has_look(photo) and "look_" or "plain_") .. (settings.LR_size_doConstrain and "small" or "full")
  return (photo.stub.facts.renders or {})[kind] or error("nothing stands for " .. kind)
end

--- @param tasks of lightroom.tasks.
-- @return table with LrExportSession, `exports` (settings of each rendition, in order), and `context`, which makes an
-- LrExportContext; to be set: fails (name of a photo that cannot be exported).
function M.new(tasks)
  local known = { exports = {} }

  local function render(photo, settings, target)
    if known.fails == photo.stub.formatted.fileName then
      return false, "The file could not be opened."
    end
    local from = assert(io.open(source_of(photo, settings), "rb"))
    local to = assert(io.open(target, "wb"))
    to:write(from:read "*a")
    from:close()
    to:close()
    return true, target
  end

  local function rendition_of(photo, settings, folder)
    local rendition = { photo = photo }
    function rendition:waitForRender()
      assert(self == rendition)
      tasks.wait "waitForRender"
      table.insert(known.exports, { photo = photo, settings = settings })
      known.count = (known.count or 0) + 1
      return render(photo, settings, ("%s/export-%d.tif"):format(folder, known.count))
    end
    return strict.fixed("LrExportRendition", rendition)
  end

  --- An iterator over renditions, as LrExportSession and LrExportContext give it.
  -- @param scope whose cancel stops it, or nil.
  local function renditions_of(photos, settings, folder, scope)
    local index = 0
    return function()
      index = index + 1
      if photos[index] and not (scope and scope:isCanceled()) then
        return index, rendition_of(photos[index], settings, folder)
      end
    end
  end

  function known.LrExportSession(given)
    strict.entries("LrExportSession", given, { photosToExport = "table", exportSettings = "table" })
    strict.entries("the export settings", given.exportSettings, SETTINGS)
    check_complete(given.exportSettings)
    assert(coroutine.running(), "LrExportSession outside of a task")
    local settings = given.exportSettings
    assert(settings.LR_export_destinationType == "specificFolder")
    return strict.fixed("LrExportSession", {
      renditions = function()
        return renditions_of(given.photosToExport, settings, settings.LR_export_destinationPathPrefix)
      end,
    })
  end

  --- The context that Lightroom hands to an export service.
  function known.context(photos, settings, folder, scope)
    strict.entries("the export settings", settings, SETTINGS)
    check_complete(settings)
    return strict.fixed("LrExportContext", {
      exportSession = strict.fixed("LrExportSession", {
        photosToExport = function()
          local index = 0
          return function()
            index = index + 1
            return photos[index]
          end
        end,
      }),
      configureProgress = function(_, given)
        strict.entries("configureProgress", given, { title = "string" })
        return scope
      end,
      renditions = function(_, given)
        strict.entries("renditions", given, { stopIfCanceled = "boolean" })
        return renditions_of(photos, settings, folder, given.stopIfCanceled and scope)
      end,
    })
  end
  return known
end

return M

--- A photo in Lightroom: its name, whether it can be retouched, and exporting it.
local LrExportSession = import "LrExportSession"

local errors = require "lutbridge_errors"

local M = {}

local LARGEST = 65000 -- pixels of a side; what Lightroom itself can open

function M.name(photo)
  return photo:getFormattedMetadata "fileName"
end

--- The photo with the file; for a virtual copy, its master.
function M.master(photo)
  return photo:getRawMetadata "isVirtualCopy" and photo:getRawMetadata "masterPhoto" or photo
end

--- Are these the same photo of the catalogue?
function M.are_same(one, other)
  return one.localIdentifier == other.localIdentifier
end

--- Why a photo cannot be retouched: an error, or nil.
function M.refusal(photo)
  if photo:getRawMetadata "isVideo" then
    return errors.new "video"
  elseif not photo:checkPhotoAvailability() then
    return errors.new "original_missing"
  end
end

--- What a TIFF of 16 bit is exported with: all that Lightroom knows of the photo, and no change beyond its settings.
-- What is left out, Lightroom takes from the user's last export, so nothing is. Its own preferences spell depth and
-- colour space of TIFFs another way than its export presets: both are set.
-- @param color_space "sRGB" or "ProPhotoRGB".
-- @param long_side maximum in pixels, 0 for full size.
function M.export_settings(color_space, long_side)
  local limit = long_side > 0 and long_side or LARGEST
  return {
    LR_format = "TIFF",
    LR_export_bitDepth = 16,
    LR_export_bitDepthOthers = 16,
    LR_export_colorSpace = color_space,
    LR_export_colorSpaceNonJPEG = color_space,
    LR_tiff_compressionMethod = "compressionMethod_None",
    LR_tiff_preserveTransparency = false,
    LR_enableHDRDisplay = false,
    LR_size_doConstrain = long_side > 0,
    LR_size_doNotEnlarge = true,
    LR_size_resizeType = "longEdge",
    LR_size_maxWidth = limit,
    LR_size_maxHeight = limit,
    LR_size_units = "pixels",
    LR_size_resolution = 300,
    LR_size_resolutionUnits = "inch",
    LR_outputSharpeningOn = false,
    LR_useWatermark = false,
    LR_embeddedMetadataOption = "all",
    LR_minimizeEmbeddedMetadata = false,
    LR_removeLocationMetadata = false,
    LR_removeFaceMetadata = false,
    LR_includeFaceTagsAsKeywords = true,
    LR_metadata_keywordOptions = "lightroomHierarchical",
    LR_includeVideoFiles = false,
    LR_export_videoFileHandling = "exclude",
    LR_reimportExportedPhoto = false,
    LR_export_postProcessing = "doNothing",
    LR_collisionHandling = "rename",
    LR_renamingTokensOn = false,
    LR_extensionCase = "lowercase",
    LR_export_useSubfolder = false,
    LR_export_useParentFolder = false,
  }
end

--- Waits for a rendition; returns its path, or nil and an error.
function M.wait(rendition)
  local ok, path_or_reason = rendition:waitForRender()
  if not ok then
    return nil, errors.new("lightroom_export", { detail = tostring(path_or_reason) })
  end
  return path_or_reason
end

--- Exports a photo into a folder; returns the path, or nil and an error.
function M.export(photo, folder, color_space, long_side)
  local settings = M.export_settings(color_space, long_side)
  settings.LR_exportServiceProvider = "com.adobe.ag.export.file"
  settings.LR_export_destinationType = "specificFolder"
  settings.LR_export_destinationPathPrefix = folder
  local session = LrExportSession { photosToExport = { photo }, exportSettings = settings }
  local path, fault = nil, errors.new("lightroom_export", { detail = "" })
  for _, rendition in session:renditions() do
    path, fault = M.wait(rendition)
  end
  return path, fault
end

return M

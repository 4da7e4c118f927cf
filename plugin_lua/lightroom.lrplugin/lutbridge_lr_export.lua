--- Auto Retouch as a place to export to, with a preset: presets are what Lightroom shows under Export when a photo is
-- clicked with the right button. The result is always a rendered copy.
local LrDialogs = import "LrDialogs"
local LrFunctionContext = import "LrFunctionContext"

local copies = require "lutbridge_lr_copy"
local errors = require "lutbridge_errors"
local photos = require "lutbridge_lr_photo"
local retouch = require "lutbridge_lr_retouch"
local said = require "lutbridge_lr_said"
local settings = require "lutbridge_lr_settings"
local text = require "lutbridge_lr_text"
local view = require "lutbridge_lr_view"

--- Whatever an export preset says, the helper gets the photo in full.
local function update(export_settings)
  for name, value in pairs(photos.export_settings("ProPhotoRGB", 0)) do
    export_settings[name] = value
  end
end

--- A function from a photo to its export: Lightroom renders in its own order.
local function renditions_of(context)
  local iterate, state, key = context:renditions { stopIfCanceled = true }
  local paths, faults = {}, {}
  return function(photo)
    local wanted = photo.localIdentifier
    while not paths[wanted] and not faults[wanted] do
      local rendition
      key, rendition = iterate(state, key)
      if not rendition then
        return nil, errors.new "cancelled"
      end
      local id = rendition.photo.localIdentifier
      paths[id], faults[id] = photos.wait(rendition)
    end
    return paths[wanted], faults[wanted]
  end
end

--- Imports copies after the export, which may lock the catalogue until it ends.
local function import_later(finished, outcome, count)
  LrFunctionContext.postAsyncTaskWithContext("lutbridge import", function(context)
    LrDialogs.attachErrorDialogToFunctionContext(context)
    for _, copy in ipairs(finished) do
      local imported, detail = copies.import(copy.photo, copy.path)
      if imported then
        copies.note(outcome, copy.photo, detail)
      else
        outcome.done = outcome.done - 1
        table.insert(outcome.failed, { name = photos.name(copy.photo), message = detail.message })
      end
    end
    said.say(retouch.lines(outcome, count, "copy"))
  end)
end

local function process(function_context, export_context)
  said.forget()
  local selected = {}
  for photo in export_context.exportSession:photosToExport() do
    table.insert(selected, photo)
  end
  local wanted, finished = settings.for_run(), {}
  wanted.mode = "copy"
  local scope = export_context:configureProgress { title = text("job_retouch", { all = #selected }) }
  local outcome, fault = retouch.retouch(selected, wanted, scope, function_context, {
    rendered = renditions_of(export_context),
    import = function(photo, path)
      table.insert(finished, { photo = photo, path = path })
      return true, {}
    end,
  })
  if outcome then
    import_later(finished, outcome, #selected)
  else
    said.say { fault.message }
  end
end

return {
  hideSections = {
    "exportLocation",
    "fileNaming",
    "fileSettings",
    "imageSettings",
    "outputSharpening",
    "metadata",
    "video",
    "watermarking",
  },
  allowFileFormats = { "TIFF" },
  allowColorSpaces = { "ProPhotoRGB" },
  canExportVideo = false,
  sectionsForTopOfDialog = function(factory, properties)
    view.fill(properties)
    return { { title = text "title", view.settings(factory, properties, true), view.helper(factory, properties) } }
  end,
  updateExportSettings = update,
  processRenderedPhotos = process,
}

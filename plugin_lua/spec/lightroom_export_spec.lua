--- Auto Retouch as a place to export to.
local scripted = require "lightroom.scripted"

local lightroom, helper, folder, service

--- Exports photos as Lightroom does where the preset is chosen; returns what was said.
local function export(photos)
  local settings = { LR_format = "JPEG", LR_export_bitDepth = 8, LR_size_doConstrain = true }
  service.updateExportSettings(settings)
  lightroom.tasks.start(function()
    lightroom.tasks.in_context(function(context)
      local scope = lightroom.windows.LrProgressScope { title = "", functionContext = context }
      local exported = lightroom.export.context(photos, settings, folder .. "/Library", scope)
      lightroom.catalog.is_busy = true -- as long as Lightroom exports, it may let nobody else in
      service.processRenderedPhotos(context, exported)
      lightroom.catalog.is_busy = false
    end)
  end)
  lightroom.tasks.run()
  return lightroom.said()
end

local function add_two()
  return { scripted.add_photo(lightroom, folder, "anna.nef"), scripted.add_photo(lightroom, folder, "ben.nef") }
end

before_each(function()
  lightroom, helper, folder = scripted.open()
  service = lightroom.require "lutbridge_lr_export"
end)

after_each(function()
  assert.same({}, scripted.list(folder .. "/temp"))
  scripted.close(folder)
end)

describe("The export service", function()
  it("makes copies of what Lightroom has rendered, in full and in 16 bits, whatever the preset says", function()
    local photos = add_two()
    lightroom.windows.prefs.mode = "look"
    assert.same({ "Rendered copies: 2 of 2 photos." }, export(photos))
    assert.same({ photos[1], photos[2] }, {
      lightroom.catalog.stacks[1].original,
      lightroom.catalog.stacks[2].original,
    })
    assert.equal("ben.nef plain_full", helper.asked("job-accepted")[2].body)
    assert.equal(16, lightroom.export.exports[1].settings.LR_export_bitDepth)
    assert.equal("TIFF", lightroom.export.exports[1].settings.LR_format)
  end)

  it("renders each photo once, for a shoot that matches too", function()
    local photos = add_two()
    lightroom.windows.prefs.group = "match"
    assert.same({ "Rendered copies: 2 of 2 photos." }, export(photos))
    assert.equal(2, #lightroom.export.exports)
    assert.equal(2, #helper.asked "take-added")
    assert.matches("take=t1", helper.asked("job-accepted")[1].url)
  end)

  it("goes on after a photo that cannot be rendered", function()
    local photos = add_two()
    lightroom.export.fails = "anna.nef"
    local said = export(photos)
    assert.equal("Rendered copies: 1 of 2 photos.", said[1])
    assert.matches("^anna.nef: Lightroom could not export", said[2])
    assert.equal(photos[2], lightroom.catalog.stacks[1].original)
  end)

  it("says which copies did not come into the catalogue, and where they are", function()
    local photos = add_two()
    lightroom.catalog.add { path = folder .. "/photos/anna-retouched.tif" }
    assert.same({
      "Rendered copies: 1 of 2 photos.",
      "anna.nef: The retouched copy is finished but not in the catalog: import "
        .. folder
        .. "/photos/anna-retouched.tif yourself. "
        .. "Lightroom did not add this to its catalog: already in the catalog",
    }, export(photos))
    local left = scripted.list(folder .. "/photos")
    assert.same({ "anna-retouched.tif", "anna.nef", "ben-retouched.tif", "ben.nef" }, left)
  end)

  it("stops where it is cancelled, also while Lightroom renders", function()
    local photos = add_two()
    lightroom.windows.prefs.group = "match"
    local asked = 0
    function lightroom.windows.on_progress(scope)
      asked = asked + 1
      lightroom.tasks.start(function()
        scope.stub.cancelled = asked >= 2
      end)
    end
    local said = export(photos)
    assert.equal("Cancelled.", said[2])
    assert.equal(2, #said)
    assert.same({}, helper.asked "job-accepted")
  end)

  it("shows its settings in the export dialog, without those of looks", function()
    local sections = service.sectionsForTopOfDialog(lightroom.windows.LrView.osFactory(), {})
    lightroom.tasks.run()
    assert.equal("Auto Retouch", sections[1].title)
    assert.same({ "TIFF" }, service.allowFileFormats)
    assert.is_false(service.canExportVideo)
  end)
end)

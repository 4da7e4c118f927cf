--- The page in Lightroom's plug-in manager. The manager is opened for all sorts of reasons: the page only looks.
local text = require "lutbridge_lr_text"
local view = require "lutbridge_lr_view"

local function sections(factory, properties)
  view.fill(properties)
  return {
    { title = text "section_helper", view.helper(factory, properties) },
    { title = text "title", view.settings(factory, properties) },
  }
end

return { sectionsForTopOfDialog = sections }

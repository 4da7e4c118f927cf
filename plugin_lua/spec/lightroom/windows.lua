--- LrDialogs, LrView, LrBinding, LrPrefs, LrProgressScope, LrLocalization: what is shown is kept for the tests.
local strict = require "lightroom.strict"

local M = {}

local LAYOUT = {
  spacing = "number",
  margin = "number",
  width = "any",
  fill_horizontal = "number",
  alignment = "string",
  tooltip = "string",
}

local CONTROLS = {
  row = {},
  column = {},
  separator = {},
  static_text = { title = "any", width_in_chars = "number", height_in_lines = "number" },
  push_button = { title = "any", action = "function" },
  checkbox = { title = "string", value = "table" },
  popup_menu = { items = "table", value = "table" },
  slider = { value = "table", min = "number", max = "number", integral = "boolean", enabled = "table" },
  edit_field = {
    value = "table",
    min = "number",
    max = "number",
    precision = "number",
    width_in_digits = "number",
    enabled = "table",
  },
}

local function check_control(kind, given)
  for key, value in pairs(given) do
    if type(key) == "number" then
      assert(type(value) == "table" and value.kind, kind .. ": a child is no control")
    else
      local expected = CONTROLS[kind][key] or LAYOUT[key] or error(("%s takes no %s"):format(kind, key), 3)
      assert(expected == "any" or type(value) == expected, ("%s: %s is a %s"):format(kind, key, type(value)))
    end
  end
end

local function factory()
  local functions = {}
  for kind in pairs(CONTROLS) do
    functions[kind] = function(_, given)
      check_control(kind, given)
      given.kind = kind
      return given
    end
  end
  for _, kind in ipairs { "control_spacing", "dialog_spacing" } do
    functions[kind] = function()
      return 8
    end
  end
  return strict.fixed("LrView.osFactory()", functions)
end

--- A table that can be observed, with what Lightroom's has: any name.
local function observable()
  return {}
end

--- @param tasks of lightroom.tasks.
-- @return table with the namespaces; `bezels` (list of texts), `windows` (list of what presentFloatingDialog got, with
-- is_closed where that is so), `fronted` (how often an open window was brought to the front), `prefs`, `scopes`; to be
-- set: on_progress (function that gets the scope and how far it is).
function M.new(tasks, language)
  local known = { bezels = {}, windows = {}, prefs = observable(), scopes = {} }

  known.LrDialogs = strict.fixed("LrDialogs", {
    showBezel = function(text, seconds)
      strict.arguments("showBezel", { "string", "number?" }, text, seconds)
      table.insert(known.bezels, text)
    end,
    presentFloatingDialog = function(plugin, given)
      assert(plugin == known.plugin, "presentFloatingDialog takes _PLUGIN")
      strict.entries("presentFloatingDialog", given, {
        title = "string",
        contents = "table",
        blockTask = "boolean",
        save_frame = "string",
        onShow = "function",
        windowWillClose = "function",
      })
      assert(given.contents.kind, "the contents are no control")
      table.insert(known.windows, given)
      local function close()
        given.is_closed = true
        if given.windowWillClose then
          given.windowWillClose()
        end
      end
      if given.onShow then
        given.onShow(strict.fixed("the window", {
          toFront = function()
            known.fronted = (known.fronted or 0) + 1
          end,
          close = close,
        }))
      end
      if given.blockTask then
        tasks.wait("presentFloatingDialog with blockTask", 10) -- the user closes it after a while
        close()
      end
    end,
    attachErrorDialogToFunctionContext = function(context)
      strict.arguments("attachErrorDialogToFunctionContext", { "table" }, context)
    end,
  })

  known.LrView = strict.fixed("LrView", {
    osFactory = factory,
    bind = function(given)
      if given.keys then
        strict.entries("LrView.bind", given, { keys = "table", operation = "function" })
        for _, key in ipairs(given.keys) do
          strict.entries("a key of LrView.bind", key, { key = "string", bind_to_object = "table" })
        end
      else
        strict.entries("LrView.bind", given, { key = "string", object = "table" })
      end
      return { binding = given }
    end,
    share = function(name)
      return { share = name }
    end,
  })

  known.LrBinding = strict.fixed("LrBinding", {
    makePropertyTable = function(context)
      strict.arguments("makePropertyTable", { "table" }, context)
      return observable()
    end,
  })

  known.LrPrefs = strict.fixed("LrPrefs", {
    prefsForPlugin = function()
      return known.prefs
    end,
  })

  known.LrLocalization = strict.fixed("LrLocalization", {
    currentLanguage = function()
      return language
    end,
  })

  function known.LrProgressScope(given)
    strict.entries("LrProgressScope", given, { title = "string", functionContext = "table" })
    local scope = { title = given.title, stub = {} }
    function scope:setPortionComplete(done, total)
      assert(self == scope and done >= 0 and done <= total, "setPortionComplete")
      assert(not scope.stub.is_done, "setPortionComplete after done")
      scope.stub.part = done / total
      if known.on_progress then
        known.on_progress(scope, done / total)
      end
    end
    function scope:isCanceled()
      assert(self == scope)
      return scope.stub.cancelled == true
    end
    function scope:setCaption(caption)
      strict.arguments("setCaption", { "string" }, caption)
      assert(self == scope)
      scope.stub.caption = caption
    end
    function scope:setCancelable(able)
      strict.arguments("setCancelable", { "boolean" }, able)
      assert(self == scope)
    end
    function scope:done()
      assert(self == scope)
      scope.stub.is_done = true
    end
    table.insert(known.scopes, scope)
    return strict.fixed("LrProgressScope", scope)
  end
  return known
end

return M

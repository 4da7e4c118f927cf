--- Runs the installed plug-in in a Lightroom made of stand-ins, with real files and a real helper.
-- usage: lua5.1 drive.lua JOB.json, which says what there is and what is pressed; prints what came of it as JSON.
local dkjson = require "dkjson"
local http = require "lightroom.http"
local sdk = require "lightroom.sdk"

local function read(path)
  local file = assert(io.open(path, "rb"))
  local bytes = file:read "*a"
  file:close()
  return bytes
end

local job = assert(dkjson.decode(read(arg[1]), nil, nil))
local lightroom = sdk.new {
  plugin = { job.plugin },
  temp = job.temp,
  language = job.language,
  send = http.curl(job.exchange),
  execute = os.execute,
  nap = function(seconds)
    os.execute("sleep " .. seconds)
  end,
}

local photos = {}
for index, facts in ipairs(job.photos) do
  photos[index] = lightroom.catalog.add(facts)
end
lightroom.catalog.selected = { unpack(photos) }
lightroom.catalog.manner = job.manner or "takes"
for name, value in pairs(job.prefs or {}) do
  lightroom.windows.prefs[name] = value
end

local told = 0
function lightroom.windows.on_progress(scope)
  told = told + 1
  if told == job.cancel_after then
    scope.stub.cancelled = true
  elseif told == job.kill_after then
    os.execute("kill -9 " .. job.kill)
  end
end

local PRESSES = {
  retouch = function()
    lightroom.click "lutbridge_lr_menu_retouch.lua"
  end,
  toggle = function()
    lightroom.require("lutbridge_lr_actions").toggle_helper(function() end)
    lightroom.tasks.run()
  end,
  --- What Lightroom does where the export preset is chosen.
  export = function()
    local service, settings = lightroom.require "lutbridge_lr_export", {}
    service.updateExportSettings(settings)
    lightroom.tasks.start(function()
      lightroom.tasks.in_context(function(context)
        local scope = lightroom.windows.LrProgressScope { title = "", functionContext = context }
        lightroom.catalog.is_busy = true
        service.processRenderedPhotos(context, lightroom.export.context(photos, settings, job.exchange, scope))
        lightroom.catalog.is_busy = false
      end)
    end)
    lightroom.tasks.run()
  end,
}

local answer = { said = {}, copies = {}, stacks = {}, states = {} }
for index, press in ipairs(job.presses) do
  lightroom.windows.bezels, lightroom.windows.windows = {}, {}
  PRESSES[press]()
  answer.said[index] = lightroom.said()
  local state = io.open(job.state_file, "rb")
  answer.states[index] = state and state:read "*a" or ""
end
for index, stack in ipairs(lightroom.catalog.stacks) do
  answer.stacks[index] = {
    original = stack.original:getRawMetadata "path",
    copy = stack.copy:getRawMetadata "path",
    position = stack.position,
    rating = stack.copy:getRawMetadata "rating",
  }
end
for _, photo in ipairs(photos) do
  assert(#photo.stub.applied == 0, "a photo was changed")
  for _, copy in ipairs(photo:getRawMetadata "virtualCopies") do
    table.insert(answer.copies, {
      name = copy:getFormattedMetadata "copyName",
      settings = copy:getDevelopSettings(),
    })
  end
end
print(dkjson.encode(answer))

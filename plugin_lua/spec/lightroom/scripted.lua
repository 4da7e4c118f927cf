--- A helper made of the contract's samples, and a Lightroom to go with it.
local sdk = require "lightroom.sdk"
local support = require "support"

local M = {}

M.PROFILE = support.read_file "tests/contract/profile.xmp"
local PLUGIN = { "plugin_lua/lightroom.lrplugin", "plugin_lua/core" }

--- Which sample answers what; a take gets a number of its own.
local function sample_for(request)
  local path = request.url:match "^http://127%.0%.0%.1:49731(/[^?]*)" or error("asked " .. request.url)
  if path == "/healthz" then
    return "healthz"
  elseif path == "/v1/info" then
    return "info"
  elseif path == "/v1/lut" then
    return "lut-xmp"
  elseif path == "/v1/render" then
    return "job-accepted"
  elseif path:find "/result$" then
    return "job-result"
  elseif path:find "^/v1/jobs/" then
    return request.method == "DELETE" and "job-cancelled" or "job-done"
  elseif path == "/v1/groups" then
    return "group-opened"
  elseif path:find "/takes$" then
    return "take-added"
  elseif path:find "/solve$" then
    return "group-solved"
  elseif path:find "^/v1/groups/[^/]+/lut$" then
    return "group-shared-lut"
  elseif path:find "^/v1/groups/" then
    return "group-closed"
  end
  return path == "/v1/shutdown" and "shutdown" or error("asked " .. path)
end

local function bytes_of(sample)
  local kind = sample.response.bytes
  if sample.request.path:find "/lut$" then
    return M.PROFILE
  end
  return kind and "retouched" or ""
end

--- @return a `send` for lightroom.http; what was sent is in `sent`. To be set: answers (table from a sample's name to
-- another one, or to an error code of Lightroom's), has_mask (of its model), delta_e (of its LUTs).
function M.helper()
  local helper = { sent = {}, answers = {} }
  function helper.send(request)
    local name = sample_for(request)
    table.insert(helper.sent, { name = name, request = request })
    name = helper.answers[name] or name
    local found, sample = pcall(support.sample, name)
    if not found then
      return nil, name
    end
    if name == "healthz" then
      sample.response.headers["Lutbridge-Proof"] = support.proof(request)
    elseif name == "info" then
      sample.response.json.models[1].has_mask = helper.has_mask
    elseif helper.delta_e and name:find "lut" then
      local facts = sample.response.headers["Lutbridge-Result"]:gsub(', "delta_e": [%d.]+', "")
      sample.response.headers["Lutbridge-Result"] = facts:gsub("{", '{"delta_e": ' .. helper.delta_e .. ", ", 1)
    end
    local answer, headers = support.response(sample), {}
    for header, value in pairs(sample.response.headers) do
      table.insert(headers, { header, value })
    end
    return answer.status, headers, answer.body or bytes_of(sample)
  end

  --- The requests that a sample stands for.
  function helper.asked(name)
    local requests = {}
    for _, sent in ipairs(helper.sent) do
      if sent.name == name then
        table.insert(requests, sent.request)
      end
    end
    return requests
  end
  return helper
end

local function write(path, bytes)
  local file = assert(io.open(path, "wb"))
  file:write(bytes)
  file:close()
end

M.write = write

--- Opens a Lightroom with a scripted helper that runs.
-- @return Lightroom (see lightroom.sdk), helper, folder of its own (removed by `close`).
function M.open(changes)
  local folder = os.tmpname()
  os.remove(folder)
  for _, name in ipairs { "temp", "photos", [[it'\''s here]], "Library/Application Support/lutbridge" } do
    os.execute("mkdir -p '" .. folder .. "/" .. name .. "'")
  end
  local helper = M.helper()
  local given = {
    plugin = PLUGIN,
    temp = folder .. "/temp",
    send = helper.send,
    installed = {
      command = folder .. "/it's here/lutbridge",
      version = "0.1.0",
      profiles = folder .. "/Settings/lutbridge",
      environment = { HOME = folder },
    },
  }
  for name, value in pairs(changes or {}) do
    given[name] = value
  end
  M.state_file = folder .. "/Library/Application Support/lutbridge/helper.json"
  write(M.state_file, support.state_text())
  write(folder .. "/it's here/lutbridge", "a program")
  local lightroom = sdk.new(given)
  return lightroom, helper, folder
end

function M.close(folder)
  os.execute("chmod -R u+w '" .. folder .. "'; rm -rf '" .. folder .. "'")
end

--- Adds a photo whose exports say what they are of.
function M.add_photo(lightroom, folder, name, facts)
  facts = facts or {}
  facts.path, facts.renders = folder .. "/photos/" .. name, {}
  write(facts.path, "original")
  for _, kind in ipairs { "look_small", "look_full", "plain_small", "plain_full" } do
    facts.renders[kind] = ("%s/temp-%s-%s"):format(folder, name, kind)
    write(facts.renders[kind], name .. " " .. kind)
  end
  local photo = lightroom.catalog.add(facts)
  table.insert(lightroom.catalog.selected, photo)
  return photo
end

--- The names of the files in a folder, sorted.
function M.list(folder)
  local names = {}
  local pipe = io.popen("ls -A '" .. folder .. "' 2>/dev/null")
  for name in pipe:lines() do
    table.insert(names, name)
  end
  pipe:close()
  return names
end

return M

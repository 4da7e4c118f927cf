--- A client of the helper. The host gives it what Lua alone cannot do:
--
--   host.platform                  "linux", "macos" or "windows"
--   host.getenv(name)              the value of an environment variable, or nil
--   host.read_file(path)           the bytes of a file, or nil
--   host.sleep(seconds)            waits and lets the host go on
--   host.is_ending()               may be left out: is the host closing, so that a helper is no longer waited for?
--   host.send(request)             one HTTP exchange on the loopback address, without proxies or redirects
--
-- A request has method, url, headers (list of {name, value}), seconds (the longest it may take), and perhaps body_file
-- (the file to send) and save_to (where a 200 answer's body goes). `send` returns a response as `contract.read` takes
-- it, or nil and one of "refused" (nobody listens), "timeout", "broken" (ended too early), "unwritable" (save_to),
-- "no_curl". Nothing here calls pcall around the host: in Lua 5.1 it could not yield then.
local contract = require "lutbridge_contract"
local errors = require "lutbridge_errors"
local hmac = require "lutbridge_hmac"
local state = require "lutbridge_state"

local Client = {}
Client.__index = Client

local QUICK, LONG = 10, 660 -- seconds; the helper gives up on a photo after 600
local SLOW = 120 -- seconds, for a helper that is still loading its models
local BUSY_TRIES = 30
local FAULTS = { timeout = "deadline", unwritable = "not_saved" } -- of a request that has no answer

local M = {}

local asked = 0

--- A nonce: a number that was never used before and, as the token is part of it, cannot be guessed.
local function new_nonce(facts)
  asked = asked + 1
  local seed = ("%s %s %s %s"):format(os.time(), os.clock(), tostring({}), asked)
  return hmac.hmac("nonce " .. facts.token, seed):sub(1, 32)
end

--- What the state file says, if the helper it speaks of is the one that answers there.
-- @param dead instance of a helper that is not asked again, or nil: each question costs something (on Windows, a window
-- that flashes), and where nobody listens on its port it does not come back.
-- @return facts; or nil, an error, and the instance that was found dead now or before.
local function find_helper(host, dead)
  local facts = state.parse(host.read_file(state.path(host.platform, host.getenv)))
  if not facts then
    return nil, errors.new("helper_absent")
  end
  if facts.protocol ~= contract.PROTOCOL then
    return nil, errors.new(facts.protocol > contract.PROTOCOL and "plugin_protocol" or "helper_protocol")
  end
  if facts.instance == dead then
    return nil, errors.new("helper_absent"), dead
  end
  local nonce = new_nonce(facts)
  local response, reason = host.send {
    method = "GET",
    url = contract.url(facts.port, "/healthz"),
    headers = contract.challenge(nonce),
    seconds = QUICK,
  }
  if reason == "no_curl" then
    return nil, errors.new("no_curl")
  end
  -- Whoever else listens on a port that was the helper's once must not get the token.
  if not response or not contract.is_proof(response, facts.token, nonce) then
    return nil, errors.new("helper_absent"), reason == "refused" and facts.instance or nil
  end
  return facts
end

--- Finds the running helper.
-- @param dead see find_helper; nil: whichever the state file names is asked.
-- @return Client; or nil, an error (helper_absent, helper_protocol, plugin_protocol, no_curl), and the instance that
--   was found dead.
function M.connect(host, dead)
  local facts, fault, found_dead = find_helper(host, dead)
  if not facts then
    return nil, fault, found_dead
  end
  return setmetatable({ host = host, facts = facts }, Client)
end

--- Finds the running helper or starts one.
-- @param start function that starts `lutbridge serve` and returns at once.
-- @param patience seconds until it must be there.
-- @return Client, or nil and an error.
function M.connect_or_start(host, start, patience)
  local client, fault, dead = M.connect(host)
  if client or fault.code ~= "helper_absent" then
    return client, fault
  end
  start()
  for _ = 1, patience * 2 do
    if host.is_ending and host.is_ending() then
      return nil, fault
    end
    host.sleep(0.5)
    client, fault, dead = M.connect(host, dead)
    if client or fault.code ~= "helper_absent" then
      return client, fault
    end
  end
  return nil, errors.new("helper_silent", { seconds = patience })
end

local function send_once(self, request)
  local options = request.options or {}
  return self.host.send {
    method = request.method,
    url = contract.url(self.facts.port, request.path, options),
    headers = contract.headers(request.method, self.facts.token, request.body_file ~= nil),
    body_file = request.body_file,
    save_to = request.save_to,
    seconds = request.seconds or QUICK,
  }
end

--- Sends a request, and again if the helper was restarted meanwhile (once) or is busy (for a while).
function Client:send(request)
  local renewed = false
  for _ = 1, BUSY_TRIES do
    local response, reason = send_once(self, request)
    if not response then
      return nil, errors.new(FAULTS[reason] or "helper_gone")
    end
    local answer, fault = contract.read(response, request.fields)
    if answer then
      return answer
    elseif fault.code == "unauthorized" and not renewed then
      renewed = true
      local facts, absent = find_helper(self.host)
      if not facts then
        return nil, absent
      end
      self.facts = facts
    elseif fault.code == "busy" then
      self.host.sleep(tonumber(response.headers["retry-after"]) or 2)
    else
      return nil, fault
    end
  end
  return nil, errors.new("busy", { detail = "" })
end

--- Which models, views and limits there are.
function Client:info()
  return self:send {
    method = "GET",
    path = "/v1/info",
    fields = { "version", "models", "default_model", "limits" },
    seconds = SLOW,
  }
end

--- A photo's LUT.
-- @param photo_file a JPEG, PNG or TIFF.
-- @param options of POST /v1/lut.
-- @param target the file to write.
-- @return the helper's facts (model, strength, notices, …), or nil and an error.
function Client:lut(photo_file, options, target)
  return self:send {
    method = "POST",
    path = "/v1/lut",
    options = options,
    body_file = photo_file,
    save_to = target,
    seconds = LONG,
  }
end

local JOB = { "job", "state", "progress" }

--- Hands a photo in to be rendered; returns its job.
function Client:render(photo_file, options)
  options.job = "true"
  return self:send {
    method = "POST",
    path = "/v1/render",
    options = options,
    body_file = photo_file,
    seconds = LONG,
    fields = JOB,
  }
end

--- Renders a photo in one long request, which tells no progress and cannot be cancelled.
-- @return the helper's facts about the result, or nil and an error.
function Client:render_at_once(photo_file, options, target)
  return self:send {
    method = "POST",
    path = "/v1/render",
    options = options,
    body_file = photo_file,
    save_to = target,
    seconds = LONG,
  }
end

--- Waits for a job and fetches its result.
-- @param on_progress function that gets 0 to 1 now and then; if it returns false, the job is cancelled.
-- @return the helper's facts about the result; or nil and an error, with code "cancelled" after a cancel.
function Client:finish(job, target, on_progress)
  local address = "/v1/jobs/" .. job.job
  while job.state == "waiting" or job.state == "running" do
    if on_progress(job.progress) == false then
      self:send { method = "DELETE", path = address }
      return nil, errors.new("cancelled")
    end
    self.host.sleep(0.25)
    local fault
    job, fault = self:send { method = "GET", path = address, fields = JOB }
    if not job then
      return nil, fault
    end
  end
  return self:send { method = "GET", path = address .. "/result", save_to = target, seconds = LONG }
end

--- Renders a photo as a job, and waits for it; as `finish`.
function Client:render_as_job(photo_file, options, target, on_progress)
  local job, fault = self:render(photo_file, options)
  if not job then
    return nil, fault
  end
  return self:finish(job, target, on_progress)
end

--- Opens a group for one shoot.
function Client:open_group(model)
  local options = model and { model = model } or nil
  return self:send { method = "POST", path = "/v1/groups", options = options, fields = { "group" } }
end

--- Adds a photo to a group; returns the take.
function Client:add_take(group, photo_file, name)
  return self:send {
    method = "POST",
    path = "/v1/groups/" .. group .. "/takes",
    options = { name = contract.label(name) },
    body_file = photo_file,
    seconds = LONG,
    fields = { "take" },
  }
end

--- Finds looks that match; returns the group, whose takes say in `left_alone` why one does not follow the others.
function Client:solve(group, consistency)
  return self:send {
    method = "POST",
    path = "/v1/groups/" .. group .. "/solve",
    options = { consistency = consistency },
    seconds = LONG,
    fields = { "group", "takes" },
  }
end

--- One LUT for all takes of a group; its facts have `residuals`, the mean ΔE2000 by take.
function Client:shared_lut(group, options, target)
  return self:send {
    method = "POST",
    path = "/v1/groups/" .. group .. "/lut",
    options = options,
    save_to = target,
    seconds = LONG,
  }
end

--- Closes a group. It also expires by itself, so a failure here is not reported.
function Client:close_group(group)
  self:send { method = "DELETE", path = "/v1/groups/" .. group }
end

--- Ends the helper.
function Client:shut_down()
  return self:send { method = "POST", path = "/v1/shutdown" }
end

return M

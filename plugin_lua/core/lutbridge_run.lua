--- One run over a selection: its progress and its outcome. A host derives its own run from this one; see
-- lutbridge_retouch for what it adds.
local contract = require "lutbridge_contract"
local errors = require "lutbridge_errors"

local NOTICED = 1 -- mean ΔE2000 from which a LUT visibly says less than the rendered photo

local Run = {}
Run.__index = Run

--- Begins a run of a host's own kind.
-- @param class the host's kind of run, whose own __index leads here.
-- @param fields client; settings; all_steps; progress (function that gets 0 to 1 now and then; where it returns false,
-- the run ends); protect (calls a function with arguments as pcall does, also where it waits); name_of (function from
-- a photo to what its user calls it).
function Run.begin(class, fields)
  fields.steps = 0
  fields.outcome = { done = 0, results = 0, again = 0, failed = {}, left_alone = {}, apart = 0, farthest = 0 }
  return setmetatable(fields, class)
end

--- Reports progress; returns false if the user has cancelled.
function Run:report(part)
  if not self.cancelled and self.progress((self.steps + part) / self.all_steps) == false then
    self.cancelled = true
  end
  return not self.cancelled
end

--- Was it cancelled, or has it met an error that ends it?
function Run:is_over()
  return self.outcome.stopped ~= nil or not self:report(0)
end

--- Does one step for a photo; a failure is noted, and a fatal one ends the run.
-- @return what the step returned, or nil.
function Run:try(photo, step, ...)
  if self:is_over() then
    return nil
  end
  local ok, value, fault = self.protect(step, ...)
  if not ok then
    value, fault = nil, errors.new("bug", { detail = value })
  end
  self.steps = self.steps + 1
  if value == nil then
    self:note(photo, fault)
  end
  return value
end

function Run:note(photo, fault)
  if errors.is_fatal(fault) then
    self.outcome.stopped = fault
  elseif fault.code ~= "cancelled" then
    table.insert(self.outcome.failed, { name = self.name_of(photo), message = fault.message })
  end
end

--- Makes the result for an open take, and closes it.
function Run:complete(take)
  local make = self.settings.mode == "copy" and self.copy or self.look
  local ok, made, fault = self.protect(make, self, take)
  self:close_take(take)
  if not ok then
    return nil, errors.new("bug", { detail = made })
  end
  self.outcome.done = self.outcome.done + (made and 1 or 0)
  return made, fault
end

--- The strength, as options of a request.
function Run:strengths()
  local settings = self.settings
  if settings.has_mask then
    return { person = settings.person, background = settings.background }
  end
  return { strength = settings.strength }
end

--- Notes the helper's figure for a LUT: how far it is from the pixel-by-pixel render.
-- @param count of the photos that get this LUT.
function Run:note_lut(facts, count)
  local delta_e = self.settings.has_mask and facts.delta_e or 0
  if delta_e > NOTICED then
    self.outcome.apart = self.outcome.apart + count
    self.outcome.farthest = math.max(self.outcome.farthest, delta_e)
  end
end

--- Adds to a request's options which photo it is for, and which look it gets.
function Run:options(take, options)
  options.name = contract.label(self.name_of(take.photo))
  if take.id then
    options.group, options.take = self.group, take.id
  else
    options.model = self.settings.model
  end
  return options
end

return Run

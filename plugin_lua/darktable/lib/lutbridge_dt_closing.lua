--- What is done while darktable closes. It waits for no Lua then, except for what its event "exit" calls.
--
-- From version 5 on, darktable puts a style on a photo in its main thread. Once darktable is closing, that thread takes
-- no more work: a job that asks for it waits for ever, and so does darktable. What "exit" calls runs in that thread.
local dt = require "darktable"

local M = {}

local NAP_MS = 50

local asked = {} -- tasks for the main thread: {work, given, done, value}

--- Calls `work(...)` in a thread that darktable lets do it, and returns what it returns.
-- @return nil where darktable does not wait any longer.
function M.safely(work, ...)
  if not dt.control.ending then
    return work(...)
  end
  local task = { work = work, given = { ... } }
  table.insert(asked, task)
  while not task.done do
    dt.control.sleep(NAP_MS)
  end
  return task.value
end

local function work_off()
  while #asked > 0 do
    local task = table.remove(asked, 1)
    local ok, value = xpcall(task.work, debug.traceback, table.unpack(task.given))
    if not ok then
      dt.print_error("lutbridge: " .. value)
    end
    task.done, task.value = true, ok and value or nil
  end
end

--- Waits, for some seconds at most, until `is_done()`, and does meanwhile what jobs ask for. "exit" is to call it.
function M.wait(seconds, is_done)
  for _ = 1, seconds * 1000 // NAP_MS do
    work_off()
    if is_done() then
      return
    end
    dt.control.sleep(NAP_MS)
  end
end

return M

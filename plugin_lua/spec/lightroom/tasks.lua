--- LrTasks and LrFunctionContext: tasks are coroutines, as in Lightroom, so that whatever waits inside a plain pcall,
-- or outside of a task, fails as it does there.
local strict = require "lightroom.strict"

local M = {}

local function pack(...)
  return { n = select("#", ...), ... }
end

--- @param nap function that lets so many seconds pass.
-- @param execute function that runs a shell command and returns its exit status.
function M.new(nap, execute)
  local queue, now = {}, 0
  local tasks = { faults = {} }

  --- Lets others go on for a while; for the other stand-ins too.
  function tasks.wait(what, seconds)
    if not coroutine.running() then
      error(what .. " waits, and may be called in a task only", 3)
    end
    coroutine.yield(seconds or 0)
  end

  function tasks.start(work)
    table.insert(queue, { routine = coroutine.create(work), at = now })
  end

  --- As pcall, for functions that wait.
  function tasks.protect(work, ...)
    local routine = coroutine.create(work)
    local results = pack(coroutine.resume(routine, ...))
    while coroutine.status(routine) == "suspended" do
      results = pack(coroutine.resume(routine, coroutine.yield(results[2])))
    end
    return unpack(results, 1, results.n)
  end

  local function next_task()
    local first = 1
    for index, task in ipairs(queue) do
      if task.at < queue[first].at then
        first = index
      end
    end
    return table.remove(queue, first)
  end

  --- Runs until no task is left; a fault in one is an error.
  function tasks.run()
    while #queue > 0 do
      local task = next_task()
      if task.at > now then
        nap(task.at - now)
        now = task.at
      end
      local ok, seconds = coroutine.resume(task.routine)
      if not ok then
        error(debug.traceback(task.routine, tostring(seconds)), 0)
      elseif coroutine.status(task.routine) == "suspended" then
        task.at = now + seconds
        table.insert(queue, task)
      end
    end
  end

  tasks.LrTasks = strict.fixed("LrTasks", {
    startAsyncTask = function(work)
      strict.arguments("startAsyncTask", { "function" }, work)
      tasks.start(work)
    end,
    sleep = function(seconds)
      strict.arguments("sleep", { "number" }, seconds)
      tasks.wait("LrTasks.sleep", seconds)
    end,
    pcall = tasks.protect,
    execute = function(command)
      strict.arguments("execute", { "string" }, command)
      tasks.wait "LrTasks.execute"
      return execute(command)
    end,
  })

  local function in_context(work)
    local cleanups, failures = {}, {}
    local context = strict.fixed("LrFunctionContext", {
      addCleanupHandler = function(_, handler)
        table.insert(cleanups, 1, handler)
      end,
      addFailureHandler = function(_, handler)
        table.insert(failures, 1, handler)
      end,
    })
    local results = pack(tasks.protect(work, context))
    for _, handler in ipairs(results[1] and {} or failures) do
      handler(unpack(results, 1, results.n))
    end
    for _, handler in ipairs(cleanups) do
      handler(unpack(results, 1, results.n))
    end
    return results[1] or #failures > 0, results[2]
  end

  tasks.in_context = in_context

  tasks.LrFunctionContext = strict.fixed("LrFunctionContext", {
    postAsyncTaskWithContext = function(name, work)
      strict.arguments("postAsyncTaskWithContext", { "string", "function" }, name, work)
      tasks.start(function()
        local handled, fault = in_context(work)
        if not handled then
          error(fault, 0)
        end
      end)
    end,
  })
  return tasks
end

return M

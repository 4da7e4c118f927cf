--- The parts of the darktable plug-in that are only text and files, on a darktable made of a table. What it does to
-- photos is tested in a real darktable: tests/hosts/darktable.
local support = require "support"

package.loaded.darktable = {
  configuration = { running_os = "linux", tmp_dir = os.getenv "TMPDIR" or "/tmp", config_dir = "/nowhere" },
  control = {
    execute = function(command)
      local _, _, code = os.execute(command)
      return code << 8
    end,
  },
}

local curl = require "lutbridge_dt_curl"
local files = require "lutbridge_dt_files"
local style = require "lutbridge_dt_style"
local summary = require "lutbridge_dt_summary"

describe("lutbridge_dt_curl", function()
  local request = {
    method = "POST",
    url = "http://127.0.0.1:1/v1/lut?name=a",
    headers = { { "Authorization", "Bearer " .. support.TOKEN } },
    body_file = [[/tmp/a "b" \c 'd'.tif]],
    seconds = 660,
  }

  it("writes a request into curl's file, odd names included", function()
    local text = curl.config(request, "/tmp/body", "/tmp/headers")
    assert.is_truthy(text:find([[upload-file = "/tmp/a \"b\" \\c 'd'.tif"]], 1, true))
    assert.is_truthy(text:find('header = "Authorization: Bearer ' .. support.TOKEN .. '"', 1, true))
    assert.is_truthy(text:find('noproxy = "*"', 1, true))
    assert.is_truthy(text:find("max-time = 660", 1, true))
  end)

  it("says how long an empty body is", function()
    local text = curl.config({ method = "POST", url = "u", headers = {}, seconds = 1 }, "b", "h")
    assert.is_truthy(text:find('header = "Content-Length: 0"', 1, true))
    text = curl.config({ method = "GET", url = "u", headers = {}, seconds = 1 }, "b", "h")
    assert.is_nil(text:find("Content-Length", 1, true))
  end)

  it("reads the headers of an answer", function()
    local status, headers = curl.parse_headers "HTTP/1.1 503 SERVICE UNAVAILABLE\r\nRetry-After: 2\r\nX-A:b: c\r\n\r\n"
    assert.equal(503, status)
    assert.same({ ["retry-after"] = "2", ["x-a"] = "b: c" }, headers)
    assert.is_nil((curl.parse_headers ""))
  end)

  it("says that nobody listens, and leaves no token behind", function()
    local workspace = assert(files.workspace())
    local send = curl.sender(workspace)
    local response, reason = send { method = "GET", url = "http://127.0.0.1:1/", headers = {}, seconds = 5 }
    assert.is_nil(response)
    assert.equal("refused", reason)
    assert.is_false(files.exists(files.join(workspace.folder, "curl.txt")))
    workspace:close()
  end)
end)

describe("lutbridge_dt_files", function()
  it("makes a folder for nobody else, and takes it away", function()
    local workspace = assert(files.workspace())
    local path = workspace:path "a b.tif"
    assert.is_true(files.write(path, "x"))
    local listing = io.popen("ls -ld " .. workspace.folder)
    assert.matches("^drwx%-%-%-%-%-%-", listing:read "a")
    listing:close()
    workspace:close()
    assert.is_false(files.exists(path))
    assert.is_nil(io.open(workspace.folder))
  end)

  it("hashes as FNV-1a does", function()
    assert.equal("cbf29ce484222325", files.hash "")
    assert.equal("af63dc4c8601ec8c", files.hash "a")
    assert.equal("85944171f73967e8", files.hash "foobar")
    assert.not_equal(files.hash(("x"):rep(10000)), files.hash(("x"):rep(9999) .. "y"))
  end)

  it("quotes for the shell", function()
    assert.equal([['it'\''s $HOME']], files.quote "it's $HOME")
  end)

  it("tells a file that cannot be written", function()
    assert.is_false(files.write("/nowhere/a", "x"))
    assert.is_nil(files.read "/nowhere/a")
  end)
end)

local ENTRY = "<plugin><num>%d</num><module>3</module><operation>%s</operation><op_params>00</op_params><enabled>%d"
  .. "</enabled><multi_priority>%d</multi_priority><multi_name>%s</multi_name></plugin>"

local function history(...)
  local entries = {}
  for index, entry in ipairs { ... } do
    entries[index] = ENTRY:format(index, table.unpack(entry))
  end
  local order = "exposure,0,colorin,0,lut3d,0,lut3d,1,velvia,0,vignette,0,colorout,0,clahe,0,gamma,0"
  local info = "<info><name>x</name><iop_list>" .. order .. "</iop_list></info>"
  return style.read("<darktable_style>" .. info .. "<style>" .. table.concat(entries) .. "</style></darktable_style>")
end

describe("lutbridge_dt_style", function()
  it("writes parameters of 520 bytes", function()
    local parameters = style.entry("lutbridge/a.cube"):match "<op_params>(.-)</op_params>"
    assert.equal(1040, #parameters)
    assert.equal("lutbridge/a.cube\0", (parameters:gsub("%x%x", function(byte)
      return string.char(tonumber(byte, 16))
    end)):sub(1, 17))
  end)

  it("writes what it reads", function()
    local read = style.read(style.style("name", style.entry "a.cube", { "lut3d,0", "colorout,0" }))
    assert.same({ "lut3d,0", "colorout,0" }, read.order)
    local own = style.find(read)
    assert.is_true(own.enabled)
    assert.is_false(style.find(style.read(style.style("name", style.switched_off(own.text)))).enabled)
  end)

  it("knows its own instance from the user's", function()
    assert.is_nil(style.find(history { "lut3d", 1, 0, " " }))
    local own = style.find(history({ "lut3d", 1, 0, " " }, { "lut3d", 1, 1, "Auto Retouch" }))
    assert.equal("1", own.instance)
  end)

  it("names the modules that come later", function()
    local all = history(
      { "exposure", 1, 0, "" },
      { "lut3d", 1, 0, "Auto Retouch" },
      { "lut3d", 1, 1, "mine" },
      { "velvia", 1, 0, "" },
      { "vignette", 0, 0, "" },
      { "colorout", 1, 0, "" },
      { "clahe", 1, 0, "" },
      { "gamma", 1, 0, "" }
    )
    assert.same({ "lut3d", "velvia", "clahe" }, style.later_modules(all))
  end)

  it("moves itself to the end, and nothing else", function()
    local order = style.order_at_end(history({ "lut3d", 1, 0, "Auto Retouch" }, { "lut3d", 1, 1, "mine" }))
    local expected = "exposure,0 colorin,0 lut3d,1 velvia,0 vignette,0 lut3d,0 colorout,0 clahe,0 gamma,0"
    assert.equal(expected, table.concat(order, " "))
    assert.is_nil(style.order_at_end(history { "velvia", 1, 0, "" }))
  end)
end)

describe("lutbridge_dt_summary", function()
  local function outcome(changes)
    local facts = { done = 3, failed = {}, left_alone = {}, later = {}, approximate = 0 }
    for name, value in pairs(changes) do
      facts[name] = value
    end
    return facts
  end

  it("is one line where all went well", function()
    assert.same({ "Looks: 3 of 3 photos." }, summary.lines(outcome {}, 3, "look"))
  end)

  it("begins with what ended the run", function()
    local lines = summary.lines(outcome { stopped = { message = "No." }, cancelled = true }, 9, "copy")
    assert.same({ "No.", "Rendered copies: 3 of 9 photos.", "Cancelled." }, lines)
  end)

  it("names photos and modules, and not too many", function()
    local failed = {}
    for index = 1, 25 do
      failed[index] = { name = index .. ".nef", message = "no" }
    end
    local facts = outcome { failed = failed, later = { velvia = true, bilat = true }, approximate = 2 }
    local lines = summary.lines(facts, 30, "look")
    assert.equal(23, #lines)
    assert.equal("20.nef: no", lines[21])
    assert.equal("… and 5 more.", lines[22])
    assert.matches("Approximate in 2, .*: bilat, velvia%.", lines[23])
  end)
end)

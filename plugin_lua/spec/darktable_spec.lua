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

local curl = require "lutbridge_curl"
local dt_curl = require "lutbridge_dt_curl"
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
    local send = dt_curl.sender(workspace)
    local response, reason = send { method = "GET", url = "http://127.0.0.1:1/", headers = {}, seconds = 5 }
    assert.is_nil(response)
    assert.equal("refused", reason)
    assert.is_false(files.exists(files.join(workspace.folder, "curl.txt")))
    workspace:close()
  end)
end)

describe("lutbridge_dt_files", function()
  it("lets a file go nowhere, and takes its name away too", function()
    local workspace = assert(files.workspace())
    for _ = 1, 2 do
      workspace:discard "history.nef"
      local path = files.join(workspace.folder, "history.nef")
      assert.is_true(files.write(path, ("x"):rep(100)))
      assert.equal("", files.read(path))
    end
    workspace:close()
    assert.is_false(files.exists(workspace.folder))
  end)

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

  it("waits for its folders, closes them, and removes those of a run that was killed", function()
    local naps = 0
    function package.loaded.darktable.control.sleep()
      naps = naps + 1
    end
    local folder = assert(files.workspace()).folder
    files.finish(1)
    assert.equal(20, naps)
    assert.is_nil(io.open(folder))
    files.finish(1)
    assert.equal(20, naps)
    local killed, others = folder .. "0", folder:gsub("lutbridge%-%x", "lutbridge-x")
    os.execute(("mkdir '%s' '%s'; touch '%s/1.tif'"):format(killed, others, killed))
    files.remove_left_over()
    assert.is_nil(io.open(killed))
    assert.is_truthy(io.open(others))
    os.remove(others)
  end)

  it("makes no folder while darktable closes", function()
    package.loaded.darktable.control.ending = true
    assert.is_nil(files.workspace())
    package.loaded.darktable.control.ending = false
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

-- A photo's history as darktable writes it into XMP; each row is operation, on or off, instance, name.
local ROW = [[<rdf:li
      darktable:num="%d"
      darktable:operation="%s"
      darktable:enabled="%d"
      darktable:modversion="3"
      darktable:params="gz99eJ/+a="
      darktable:multi_priority="%d"
      darktable:multi_name="%s"/>]]

local function xmp(history_end, ...)
  local rows = {}
  for index, row in ipairs { ... } do
    rows[index] = ROW:format(index - 1, table.unpack(row))
  end
  local text = [[<rdf:Description darktable:history_end="%d" darktable:iop_order_version="2">
    <darktable:history><rdf:Seq>%s</rdf:Seq></darktable:history></rdf:Description>]]
  return text:format(history_end, table.concat(rows))
end

local function history(...)
  return style.read(xmp(select("#", ...), ...))
end

local OWN, USERS = { "lut3d", 1, 0, "Auto Retouch" }, { "lut3d", 1, 1, "mine &amp; yours" }
local ORDER = style.read_order(
  "<iop_list>exposure,0,colorin,0,lut3d,0,lut3d,1,velvia,0,vignette,0,colorout,0,clahe,0,gamma,0</iop_list>"
)

local function plugin_of(entry)
  return style.style("name", entry):match "<plugin>(.*)</plugin>"
end

describe("lutbridge_dt_style", function()
  it("writes parameters of 520 bytes", function()
    local parameters = plugin_of(style.entry "lutbridge/a.cube"):match "<op_params>(.-)</op_params>"
    assert.equal(1040, #parameters)
    assert.equal("lutbridge/a.cube\0", (parameters:gsub("%x%x", function(byte)
      return string.char(tonumber(byte, 16))
    end)):sub(1, 17))
  end)

  it("writes what it has read", function()
    local read = history(USERS, OWN)
    local text = plugin_of(style.find(read))
    assert.is_truthy(text:find("<num>1</num><module>3</module><operation>lut3d</operation>", 1, true))
    assert.is_truthy(text:find("<op_params>gz99eJ/+a=</op_params><enabled>1</enabled>", 1, true))
    local off = plugin_of(style.switched_off(style.find(read)))
    assert.equal((text:gsub("<enabled>1<", "<enabled>0<")), off)
    assert.is_truthy(off:find("<multi_name_hand_edited>1<", 1, true))
  end)

  it("knows what counts: the last row of a module, and none that was gone back behind", function()
    local off = { "lut3d", 0, 0, "Auto Retouch" }
    assert.is_false(style.is_on(style.find(history(OWN, USERS, off))))
    assert.is_true(style.is_on(style.find(style.read(xmp(2, OWN, USERS, off)))))
    assert.is_nil(style.find(style.read(xmp(1, USERS, OWN))))
  end)

  it("knows its own instance from the user's", function()
    assert.is_nil(style.find(history { "lut3d", 1, 0, " " }))
    local own = style.find(history({ "lut3d", 1, 0, " " }, { "lut3d", 1, 1, "Auto Retouch" }))
    assert.equal("1", own.multi_priority)
  end)

  it("reads a module order of the photo's own", function()
    assert.is_nil(history(OWN).order)
    local read = style.read '<a darktable:iop_order_version="0" darktable:iop_order_list="colorin,0,lut3d,0"/>'
    assert.same({ "colorin,0", "lut3d,0" }, read.order)
  end)

  it("names the modules that come later", function()
    local all = history(
      { "exposure", 1, 0, "" },
      OWN,
      USERS,
      { "velvia", 1, 0, "" },
      { "vignette", 0, 0, "" },
      { "colorout", 1, 0, "" },
      { "clahe", 1, 0, "" },
      { "gamma", 1, 0, "" }
    )
    assert.same({ "lut3d", "velvia", "clahe" }, style.later_modules(all, ORDER))
  end)

  it("moves itself to the end, and nothing else", function()
    local order = style.order_at_end(history(OWN, USERS), ORDER)
    local expected = "exposure,0 colorin,0 lut3d,1 velvia,0 vignette,0 lut3d,0 colorout,0 clahe,0 gamma,0"
    assert.equal(expected, table.concat(order, " "))
    assert.is_truthy(style.style("name", OWN, order):find("<iop_list>exposure,0,colorin,0,lut3d,1", 1, true))
    assert.is_nil(style.order_at_end(history { "velvia", 1, 0, "" }, ORDER))
  end)
end)

describe("lutbridge_dt_summary", function()
  local function outcome(changes)
    local facts = { done = 3, results = 0, again = 0, failed = {}, left_alone = {}, apart = 0, farthest = 0 }
    facts.later, facts.approximate = {}, 0
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

  it("says what was left out, as it is a result, and what was retouched twice", function()
    local lines = summary.lines(outcome { results = 2 }, 5, "copy")
    assert.equal("Rendered copies: 3 of 3 photos.", lines[1])
    assert.matches("^Skipped: 2 of the selected photos are results of Auto Retouch%.", lines[2])
    lines = summary.lines(outcome { again = 3 }, 3, "copy")
    assert.equal("Already retouched: 3 of these photos are results of Auto Retouch.", lines[2])
  end)

  it("says plainly where a rendered copy says more, and what to press", function()
    local lines = summary.lines(outcome { apart = 2, farthest = 2.349 }, 3, "look")
    assert.equal(2, #lines)
    assert.matches("^In 2 of them, a look cannot treat person and background as .* %(.*up to 2.3%)", lines[2])
    assert.matches('choose "rendered copy" under "result" and press again', lines[2])
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

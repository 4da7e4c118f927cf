--- What a helper has said, as the user sees it.
local logs = require "lutbridge_log"

describe("lutbridge_log", function()
  it("takes the last line that says something", function()
    assert.equal("Disk full", logs.last_line "Traceback\r\n  Disk\r\nDisk full\r\n  \r\n\r\n")
    assert.equal("", logs.last_line "")
  end)

  it("keeps UTF-8, and makes readable what is in another code page", function()
    assert.equal("C:\\Jörg 😀: ΔE", logs.last_line "C:\\Jörg 😀: ΔE")
    assert.equal("C:\\J?rg: gone", logs.last_line "C:\\J\246rg: gone")
    assert.equal("C:\\J??rg", logs.last_line "C:\\J\148\246rg")
  end)
end)

local errors = require "lutbridge_errors"
local messages = require "lutbridge_messages"
local support = require "support"
local texts = require "lutbridge_texts"

local function placeholders(text)
  local names = {}
  for name in text:gmatch "{([^}]*)}" do
    names[name] = true
  end
  return names
end

describe("lutbridge_texts", function()
  it("has each sentence in each language, with the same facts", function()
    for key, text in pairs(texts) do
      for _, language in ipairs(messages.LANGUAGES) do
        assert.is_string(text[language], key .. " in " .. language)
        assert.not_equal("", text[language], key)
        assert.same(placeholders(text.en), placeholders(text[language]), key)
      end
    end
  end)

  it("has no sentence that nobody says", function()
    local source = io.popen("find plugin_lua -name '*.lua' -not -path '*/spec/*' -exec cat {} +"):read "*a"
    local contract = support.read_file "docs/http-contract.md"
    for key in pairs(texts) do
      local code = key:match "^error_(.*)" or key
      local said = source:find('"' .. code .. '"', 1, true) or contract:find("`" .. code .. "`", 1, true)
      -- "mode_look" is said as "mode_" and the choice, or as "mode" and the choice.
      for at in code:gmatch "_()" do
        said = said or source:find('"' .. code:sub(1, at - 1) .. '"', 1, true)
        said = said or source:find('"' .. code:sub(1, at - 2) .. '"', 1, true)
      end
      assert.is_truthy(said, key)
    end
  end)
end)

describe("lutbridge_messages", function()
  after_each(function()
    messages.use "en"
  end)

  it("speaks the user's language, and English otherwise", function()
    local german = texts.error_cancelled.de
    messages.use "de_AT.UTF-8"
    assert.equal(german, messages.text "error_cancelled")
    messages.use "de"
    assert.equal(german, messages.text "error_cancelled")
    for _, locale in ipairs { "fr_FR", "C", "" } do
      messages.use(locale)
      assert.equal("Cancelled.", messages.text "error_cancelled")
    end
    messages.use(nil)
    assert.equal("Cancelled.", messages.text "error_cancelled")
  end)

  it("fills in facts, and leaves what they contain alone", function()
    local error = errors.new("bad_answer", { detail = "%1{host}" })
    assert.matches("did not understand the helper's reply (%1{host}): update", error.message, 1, true)
  end)
end)

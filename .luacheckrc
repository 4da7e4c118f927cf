-- The core runs inside Lightroom (Lua 5.1) and darktable (Lua 5.4): the smallest common standard library.
std = "min"
max_line_length = 120
stds.lightroom = {
  -- What Lightroom's Lua has, of which the plug-in uses a part; not here: os.getenv, os.remove, io.popen, debug.
  read_globals = {
    "assert",
    "error",
    "ipairs",
    "next",
    "pairs",
    "select",
    "setmetatable",
    "tonumber",
    "tostring",
    "type",
    "string",
    "table",
    "math",
    io = { fields = { "open" } },
    "require",
    "import",
    "LOC",
    "_PLUGIN",
    "MAC_ENV",
    "WIN_ENV",
  },
}
files["plugin_lua/darktable"] = { std = "lua54" }
files["plugin_lua/lightroom.lrplugin"] = { std = "lightroom" }
files["plugin_lua/spec"] = { std = "min+busted" }
files["plugin_lua/spec/darktable_*spec.lua"] = { std = "lua54+busted" }
files["plugin_lua/spec/darktable_windows_spec.lua"] = {
  std = "lua54+busted",
  globals = { os = { fields = { "getenv", "remove", "rename" } }, io = { fields = { "open" } } },
}
files["plugin_lua/spec/lightroom"] = { std = "lua51" }
files["plugin_lua/spec/lightroom_*_spec.lua"] = { std = "lua51+busted" }
files[".busted"] = { std = "min" }

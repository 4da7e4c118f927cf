-- The core runs inside Lightroom (Lua 5.1) and darktable (Lua 5.4): the smallest common standard library.
std = "min"
max_line_length = 120
files["plugin_lua/darktable"] = { std = "lua54" }
files["plugin_lua/spec"] = { std = "min+busted" }
files["plugin_lua/spec/darktable_spec.lua"] = { std = "lua54+busted" }
files[".busted"] = { std = "min" }

"""A real darktable under Xvfb, driven through a chunk of Lua at a time."""

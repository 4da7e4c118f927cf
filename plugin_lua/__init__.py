"""The plug-ins for darktable and Lightroom, in Lua: data that `lutbridge plugin install` copies."""

-- What Lightroom reads first, with nothing but LOC at hand: the titles stand here and in TranslatedStrings_de.txt as
-- they stand in lutbridge_texts.
local RETOUCH = {
  title = LOC "$$$/Lutbridge/Retouch=Auto Retouch",
  file = "lutbridge_lr_menu_retouch.lua",
  enabledWhen = "photosSelected",
}
local SETTINGS = {
  title = LOC "$$$/Lutbridge/Settings=Auto Retouch: Settings and Helper",
  file = "lutbridge_lr_menu_settings.lua",
}

return {
  LrSdkVersion = 13.0,
  LrSdkMinimumVersion = 8.0,
  LrToolkitIdentifier = "org.lutbridge.lightroom",
  LrPluginName = "lutbridge",
  LrPluginInfoProvider = "lutbridge_lr_page.lua",
  LrExportMenuItems = { RETOUCH, SETTINGS },
  LrLibraryMenuItems = { RETOUCH, SETTINGS },
  LrExportServiceProvider = {
    title = LOC "$$$/Lutbridge/Retouch=Auto Retouch",
    file = "lutbridge_lr_export.lua",
    builtInPresetsDir = "presets",
  },
  VERSION = { major = 0, minor = 1, revision = 0 },
}

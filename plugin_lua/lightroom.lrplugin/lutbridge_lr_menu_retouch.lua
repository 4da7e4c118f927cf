--- The menu item "Auto Retouch".
require("lutbridge_lr_actions").retouch()

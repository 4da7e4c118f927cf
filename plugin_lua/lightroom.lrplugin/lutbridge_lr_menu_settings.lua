--- The menu item "Auto Retouch: Settings and Helper".
require("lutbridge_lr_window").open()

--- Every sentence that a user of the plug-ins sees, in each language. `{name}` is filled in.
local texts = {
  -- Errors of finding and starting the helper.
  error_helper_absent = {
    en = 'The lutbridge helper is not running: press "start helper", or type in a terminal: {command} serve',
    de = "Der lutbridge-Helfer läuft nicht: „Helfer starten“ drücken oder im Terminal eingeben: {command} serve",
  },
  error_helper_gone = {
    en = "The helper stopped responding: start it again and repeat the remaining photos.",
    de = "Der Helfer antwortet nicht mehr: neu starten und die übrigen Fotos wiederholen.",
  },
  error_plugin_protocol = {
    en = "This plug-in is too old for the helper. Update it, in a terminal: {command} plugin install {host}",
    de = "Dieses Plug-in ist zu alt für den Helfer. Im Terminal aktualisieren: {command} plugin install {host}",
  },
  error_helper_protocol = {
    en = "The helper is too old for this plug-in. Stop it, in a terminal: {command} serve --stop. If this message "
      .. "comes back, update lutbridge.",
    de = "Der Helfer ist zu alt für dieses Plug-in. Im Terminal beenden: {command} serve --stop. Erscheint diese "
      .. "Meldung wieder, lutbridge aktualisieren.",
  },
  plugin_is_older = {
    en = "This plug-in is version {ours}. Update it, in a terminal: {command} plugin install {host}",
    de = "Dieses Plug-in hat die Version {ours}. Im Terminal aktualisieren: {command} plugin install {host}",
  },
  helper_is_older = {
    en = "This plug-in is version {ours}. Stop the older helper, in a terminal: {command} serve --stop. If this "
      .. "message comes back, update lutbridge.",
    de = "Dieses Plug-in hat die Version {ours}. Den älteren Helfer im Terminal beenden: {command} serve --stop. "
      .. "Erscheint diese Meldung wieder, lutbridge aktualisieren.",
  },
  error_helper_silent = {
    en = "The helper did not start within {seconds} s. To see why, type in a terminal: {command} serve",
    de = "Der Helfer ist nach {seconds} s noch nicht bereit. Den Grund zeigt im Terminal: {command} serve",
  },
  error_helper_program = {
    en = "lutbridge is no longer at {program}. Reinstall it if necessary, then type in a terminal: lutbridge plugin "
      .. "install {host}",
    de = "lutbridge liegt nicht mehr unter {program}. Bei Bedarf neu installieren, dann im Terminal eingeben: "
      .. "lutbridge plugin install {host}",
  },
  error_helper_ended = {
    en = "The helper stopped right after starting: {detail} Its full output is in {log}. To start it by hand, type "
      .. "in a terminal: {command} serve",
    de = "Der Helfer hat sich gleich nach dem Start beendet: {detail} Seine vollständige Ausgabe steht in {log}. Von "
      .. "Hand startet ihn im Terminal: {command} serve",
  },
  error_strength = {
    en = "The strength is 0, so nothing would change: raise it and press again.",
    de = "Die Stärke ist 0, es würde sich also nichts ändern: erhöhen und noch einmal drücken.",
  },
  error_no_curl = {
    en = "The program curl is missing: install it.",
    de = "Das Programm curl fehlt: bitte installieren.",
  },

  -- Errors of the helper; {detail} is its own sentence.
  error_bad_answer = {
    en = "The plug-in did not understand the helper's reply ({detail}): update lutbridge and this plug-in.",
    de = "Das Plug-in versteht die Antwort des Helfers nicht ({detail}): lutbridge und dieses Plug-in aktualisieren.",
  },
  error_other = { en = "The helper says: {detail}", de = "Der Helfer meldet: {detail}" },
  error_internal = {
    en = "The helper ran into an internal error: see its log for details ({detail}).",
    de = "Im Helfer ist ein interner Fehler aufgetreten: Näheres steht in seinem Protokoll ({detail}).",
  },
  error_unauthorized = {
    en = "The helper rejected this plug-in: stop the helper and start it again.",
    de = "Der Helfer hat dieses Plug-in abgewiesen: den Helfer beenden und neu starten.",
  },
  error_shutting_down = {
    en = "The helper is shutting down: start it again.",
    de = "Der Helfer wird gerade beendet: neu starten.",
  },
  error_busy = {
    en = "The helper is busy with other photos: try again later.",
    de = "Der Helfer ist mit anderen Fotos beschäftigt: später noch einmal versuchen.",
  },
  error_deadline = {
    en = "The helper took too long for this photo: try a smaller one, or try again.",
    de = "Der Helfer hat für dieses Foto zu lange gebraucht: ein kleineres nehmen oder noch einmal versuchen.",
  },
  error_photo_refused = {
    en = "The helper cannot read the photo: {detail}",
    de = "Der Helfer kann das Foto nicht lesen: {detail}",
  },
  error_too_many_pixels = { en = "The photo is too large: {detail}", de = "Das Foto ist zu groß: {detail}" },
  error_body_too_large = { en = "The photo's file is too large: {detail}", de = "Die Fotodatei ist zu groß: {detail}" },
  error_out_of_memory = {
    en = "There is not enough memory for this photo: close other programs. ({detail})",
    de = "Für dieses Foto reicht der Arbeitsspeicher nicht: andere Programme schließen. ({detail})",
  },
  error_no_space = {
    en = "The disk with the temporary folder is full: make some room. ({detail})",
    de = "Die Platte mit dem Temporärordner ist voll: Platz schaffen. ({detail})",
  },
  error_unknown_model = {
    en = "The helper does not have this model: choose another. ({detail})",
    de = "Der Helfer hat dieses Modell nicht: ein anderes wählen. ({detail})",
  },
  error_model_unavailable = {
    en = "The model's file is missing or damaged: install lutbridge again. ({detail})",
    de = "Die Datei des Modells fehlt oder ist beschädigt: lutbridge neu installieren. ({detail})",
  },
  error_unknown_group = {
    en = "The helper no longer has this group of photos: try again.",
    de = "Der Helfer kennt diese Gruppe von Fotos nicht mehr: noch einmal versuchen.",
  },
  error_too_many_takes = {
    en = "Too many photos for one group: select fewer. ({detail})",
    de = "Zu viele Fotos für eine Gruppe: weniger auswählen. ({detail})",
  },
  error_too_many_groups = {
    en = "The helper has too many groups open: try again later. ({detail})",
    de = "Der Helfer hat zu viele Gruppen offen: später noch einmal versuchen. ({detail})",
  },
  error_too_many_jobs = {
    en = "The helper has too much work waiting: try again later. ({detail})",
    de = "Beim Helfer wartet schon zu viel Arbeit: später noch einmal versuchen. ({detail})",
  },

  -- Errors on the host's side.
  error_not_saved = {
    en = "The result could not be saved: check whether the disk is full.",
    de = "Das Ergebnis lässt sich nicht speichern: prüfen, ob die Platte voll ist.",
  },
  error_cancelled = { en = "Cancelled.", de = "Abgebrochen." },
  error_bug = {
    en = "The plug-in ran into an internal error: {detail}",
    de = "Im Plug-in ist ein interner Fehler aufgetreten: {detail}",
  },
  error_temporary = {
    en = "Could not create a folder in {folder}: check the disk and the permissions.",
    de = "In {folder} lässt sich kein Ordner anlegen: Platte und Zugriffsrechte prüfen.",
  },
  error_photo_missing = {
    en = "The file is not where darktable expects it: connect the disk, or find the file again.",
    de = "Die Datei ist nicht da, wo darktable sie erwartet: Platte anschließen oder Datei wieder zuordnen.",
  },
  error_photo_folder = {
    en = "Could not write to {folder}, the folder of the original: check the permissions.",
    de = "In {folder}, den Ordner des Originals, lässt sich nichts schreiben: Zugriffsrechte prüfen.",
  },
  error_export = {
    en = "darktable could not export the photo: check whether it opens in the darkroom.",
    de = "darktable konnte das Foto nicht exportieren: prüfen, ob es sich in der Dunkelkammer öffnen lässt.",
  },
  error_export_scaled = {
    en = 'The export panel is set to "by scale": set it to "in pixels" for full-size copies.',
    de = "Das Exportmodul steht auf „nach Maßstab“: für Kopien in voller Größe auf „in Pixel“ stellen.",
  },
  error_style = {
    en = "darktable did not accept the look: try again, and report it if it happens again.",
    de = "darktable hat den Look nicht angenommen: noch einmal versuchen und, falls es wieder geschieht, melden.",
  },
  error_lut_folder = {
    en = "The LUT folder {folder} is not writable: choose another in darktable's preferences, under processing.",
    de = "In den LUT-Ordner {folder} lässt sich nichts schreiben: in darktables Einstellungen einen anderen wählen.",
  },
  error_library = {
    en = "The open library is not the one in darktable's settings folder, so nothing was moved.",
    de = "Geöffnet ist nicht die Bibliothek aus darktables Einstellungsordner; es wurde nichts verschoben.",
  },
}

for _, host in ipairs { "darktable", "lightroom" } do
  for key, text in pairs(require("lutbridge_texts_" .. host)) do
    texts[key] = text
  end
end

return texts

--- Every sentence that a user of the plug-ins sees, in each language. `{name}` is filled in.
local texts = {
  -- Errors of finding and starting the helper.
  error_helper_absent = {
    en = 'The lutbridge helper is not running: press "start helper", or run "lutbridge serve" in a terminal.',
    de = 'Der lutbridge-Helfer läuft nicht: „Helfer starten“ drücken oder „lutbridge serve“ im Terminal aufrufen.',
  },
  error_helper_gone = {
    en = "The helper has stopped answering: start it again and repeat the photos that are left.",
    de = "Der Helfer antwortet nicht mehr: neu starten und die übrigen Fotos wiederholen.",
  },
  error_helper_protocol = {
    en = "The helper speaks protocol {theirs} and this plug-in {ours}: update the older of the two.",
    de = "Der Helfer spricht Protokoll {theirs}, dieses Plug-in {ours}: das ältere von beiden aktualisieren.",
  },
  error_helper_silent = {
    en = 'The helper did not come up within {seconds} s: run "lutbridge serve" in a terminal and read what it says.',
    de = "Der Helfer ist nach {seconds} s nicht da: „lutbridge serve“ im Terminal aufrufen und lesen, was es meldet.",
  },
  error_no_curl = {
    en = "The program curl is missing: install it.",
    de = "Das Programm curl fehlt: bitte installieren.",
  },

  -- Errors of the helper; {detail} is its own sentence.
  error_bad_answer = {
    en = "The helper gave an answer that makes no sense ({detail}): update lutbridge and this plug-in.",
    de = "Der Helfer hat unverständlich geantwortet ({detail}): lutbridge und dieses Plug-in aktualisieren.",
  },
  error_other = { en = "The helper says: {detail}", de = "Der Helfer meldet: {detail}" },
  error_internal = {
    en = "The helper met a bug of its own: its log has the details ({detail}).",
    de = "Der Helfer ist auf einen eigenen Fehler gestoßen: Näheres steht in seinem Protokoll ({detail}).",
  },
  error_unauthorized = {
    en = "The helper refuses this plug-in's token: stop and start the helper.",
    de = "Der Helfer lehnt das Token dieses Plug-ins ab: den Helfer beenden und neu starten.",
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
    en = "The helper has forgotten this group of photos: try again.",
    de = "Der Helfer hat diese Gruppe von Fotos vergessen: noch einmal versuchen.",
  },
  error_too_many_takes = {
    en = "These are too many photos for one group: choose fewer. ({detail})",
    de = "Das sind zu viele Fotos für eine Gruppe: weniger auswählen. ({detail})",
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
    en = "The result cannot be saved: check whether the disk is full.",
    de = "Das Ergebnis lässt sich nicht speichern: prüfen, ob die Platte voll ist.",
  },
  error_cancelled = { en = "Cancelled.", de = "Abgebrochen." },
  error_bug = {
    en = "The plug-in met a bug of its own: {detail}",
    de = "Das Plug-in ist auf einen eigenen Fehler gestoßen: {detail}",
  },
  error_temporary = {
    en = "No folder can be made in {folder}: check the disk and its permissions.",
    de = "In {folder} lässt sich kein Ordner anlegen: Platte und Rechte prüfen.",
  },
  error_photo_missing = {
    en = "The file is not where darktable expects it: connect the disk, or find the file again.",
    de = "Die Datei ist nicht da, wo darktable sie erwartet: Platte anschließen oder Datei wieder zuordnen.",
  },
  error_photo_folder = {
    en = "Nothing can be written to {folder}, beside the original: check its permissions.",
    de = "In {folder}, neben dem Original, lässt sich nichts schreiben: Rechte prüfen.",
  },
  error_export = {
    en = "darktable could not export the photo: try whether it opens in the darkroom.",
    de = "darktable konnte das Foto nicht exportieren: prüfen, ob es sich in der Dunkelkammer öffnen lässt.",
  },
  error_export_scaled = {
    en = 'The export panel is set to "by scale": set it to "in pixels" for full-size copies.',
    de = "Das Exportmodul steht auf „nach Maßstab“: für Kopien in voller Größe auf „in Pixel“ stellen.",
  },
  error_style = {
    en = "darktable did not take the look: try again, and report it if it happens twice.",
    de = "darktable hat den Look nicht angenommen: noch einmal versuchen und bei Wiederholung melden.",
  },
  error_lut_folder = {
    en = "The LUT folder {folder} cannot be written: choose another in darktable's preferences, under processing.",
    de = "In den LUT-Ordner {folder} lässt sich nichts schreiben: in darktables Einstellungen einen anderen wählen.",
  },
  error_library = {
    en = "The library that is open is not the one in darktable's settings folder: nothing was put away.",
    de = "Geöffnet ist nicht die Bibliothek aus darktables Einstellungsordner: nichts wurde weggelegt.",
  },

  -- darktable: the panel and its buttons.
  title = { en = "Auto Retouch", de = "Auto-Retusche" },
  action_retouch = { en = "Auto Retouch", de = "Auto-Retusche" },
  action_remove = { en = "remove Auto Retouch", de = "Auto-Retusche entfernen" },
  button_retouch = { en = "Auto Retouch", de = "Auto-Retusche" },
  button_remove = { en = "remove", de = "entfernen" },
  button_tidy = { en = "tidy up", de = "aufräumen" },
  button_start_helper = { en = "start helper", de = "Helfer starten" },
  button_stop_helper = { en = "stop helper", de = "Helfer beenden" },
  label_mode = { en = "result", de = "Ergebnis" },
  label_group = { en = "selection", de = "Auswahl" },
  label_strength = { en = "strength in %", de = "Stärke in %" },
  label_model = { en = "model", de = "Modell" },
  label_view = { en = "LUT", de = "LUT" },
  label_at_end = { en = "look at the end of the pipe", de = "Look ans Ende der Pipeline" },
  mode_look = { en = "look (a LUT, editable)", de = "Look (änderbare LUT)" },
  mode_copy = { en = "rendered copy", de = "gerechnete Kopie" },
  group_off = { en = "each photo by itself", de = "jedes Foto für sich" },
  group_match = { en = "a shoot that matches", de = "eine einheitliche Serie" },
  group_shared = { en = "one look for all", de = "ein Look für alle" },
  view_fitted = { en = "closest to the copy", de = "am nächsten an der Kopie" },
  view_fused = { en = "mean of the photo", de = "Mittel des Fotos" },
  view_image_weights = { en = "photo's weights only", de = "nur Gewichte des Fotos" },
  model_default = { en = "the helper's default", de = "Vorgabe des Helfers" },
  option_start_helper = {
    en = "lutbridge: start the helper when it is needed",
    de = "lutbridge: Helfer bei Bedarf starten",
  },
  option_grid_size = { en = "lutbridge: grid size of looks", de = "lutbridge: Gittergröße der Looks" },
  option_copy_format = { en = "lutbridge: format of rendered copies", de = "lutbridge: Format gerechneter Kopien" },
  tip_retouch = {
    en = "Finds a look for each selected photo and puts it on, or makes rendered copies.",
    de = "Findet für jedes gewählte Foto einen Look und legt ihn an, oder rechnet Kopien.",
  },
  tip_remove = {
    en = "Switches Auto Retouch off in the selected photos; their other edits stay.",
    de = "Schaltet die Auto-Retusche in den gewählten Fotos ab; alles andere bleibt.",
  },
  tip_tidy = {
    en = "Finds .cube files that no photo and no style of this library uses, and offers to put them away.",
    de = "Sucht .cube-Dateien, die kein Foto und kein Stil dieser Bibliothek braucht, und bietet an, sie wegzulegen.",
  },
  tip_mode = {
    en = "A look is an instance of LUT 3D and stays editable; a copy treats each place by itself.",
    de = "Ein Look ist eine Instanz von LUT 3D und bleibt änderbar; eine Kopie geht auf jede Stelle einzeln ein.",
  },
  tip_group = {
    en = "Whether the selected photos are one shoot whose looks match, or even share one look.",
    de = "Ob die gewählten Fotos eine Serie sind, deren Looks zueinander passen oder sogar ein Look sind.",
  },
  tip_strength = { en = "0 leaves the photo as it is.", de = "0 lässt das Foto, wie es ist." },
  tip_model = { en = "The model that finds the look.", de = "Das Modell, das den Look findet." },
  tip_view = {
    en = "How the retouching of single pixels becomes one LUT for the photo.",
    de = "Wie aus der Retusche einzelner Pixel eine LUT für das Foto wird.",
  },
  tip_at_end = {
    en = "Where other modules follow LUT 3D: moves the look behind them, which makes it exact. It gives the photo a "
      .. "module order of its own.",
    de = "Wo andere Module auf LUT 3D folgen: legt den Look hinter sie, dann ist er genau. Das Foto bekommt dadurch "
      .. "eine eigene Modulreihenfolge.",
  },
  tip_start_helper = {
    en = "The helper is the program that finds looks; it runs on this computer only.",
    de = "Der Helfer ist das Programm, das Looks findet; er läuft nur auf diesem Rechner.",
  },
  tip_grid_size = { en = "Lattice points along an axis.", de = "Gitterpunkte je Achse." },
  tip_copy_format = { en = "TIFF has 16 bit, JPEG has 8.", de = "TIFF hat 16 Bit, JPEG hat 8." },
  section_helper = { en = "helper", de = "Helfer" },
  status_unknown = { en = "looking for the helper …", de = "suche den Helfer …" },
  status_absent = { en = "is not running; starts when needed", de = "läuft nicht; startet bei Bedarf" },
  status_there = { en = "lutbridge {version} on {device}", de = "lutbridge {version} auf {device}" },

  -- darktable: what it says after a press.
  already_busy = {
    en = "Auto Retouch is at work already.",
    de = "Die Auto-Retusche ist schon an der Arbeit.",
  },
  lighttable_only = {
    en = "Auto Retouch works in the lighttable: go there first.",
    de = "Die Auto-Retusche arbeitet am Leuchttisch: zuerst dorthin wechseln.",
  },
  waiting_for_lighttable = {
    en = "Auto Retouch goes on when you are back in the lighttable.",
    de = "Die Auto-Retusche geht weiter, sobald du wieder am Leuchttisch bist.",
  },
  nothing_selected = { en = "Select photos first.", de = "Zuerst Fotos auswählen." },
  job_retouch = { en = "Auto Retouch: {all} photos", de = "Auto-Retusche: {all} Fotos" },
  summary_look = { en = "Looks: {done} of {all} photos.", de = "Looks: {done} von {all} Fotos." },
  summary_copy = { en = "Rendered copies: {done} of {all} photos.", de = "Gerechnete Kopien: {done} von {all} Fotos." },
  summary_removed = {
    en = "Removed from {done} of {all} photos.",
    de = "Von {done} der {all} Fotos entfernt.",
  },
  summary_failed = { en = "{name}: {message}", de = "{name}: {message}" },
  summary_alone = {
    en = "{name} does not follow the others: {message}",
    de = "{name} folgt den anderen nicht: {message}",
  },
  summary_more = { en = "… and {count} more.", de = "… und {count} weitere." },
  summary_later = {
    en = 'Approximate in {count}, because modules come after the look: {modules}. "At the end of the pipe" makes it '
      .. "exact where it can.",
    de = "Nur ungefähr in {count}, weil nach dem Look noch Module kommen: {modules}. „Ans Ende der Pipeline“ macht ihn "
      .. "genau, wo es geht.",
  },
  told_srgb = {
    en = "While a look is on, colours and highlights are limited to sRGB, in exports too. (This is said once.)",
    de = "Solange ein Look an ist, sind Farben und Lichter auf sRGB begrenzt, auch im Export. (Nur einmal gesagt.)",
  },
  tidy_nothing = { en = "Every .cube file is in use.", de = "Jede .cube-Datei wird gebraucht." },
  tidy_offer = {
    en = "{count} .cube files are not used by this library. Press again to put them away.",
    de = "{count} .cube-Dateien braucht diese Bibliothek nicht. Noch einmal drücken legt sie weg.",
  },
  tidy_done = {
    en = "{count} .cube files are in {folder} now; delete them when you like.",
    de = "{count} .cube-Dateien liegen jetzt in {folder}; löschen, wann immer du willst.",
  },
  helper_starting = { en = "Starting the helper …", de = "Der Helfer startet …" },
  helper_started = { en = "The helper is running.", de = "Der Helfer läuft." },
  helper_stopped = { en = "The helper has been stopped.", de = "Der Helfer ist beendet." },
}

for key, text in pairs(require "lutbridge_texts_lightroom") do
  texts[key] = text
end

return texts

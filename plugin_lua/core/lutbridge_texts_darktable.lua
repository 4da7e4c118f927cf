--- The sentences of darktable's plug-in, some shared with Lightroom's; see lutbridge_texts.
return {
  -- The panel and its buttons.
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
  label_person = { en = "person in %", de = "Person in %" },
  label_background = { en = "background in %", de = "Hintergrund in %" },
  label_model = { en = "model", de = "Modell" },
  label_view = { en = "look from", de = "Look aus" },
  label_at_end = { en = "apply the look after all other modules", de = "Look nach allen anderen Modulen anwenden" },
  mode_look = { en = "look (a LUT, editable)", de = "Look (änderbare LUT)" },
  mode_copy = { en = "rendered copy", de = "gerechnete Kopie" },
  group_off = { en = "each photo by itself", de = "jedes Foto für sich" },
  group_match = { en = "a shoot that matches", de = "eine einheitliche Serie" },
  group_shared = { en = "one look for all", de = "ein Look für alle" },
  view_fitted = { en = "the rendered photo (best)", de = "gerechnetem Foto (am besten)" },
  view_fused = { en = "the average over the photo", de = "Mittel über das Foto" },
  view_image_weights = { en = "the photo's overall light", de = "Licht des ganzen Fotos" },
  model_default = { en = "the helper's default", de = "Vorgabe des Helfers" },
  option_start_helper = {
    en = "lutbridge: start the helper when it is needed",
    de = "lutbridge: Helfer bei Bedarf starten",
  },
  option_grid_size = { en = "lutbridge: grid size of looks", de = "lutbridge: Gittergröße der Looks" },
  option_copy_format = { en = "lutbridge: format of rendered copies", de = "lutbridge: Format gerechneter Kopien" },
  tip_retouch = {
    en = "Finds a look for each selected photo and applies it, or makes rendered copies.",
    de = "Findet für jedes gewählte Foto einen Look und wendet ihn an, oder rechnet Kopien.",
  },
  tip_remove = {
    en = "Switches Auto Retouch off in all selected photos; other edits stay. Ctrl+Z undoes one photo only.",
    de = "Schaltet die Auto-Retusche in allen gewählten Fotos ab; andere Bearbeitungen bleiben. Strg+Z macht nur ein "
      .. "Foto rückgängig.",
  },
  tip_tidy = {
    en = "Finds .cube files that no photo or style in this library uses, and offers to move them aside.",
    de = "Sucht .cube-Dateien, die kein Foto und kein Stil dieser Bibliothek verwendet, und bietet an, sie "
      .. "beiseitezulegen.",
  },
  tip_mode = {
    en = "A look is an instance of LUT 3D and stays editable; a copy is retouched area by area.",
    de = "Ein Look ist eine Instanz von LUT 3D und bleibt änderbar; eine Kopie wird Bereich für Bereich retuschiert.",
  },
  tip_group = {
    en = "Retouch the selected photos one by one, as a shoot that matches, or with one look for all.",
    de = "Die gewählten Fotos einzeln retuschieren, als einheitliche Serie oder mit einem Look für alle.",
  },
  tip_strength = {
    en = "How much of the retouching is applied. The panel's reset sets it to 100.",
    de = "Wie viel der Retusche angewandt wird. Das Zurücksetzen des Moduls stellt auf 100.",
  },
  tip_person = {
    en = "How much the person is retouched; 0 leaves the person unchanged. The panel's reset sets it to 100.",
    de = "Wie stark die Person retuschiert wird; 0 lässt sie unverändert. Das Zurücksetzen des Moduls stellt auf 100.",
  },
  tip_background = {
    en = "How much the background is retouched; 0 leaves it unchanged. The panel's reset sets it to 100.",
    de = "Wie stark der Hintergrund retuschiert wird; 0 lässt ihn unverändert. Das Zurücksetzen des Moduls stellt "
      .. "auf 100.",
  },
  tip_model = { en = "The model that finds the look.", de = "Das Modell, das den Look findet." },
  tip_view = {
    en = "The model retouches each area separately, but a look is one LUT for the whole photo. Choose how the look "
      .. "is made; the first choice comes closest to a rendered copy.",
    de = "Das Modell retuschiert jeden Bereich für sich, ein Look aber ist eine LUT für das ganze Foto. Hier wählen, "
      .. "wie der Look entsteht; die erste Möglichkeit kommt der gerechneten Kopie am nächsten.",
  },
  tip_at_end = {
    en = "If other modules follow LUT 3D, moves the look after them, which makes it exact. The photo then has a "
      .. "module order of its own.",
    de = "Falls andere Module auf LUT 3D folgen: legt den Look hinter sie, damit er genau ist. Das Foto erhält "
      .. "dadurch eine eigene Modulreihenfolge.",
  },
  tip_start_helper = {
    en = "The helper is the program that finds looks; it runs on this computer only.",
    de = "Der Helfer ist das Programm, das Looks findet; er läuft nur auf diesem Rechner.",
  },
  tip_grid_size = {
    en = "Grid size of the look's LUT; larger is more accurate.",
    de = "Gittergröße der LUT; größer ist genauer.",
  },
  tip_copy_format = { en = "TIFF has 16 bit, JPEG has 8.", de = "TIFF hat 16 Bit, JPEG hat 8." },
  section_helper = { en = "helper", de = "Helfer" },
  status_unknown = { en = "looking for the helper …", de = "suche den Helfer …" },
  status_absent = { en = "is not running; starts when needed", de = "läuft nicht; startet bei Bedarf" },
  status_gone = {
    en = "is not running, and its program is missing: press Auto Retouch for details",
    de = "läuft nicht, und sein Programm fehlt: „Auto-Retusche“ drücken zeigt Näheres",
  },
  status_flatpak = {
    en = "is not running; a Flatpak cannot start it. Type in a terminal: {command} serve",
    de = "läuft nicht; ein Flatpak kann ihn nicht starten. Im Terminal eingeben: {command} serve",
  },
  status_there = { en = "lutbridge {version} on {device}", de = "lutbridge {version} auf {device}" },

  -- What it says after a press.
  already_busy = { en = "Auto Retouch is already running.", de = "Die Auto-Retusche läuft bereits." },
  lighttable_only = {
    en = "Auto Retouch works in the lighttable: switch to it first.",
    de = "Die Auto-Retusche arbeitet am Leuchttisch: bitte zuerst dorthin wechseln.",
  },
  waiting_for_lighttable = {
    en = "Auto Retouch continues when you return to the lighttable.",
    de = "Die Auto-Retusche geht weiter, sobald der Leuchttisch wieder offen ist.",
  },
  nothing_selected = { en = "Select photos first.", de = "Zuerst Fotos auswählen." },
  job_retouch = { en = "Auto Retouch: {all} photos", de = "Auto-Retusche: {all} Fotos" },
  summary_look = { en = "Looks: {done} of {all} photos.", de = "Looks: {done} von {all} Fotos." },
  error_helper_flatpak = {
    en = "This darktable is a Flatpak and cannot start the helper. Type in a terminal: {command} serve. If it is "
      .. "already running, give darktable access to it once, then restart darktable: flatpak override --user "
      .. "--filesystem=xdg-run/lutbridge:create org.darktable.Darktable",
    de = "Dieses darktable ist ein Flatpak und kann den Helfer nicht starten. Im Terminal eingeben: {command} serve. "
      .. "Falls er schon läuft, darktable einmal den Zugriff erlauben und darktable neu starten: flatpak override "
      .. "--user --filesystem=xdg-run/lutbridge:create org.darktable.Darktable",
  },
  error_dial_person = {
    en = "Person is set to 0, which a double-click on the slider also does: press again to leave the person "
      .. "unchanged, or raise it first.",
    de = "„Person“ steht auf 0, wie auch nach einem Doppelklick auf den Regler: noch einmal drücken, um die Person "
      .. "unverändert zu lassen, oder zuerst erhöhen.",
  },
  error_dial_background = {
    en = "Background is set to 0, which a double-click on the slider also does: press again to leave the background "
      .. "unchanged, or raise it first.",
    de = "„Hintergrund“ steht auf 0, wie auch nach einem Doppelklick auf den Regler: noch einmal drücken, um den "
      .. "Hintergrund unverändert zu lassen, oder zuerst erhöhen.",
  },
  summary_apart = {
    en = "In {count} of them, a look cannot treat person and background as differently as a rendered copy does (mean "
      .. 'ΔE2000 up to {farthest}): for those, choose "rendered copy" under "result" and press again.',
    de = "In {count} davon kann ein Look Person und Hintergrund nicht so verschieden behandeln wie eine gerechnete "
      .. "Kopie (mittleres ΔE2000 bis {farthest}): dafür unter „Ergebnis“ „gerechnete Kopie“ wählen und noch einmal "
      .. "drücken.",
  },
  summary_copies_now = {
    en = '"result" is now set to "rendered copy"; this setting is remembered.',
    de = "„Ergebnis“ steht jetzt auf „gerechnete Kopie“; diese Einstellung bleibt gespeichert.",
  },
  summary_undo = {
    en = 'Ctrl+Z undoes one photo at a time; "remove" removes the looks from all selected photos.',
    de = "Strg+Z macht jeweils nur ein Foto rückgängig; „entfernen“ nimmt die Looks von allen gewählten Fotos.",
  },
  summary_copy = { en = "Rendered copies: {done} of {all} photos.", de = "Gerechnete Kopien: {done} von {all} Fotos." },
  summary_again = {
    en = "Already retouched: {count} of these photos are results of Auto Retouch.",
    de = "Schon retuschiert: {count} dieser Fotos sind Ergebnisse der Auto-Retusche.",
  },
  summary_results = {
    en = "Skipped: {count} of the selected photos are results of Auto Retouch. To retouch them again, select only "
      .. "those.",
    de = "Übersprungen: {count} der gewählten Fotos sind Ergebnisse der Auto-Retusche. Um sie noch einmal zu "
      .. "retuschieren, nur diese auswählen.",
  },
  summary_removed = {
    en = "Removed from {done} of {all} photos.",
    de = "Von {done} der {all} Fotos entfernt.",
  },
  summary_failed = { en = "{name}: {message}", de = "{name}: {message}" },
  summary_alone = { en = "{name} was not matched: {message}", de = "{name} wurde nicht angeglichen: {message}" },
  summary_more = { en = "… and {count} more.", de = "… und {count} weitere." },
  summary_later = {
    en = 'Approximate in {count}, because modules follow the look: {modules}. "Apply the look after all other '
      .. 'modules" makes it exact where possible.',
    de = "Nur ungefähr in {count}, weil nach dem Look noch Module folgen: {modules}. „Look nach allen anderen "
      .. "Modulen anwenden“ macht ihn genau, wo es möglich ist.",
  },
  told_srgb = {
    en = "While a look is on, colours and highlights are limited to sRGB, in exports too. (Shown only once.)",
    de = "Solange ein Look an ist, sind Farben und Lichter auf sRGB begrenzt, auch im Export. (Dieser Hinweis "
      .. "erscheint nur einmal.)",
  },
  tidy_nothing = { en = "Every .cube file is in use.", de = "Alle .cube-Dateien werden verwendet." },
  tidy_offer = {
    en = "{count} .cube files are not used by this library. Press again to move them aside.",
    de = "{count} .cube-Dateien werden in dieser Bibliothek nicht verwendet. Noch einmal drücken legt sie beiseite.",
  },
  tidy_done = {
    en = "{count} .cube files are now in {folder}; delete them when you like.",
    de = "{count} .cube-Dateien liegen jetzt in {folder} und können dort gelöscht werden.",
  },
  helper_starting = {
    en = "starting the helper (first time up to a minute)",
    de = "der Helfer startet (beim ersten Mal bis zu einer Minute)",
  },
  helper_started = { en = "The helper is running.", de = "Der Helfer läuft." },
  helper_stopped = { en = "The helper has stopped.", de = "Der Helfer ist beendet." },
}

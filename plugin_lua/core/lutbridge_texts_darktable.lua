--- The sentences of darktable's plug-in, some of which Lightroom's says too; see lutbridge_texts.
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
    en = "Finds a look for each selected photo and puts it on, or makes rendered copies.",
    de = "Findet für jedes gewählte Foto einen Look und legt ihn an, oder rechnet Kopien.",
  },
  tip_remove = {
    en = "Switches Auto Retouch off in all selected photos; other edits stay. Ctrl+Z takes back one photo only.",
    de = "Schaltet die Auto-Retusche in allen gewählten Fotos ab; anderes bleibt. Strg+Z nimmt nur ein Foto zurück.",
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
  tip_strength = {
    en = "How much of the retouching is applied. The panel's reset sets it to 100.",
    de = "Wie viel der Retusche angewandt wird. Das Zurücksetzen des Moduls stellt auf 100.",
  },
  tip_person = {
    en = "How much the person is retouched; 0 leaves the person as it is. The panel's reset sets it to 100.",
    de = "Wie stark die Person retuschiert wird; 0 lässt sie, wie sie ist. Das Zurücksetzen des Moduls stellt auf 100.",
  },
  tip_background = {
    en = "How much the background is retouched; 0 leaves it as it is. The panel's reset sets it to 100.",
    de = "Wie stark der Hintergrund retuschiert wird; 0 lässt ihn, wie er ist. Das Zurücksetzen des Moduls stellt auf "
      .. "100.",
  },
  tip_model = { en = "The model that finds the look.", de = "Das Modell, das den Look findet." },
  tip_view = {
    en = "The model retouches each place by itself; a look is one LUT for the whole photo. This says how the one "
      .. "becomes the other. The first comes closest to a rendered copy.",
    de = "Das Modell retuschiert jede Stelle für sich; ein Look ist eine LUT für das ganze Foto. Hier steht, wie aus "
      .. "dem einen das andere wird. Das Erste kommt der gerechneten Kopie am nächsten.",
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
  status_gone = {
    en = "is not running, and its program is not where it was: press Auto Retouch to see where that was",
    de = "läuft nicht, und sein Programm ist nicht mehr da, wo es war: „Auto-Retusche“ drücken, um zu sehen, wo",
  },
  status_flatpak = {
    en = "is not running; a Flatpak cannot start it. Type in a terminal: {command} serve",
    de = "läuft nicht; ein Flatpak kann ihn nicht starten. Im Terminal eingeben: {command} serve",
  },
  status_there = { en = "lutbridge {version} on {device}", de = "lutbridge {version} auf {device}" },

  -- What it says after a press.
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
    de = "Die Auto-Retusche geht weiter, sobald der Leuchttisch wieder offen ist.",
  },
  nothing_selected = { en = "Select photos first.", de = "Zuerst Fotos auswählen." },
  job_retouch = { en = "Auto Retouch: {all} photos", de = "Auto-Retusche: {all} Fotos" },
  summary_look = { en = "Looks: {done} of {all} photos.", de = "Looks: {done} von {all} Fotos." },
  error_helper_flatpak = {
    en = "This darktable is a Flatpak and cannot start the helper. Type in a terminal: {command} serve. If it runs "
      .. "already, let darktable see it, once, and start darktable again: flatpak override --user "
      .. "--filesystem=xdg-run/lutbridge:create org.darktable.Darktable",
    de = "Dieses darktable ist ein Flatpak und kann den Helfer nicht starten. Im Terminal eingeben: {command} serve. "
      .. "Falls er schon läuft, darktable ihn einmal sehen lassen und darktable neu starten: flatpak override --user "
      .. "--filesystem=xdg-run/lutbridge:create org.darktable.Darktable",
  },
  error_dial_person = {
    en = "The person stands on 0, where a double-click on the slider puts it too: press again to leave the person as "
      .. "it is, or raise it first.",
    de = "Die Person steht auf 0, wohin auch ein Doppelklick auf den Regler führt: noch einmal drücken, um die Person "
      .. "zu lassen, wie sie ist, oder zuerst erhöhen.",
  },
  error_dial_background = {
    en = "The background stands on 0, where a double-click on the slider puts it too: press again to leave the "
      .. "background as it is, or raise it first.",
    de = "Der Hintergrund steht auf 0, wohin auch ein Doppelklick auf den Regler führt: noch einmal drücken, um den "
      .. "Hintergrund zu lassen, wie er ist, oder zuerst erhöhen.",
  },
  summary_apart = {
    en = "In {count} of them, a look cannot treat person and background as differently as a rendered copy does (mean "
      .. 'ΔE2000 up to {farthest}): for those, choose "rendered copy" under "result" and press again.',
    de = "In {count} davon kann ein Look Person und Hintergrund nicht so verschieden behandeln wie eine gerechnete "
      .. "Kopie (mittleres ΔE2000 bis {farthest}): dafür unter „Ergebnis“ „gerechnete Kopie“ wählen und noch einmal "
      .. "drücken.",
  },
  summary_copies_now = {
    en = '"result" now stands on "rendered copy"; what is chosen there is remembered.',
    de = "„Ergebnis“ steht jetzt auf „gerechnete Kopie“; was dort gewählt wird, bleibt gemerkt.",
  },
  summary_undo = {
    en = 'Ctrl+Z takes back one photo at a time; "remove" takes the looks off all selected photos.',
    de = "Strg+Z nimmt jeweils nur ein Foto zurück; „entfernen“ nimmt die Looks von allen gewählten Fotos ab.",
  },
  summary_copy = { en = "Rendered copies: {done} of {all} photos.", de = "Gerechnete Kopien: {done} von {all} Fotos." },
  summary_again = {
    en = "Retouched before: {count} of these photos, which are results of Auto Retouch.",
    de = "Schon retuschiert: {count} dieser Fotos sind selbst Ergebnisse von Auto-Retusche.",
  },
  summary_results = {
    en = "Left out: {count} of the selected photos, as Auto Retouch made them. To retouch them again, select only "
      .. "those.",
    de = "Ausgelassen: {count} der gewählten Fotos, denn sie sind Ergebnisse von Auto-Retusche. Um sie noch einmal zu "
      .. "retuschieren, nur sie auswählen.",
  },
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
    en = 'Approximate in {count}, because modules come after the look: {modules}. "Apply the look after all other '
      .. 'modules" makes it exact where it can.',
    de = "Nur ungefähr in {count}, weil nach dem Look noch Module kommen: {modules}. „Look nach allen anderen "
      .. "Modulen anwenden“ macht ihn genau, wo es geht.",
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
    de = "{count} .cube-Dateien liegen jetzt in {folder}; dort können sie gelöscht werden.",
  },
  helper_starting = {
    en = "starting the helper (first time up to a minute)",
    de = "der Helfer startet (beim ersten Mal bis zu einer Minute)",
  },
  helper_started = { en = "The helper is running.", de = "Der Helfer läuft." },
  helper_stopped = { en = "The helper has been stopped.", de = "Der Helfer ist beendet." },
}

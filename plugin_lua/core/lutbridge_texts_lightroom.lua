--- The sentences that only Lightroom's plug-in says; see lutbridge_texts.
return {
  -- Errors.
  error_video = { en = "This is a video; choose photos.", de = "Das ist ein Video; bitte Fotos wählen." },
  error_original_missing = {
    en = "The original is missing: connect the disk, or locate the file in Lightroom.",
    de = "Das Original fehlt: Platte anschließen oder die Datei in Lightroom suchen.",
  },
  error_hdr = {
    en = "This photo is edited in HDR, but looks work in sRGB: switch off HDR for it, or make a rendered copy.",
    de = "Dieses Foto ist in HDR bearbeitet, Looks arbeiten aber in sRGB: HDR dafür ausschalten oder eine gerechnete "
      .. "Kopie machen.",
  },
  error_lightroom_export = {
    en = "Lightroom could not export the photo: check whether it opens in Develop. {detail}",
    de = "Lightroom konnte das Foto nicht exportieren: prüfen, ob es sich in „Entwickeln“ öffnen lässt. {detail}",
  },
  error_catalog = {
    en = "Lightroom did not add this to its catalog: {detail}",
    de = "Lightroom hat das nicht in den Katalog aufgenommen: {detail}",
  },
  error_copy_left = {
    en = "The retouched copy is finished but not in the catalog: import {path} yourself. {detail}",
    de = "Die retuschierte Kopie ist fertig, aber nicht im Katalog: {path} bitte selbst importieren. {detail}",
  },
  error_catalog_busy = {
    en = "Lightroom's catalog was busy for too long: close open dialogs and try again.",
    de = "Lightrooms Katalog war zu lange beschäftigt: offene Dialoge schließen und noch einmal versuchen.",
  },
  error_no_copy = {
    en = "Lightroom could not create a virtual copy of this photo: show its folder in the Library module and try "
      .. "again.",
    de = "Lightroom konnte keine virtuelle Kopie dieses Fotos erstellen: seinen Ordner in der Bibliothek anzeigen "
      .. "und noch einmal versuchen.",
  },
  error_look_kept = {
    en = 'Its profile "{profile}" cannot be removed, and a look would replace it: choose another profile first, or '
      .. "make a rendered copy.",
    de = "Sein Profil „{profile}“ lässt sich nicht entfernen, und ein Look würde es ersetzen: zuerst ein anderes "
      .. "Profil wählen oder eine gerechnete Kopie machen.",
  },
  error_choose_profile = {
    en = 'Lightroom did not apply the look by itself ({dropped}): restart it, then give the virtual copy "{copy}" '
      .. 'the profile "{profile}" from the group "{group}", with amount {amount}.',
    de = "Lightroom hat den Look nicht von selbst angewandt ({dropped}): neu starten, dann der virtuellen Kopie "
      .. "„{copy}“ das Profil „{profile}“ aus der Gruppe „{group}“ zuweisen, Stärke {amount}.",
  },
  dropped_look = { en = "it dropped the profile", de = "es hat das Profil verworfen" },
  dropped_table = { en = "it dropped the profile's table", de = "es hat die Tabelle des Profils verworfen" },
  dropped_amount = { en = "it set another amount", de = "es hat eine andere Stärke gesetzt" },
  error_profile_folder = {
    en = "Could not write profiles to {folder}: check the permissions.",
    de = "In {folder} lassen sich keine Profile schreiben: Zugriffsrechte prüfen.",
  },

  -- Menu items, settings.
  lightroom_settings = {
    en = "Auto Retouch: Settings and Helper",
    de = "Auto-Retusche: Einstellungen und Helfer",
  },
  lightroom_mode_look = { en = "look (a profile; experimental)", de = "Look (ein Profil; experimentell)" },
  lightroom_tip_mode = {
    en = "A copy is retouched area by area and always works; a look is a profile on a virtual copy.",
    de = "Eine Kopie wird Bereich für Bereich retuschiert und gelingt immer; ein Look ist ein Profil auf einer "
      .. "virtuellen Kopie.",
  },
  lightroom_tip_strength = {
    en = "How much of the retouching is applied; 0 leaves the photo unchanged.",
    de = "Wie viel der Retusche angewandt wird; 0 lässt das Foto unverändert.",
  },
  lightroom_tip_person = {
    en = "How much the person is retouched; 0 leaves the person unchanged. For models that find the person.",
    de = "Wie stark die Person retuschiert wird; 0 lässt sie unverändert. Für Modelle, die die Person erkennen.",
  },
  lightroom_tip_background = {
    en = "How much the background is retouched; 0 leaves it unchanged. For models that find the person.",
    de = "Wie stark der Hintergrund retuschiert wird; 0 lässt ihn unverändert. Für Modelle, die die Person erkennen.",
  },
  lightroom_start_helper = { en = "Start the helper when it is needed", de = "Helfer bei Bedarf starten" },
  label_copy_format = { en = "rendered copies", de = "gerechnete Kopien" },
  copy_format_tiff = { en = "TIFF, 16 bit", de = "TIFF, 16 Bit" },
  copy_format_jpeg = { en = "JPEG", de = "JPEG" },
  profile_group = { en = "Auto Retouch: {shoot}", de = "Auto-Retusche: {shoot}" },

  -- What it says after a run.
  summary_eight_bit = {
    en = "Lightroom exported {count} photos with only 8 bits, so their copies have only 8 bits too: please report "
      .. "this.",
    de = "Lightroom hat {count} Fotos nur mit 8 Bit exportiert, daher haben auch die Kopien nur 8 Bit: bitte melden.",
  },
  summary_incomplete = {
    en = "{name}: Lightroom did not copy these fields: {fields}.",
    de = "{name}: Lightroom hat diese Felder nicht in die Kopie übernommen: {fields}.",
  },
  told_restart = {
    en = "New profiles appear in Lightroom's profile browser after its next start.",
    de = "Neue Profile erscheinen nach Lightrooms nächstem Start im Profilbrowser.",
  },
}

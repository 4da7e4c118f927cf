"""What `lutbridge doctor` says of the plug-ins: whether each is installed, and what pressing its button would find."""

import shutil
from pathlib import Path

from lutbridge import __version__
from lutbridge.cli import darktables
from lutbridge.cli.diagnosis import Diagnosis
from lutbridge.cli.plugins import HOSTS, PluginHost, installed_program, installed_version, is_started_by_darktable
from lutbridge.cli.press import press
from lutbridge.errors import SetupError


def check() -> list[Diagnosis]:
    """The findings on each plug-in, for every place that it can be installed in."""
    return [
        finding
        for name, host in HOSTS.items()
        for settings in _places(name, host)
        for finding in (_version(name, host, settings), *_press(name, host, settings))
    ]


def _places(name: str, host: PluginHost) -> list[Path | None]:
    """Settings folders; None where the host does not exist on this platform."""
    usual = host.settings()
    found = darktables.find(usual) if name == "darktable" else []
    return found or [usual]


def _title(what: str, settings: Path | None) -> str:
    return f"{what} (Flatpak)" if settings and darktables.is_flatpak(settings) else what


def _version(name: str, host: PluginHost, settings: Path | None) -> Diagnosis:
    title, install = _title(f"plug-in {name}", settings), f"`lutbridge plugin install {name}`"
    if settings is None:
        return Diagnosis(title, True, f"{host.title} does not run on Linux")
    folder, version = host.folder(settings), installed_version(host, settings)
    if version is None:
        return Diagnosis(title, True, f"not installed; {install} puts it into {folder}")
    advice = "" if version == __version__ else f"; run {install} again"
    return Diagnosis(title, not advice, f"{version} in {folder}{advice}")


def _press(name: str, host: PluginHost, settings: Path | None) -> list[Diagnosis]:
    program = settings and installed_program(host, settings)
    if not program:
        return []
    title = _title(f"Auto Retouch in {name}", settings)
    if name == "darktable" and (obstacle := _obstacle_in_darktable(host.folder(settings))):
        return [Diagnosis(title, False, obstacle)]
    if darktables.is_flatpak(settings):
        return [Diagnosis(title, True, f"finds the helper if you start it before: {program} serve")]
    try:
        return [press(title, program, name)]
    except (SetupError, OSError) as error:
        return [Diagnosis(title, False, str(error))]


def _obstacle_in_darktable(folder: Path) -> str | None:
    """Why a plug-in that is installed there cannot work, whatever the helper does."""
    if not is_started_by_darktable(folder):
        luarc = folder.parents[1] / "luarc"
        return f"darktable does not load it: its line is missing in {luarc}; run `lutbridge plugin install darktable`"
    if darktables.is_flatpak(folder):
        seen = darktables.flatpak_sees_helper()
        return None if seen else f"its sandbox hides the helper; type once: {darktables.FLATPAK_PERMISSION}"
    if shutil.which("curl") is None:
        return "it sends photos to the helper with the program curl, which is not on the PATH; install curl"
    return None

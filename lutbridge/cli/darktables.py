"""Finds the darktable installations on this computer, and what each one's sandbox allows."""

import os
import shutil
import sys
from pathlib import Path

FLATPAK = "org.darktable.Darktable"
# What has to be typed once, so that a Flatpak sees the helper's state file; its network is this computer's.
FLATPAK_PERMISSION = f"flatpak override --user --filesystem=xdg-run/lutbridge:create {FLATPAK}"


def find(usual: Path) -> list[Path]:
    """The settings folders of the darktables that a plug-in can work in.

    Args:
        usual: that of a darktable without a sandbox.
    """
    found = [usual] if _is_usual_there(usual) else []
    if sys.platform == "linux" and any((root / "app" / FLATPAK).is_dir() for root in _flatpak_roots()):
        found.append(Path.home() / ".var" / "app" / FLATPAK / "config" / "darktable")
    return found


def is_flatpak(settings: Path) -> bool:
    """Whether a settings folder is that of a Flatpak."""
    return FLATPAK in settings.parts


def flatpak_sees_helper() -> bool:
    """Whether a Flatpak has been given FLATPAK_PERMISSION, by this user or for all."""
    return any(_gives_permission(root / "overrides" / FLATPAK) for root in _flatpak_roots())


def _gives_permission(override: Path) -> bool:
    try:
        lines = override.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return False
    listed = [line.partition("=")[2].split(";") for line in lines if line.startswith("filesystems=")]
    return any(folder.partition(":")[0] == "xdg-run/lutbridge" for folders in listed for folder in folders)


def has_snap() -> bool:
    """Whether there is a darktable from the Snap store. Its sandbox shows it no file of the helper's."""
    folders = (Path.home() / "snap" / "darktable", Path("/snap/darktable"), Path("/var/lib/snapd/snap/darktable"))
    return sys.platform == "linux" and any(folder.is_dir() for folder in folders)


def _is_usual_there(usual: Path) -> bool:
    """One that has run before, such as an AppImage, has left its settings; others are in the usual program folders."""
    on_path = shutil.which("darktable")
    if on_path and "snap" not in Path(on_path).parts:
        return True
    return (usual / "darktablerc").is_file() or any(program.exists() for program in _programs())


def _programs() -> list[Path]:
    if sys.platform == "win32":
        roots = [os.environ[name] for name in ("ProgramW6432", "ProgramFiles") if name in os.environ]
        return [Path(root, "darktable", "bin", "darktable.exe") for root in roots]
    if sys.platform == "darwin":
        return [Path(root, "darktable.app") for root in ("/Applications", Path.home() / "Applications")]
    return []


def _flatpak_roots() -> list[Path]:
    user = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return [root / "flatpak" for root in (user, Path("/var/lib"))]

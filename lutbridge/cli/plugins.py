"""The plug-ins for host editors: what belongs to each, and which folder its host looks into."""

import os
import shutil
import sys
import sysconfig
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lutbridge import __version__
from lutbridge.cli import darktables
from lutbridge.errors import SetupError, UsageError

# Names the program that a plug-in starts as its helper; see plugin_lua/darktable/lib/lutbridge_dt_helper.lua.
INSTALLED = "lutbridge_installed.lua"
# What the helper's state file is found by: Lightroom's Lua cannot ask for environment variables.
ENVIRONMENT = ("HOME", "LOCALAPPDATA")
STORE = (
    "Windows hides files that Python from the Microsoft Store writes there; install lutbridge with uv, or with Python "
    "from python.org"
)
REQUIRE = (
    b'require "lutbridge/lutbridge" -- added by `lutbridge plugin install`, removed by `lutbridge plugin uninstall`'
)


@dataclass(frozen=True)
class PluginHost:
    """An editor that lutbridge plugs into.

    Attributes:
        title: what its users call it.
        source: the plug-in's folder among the sources.
        library: folder for the shared core, inside the plug-in.
        name: of the installed folder.
        settings: finds the host's folder for settings; None if the host does not exist on this platform.
        parent: the folder for plug-ins, inside that one.
    """

    title: str
    source: str
    library: str
    name: str
    settings: Callable[[], Path | None]
    parent: str

    def folder(self, settings: Path | None = None) -> Path:
        """Where the plug-in belongs.

        Args:
            settings: the host's settings folder, if not the usual one.

        Raises:
            UsageError: there is no such host on this platform.
        """
        found = settings or self.settings()
        if found is None:
            raise UsageError(f"{self.title} does not run on Linux: install its plug-in on macOS or Windows")
        return found / self.parent / self.name


def _darktable_settings() -> Path:
    if sys.platform == "win32":
        return Path(os.environ["LOCALAPPDATA"], "darktable")
    # macOS too: darktable keeps to the XDG folders there.
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config", "darktable")


def _lightroom_settings() -> Path | None:
    if sys.platform == "win32":
        return Path(os.environ["APPDATA"], "Adobe", "Lightroom")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "Adobe" / "Lightroom"
    return None


HOSTS = {
    "darktable": PluginHost("darktable", "darktable", "lib", "lutbridge", _darktable_settings, "lua"),
    "lightroom": PluginHost(
        "Lightroom Classic", "lightroom.lrplugin", ".", "lutbridge.lrplugin", _lightroom_settings, "Modules"
    ),
}


def profiles_folder(folder: Path) -> Path:
    """Where Lightroom's plug-in in `folder` puts profiles: Camera Raw's settings are beside those of Lightroom."""
    return folder.parents[2] / "CameraRaw" / "Settings" / "lutbridge"


def install(host: PluginHost, settings: Path | None = None) -> Path:
    """Copies a plug-in to where its host finds it, replacing an older one; returns its folder.

    Raises:
        UsageError: there is no such host on this platform.
        SetupError: the folder cannot be written, or lutbridge's own program is not found; or Windows shows what is
            written there to this Python alone.
    """
    folder = host.folder(settings)
    fresh = folder.with_name(f".{folder.name}.new")
    try:
        shutil.rmtree(fresh, ignore_errors=True)
        _copy(host, fresh)
        (fresh / host.library / INSTALLED).write_bytes(os.fsencode(_installed(host, folder)))
        _remove(folder)
        fresh.rename(folder)
    except OSError as error:
        raise SetupError(f"{folder}: cannot be written ({error.strerror}); check the permissions") from error
    if is_hidden_by_store(folder):
        _remove(folder)
        raise SetupError(f"{folder}: {host.title} would not find it, because {STORE}, and try again")
    return folder


def is_hidden_by_store(path: Path) -> bool:
    """Whether Windows has put what this process wrote there into the private folder of an app from its store."""
    private = "localcache"
    real = Path(os.path.realpath(path))
    return private in map(str.lower, real.parts) and private not in map(str.lower, path.parts)


def _copy(host: PluginHost, folder: Path) -> None:
    import plugin_lua

    sources = Path(plugin_lua.__file__).parent
    shutil.copytree(sources / host.source, folder)
    shutil.copytree(sources / "core", folder / host.library, dirs_exist_ok=True)


def _installed(host: PluginHost, folder: Path) -> str:
    """What the plug-in knows about its installation, as Lua."""
    fields = [f"command = {_quoted(_own_program())}", f'version = "{__version__}"']
    if host is HOSTS["lightroom"]:
        known = ", ".join(f"{name} = {_quoted(os.environ[name])}" for name in ENVIRONMENT if name in os.environ)
        fields += [f"environment = {{ {known} }}", f"profiles = {_quoted(str(profiles_folder(folder).absolute()))}"]
        if (temporary := _ascii_name(tempfile.gettempdir())) is not None:
            fields.append(f"temporary = {_quoted(temporary)}")
    if darktables.is_flatpak(folder):
        fields.append("is_flatpak = true")
    return f"return {{ {', '.join(fields)} }}\n"


def _own_program() -> str:
    """The path of the program that runs this command; another one of its name may come first on the PATH.

    Raises:
        SetupError: this was not started by a program, as with `python -m`, and none is found.
    """
    called = sys.argv[0]
    folders = [Path(called).parent] if Path(called).stem == "lutbridge" and os.path.dirname(called) else []
    folders += [Path(sys.executable).parent, Path(sysconfig.get_path("scripts"))]
    folders.append(Path(sysconfig.get_path("scripts", sysconfig.get_preferred_scheme("user"))))
    beside = (shutil.which("lutbridge", path=str(folder)) for folder in folders)
    program = next(filter(None, beside), None) or shutil.which("lutbridge")
    if program is None:
        raise SetupError("lutbridge: its own program is not found; install it as a package, then try again")
    return os.path.abspath(program)


def _ascii_name(folder: str) -> str | None:
    """A name in ASCII of a folder on Windows, for programs that know no other; None if it has none, or elsewhere."""
    if sys.platform != "win32":
        return None
    return next((name for name in (folder, _short_name(folder)) if name.isascii()), None)


def _short_name(folder: str) -> str:
    """The 8.3 name that Windows keeps on most disks; else the long one."""
    import ctypes

    space = ctypes.create_unicode_buffer(32768)
    return space.value if ctypes.windll.kernel32.GetShortPathNameW(folder, space, len(space)) else folder


def _quoted(text: str) -> str:
    return f"[==[{text}]==]"


def _remove(folder: Path) -> None:
    """Removes an installed plug-in; of a link, as developers make, only the link."""
    if folder.is_symlink():
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder)


def uninstall(host: PluginHost, settings: Path | None = None) -> bool:
    """Removes a plug-in; returns whether it was there.

    Raises:
        UsageError: there is no such host on this platform.
        SetupError: the folder cannot be written.
    """
    folder = host.folder(settings)
    try:
        was_there = folder.is_symlink() or folder.exists()
        _remove(folder)
        if host is HOSTS["darktable"]:
            _forget(folder.parents[1] / "luarc")
    except OSError as error:
        raise SetupError(f"{folder}: cannot be removed ({error.strerror}); check its permissions") from error
    return was_there


def installed_version(host: PluginHost, settings: Path | None = None) -> str | None:
    """The version of the plug-in that is installed there (None: in the usual place), or None."""
    text = _read_installed(host, settings)
    return None if text is None else text.partition('version = "')[2].partition('"')[0]


def installed_program(host: PluginHost, settings: Path | None = None) -> Path | None:
    """The program that the plug-in installed there starts as its helper; None if no plug-in is there."""
    text = _read_installed(host, settings)
    return None if text is None else Path(text.partition("command = [==[")[2].partition("]==]")[0])


def _read_installed(host: PluginHost, settings: Path | None) -> str | None:
    try:
        content = (host.folder(settings) / host.library / INSTALLED).read_bytes()
    except (UsageError, OSError):
        return None
    return os.fsdecode(content)


def _has_script_manager(settings: Path) -> bool:
    return (settings / "lua" / "tools" / "script_manager.lua").exists()


def is_started_by_darktable(folder: Path) -> bool:
    """Whether darktable starts the plug-in in `folder`: by luarc, or by script_manager, where its user says so."""
    settings = folder.parents[1]
    try:
        return _has_script_manager(settings) or REQUIRE in (settings / "luarc").read_bytes().splitlines()
    except OSError:
        return False


def start_with_darktable(folder: Path) -> bool:
    """Adds the plug-in's line to luarc; returns False where script_manager is there to start it.

    Raises:
        SetupError: luarc cannot be written.
    """
    settings = folder.parents[1]
    if _has_script_manager(settings):
        return False
    luarc = settings / "luarc"
    try:
        text = luarc.read_bytes() if luarc.exists() else b""
        if REQUIRE not in text.splitlines():
            gap = b"" if not text or text.endswith(b"\n") else b"\n"
            luarc.write_bytes(text + gap + REQUIRE + b"\n")
    except OSError as error:
        raise SetupError(f"{luarc}: cannot be written ({error.strerror}); check the permissions") from error
    return True


def _forget(luarc: Path) -> None:
    """Removes the plug-in's line from luarc, and luarc if nothing else is in it."""
    if not luarc.exists():
        return
    lines = luarc.read_bytes().splitlines(keepends=True)
    kept = [line for line in lines if line.strip() != REQUIRE]
    if not kept:
        luarc.unlink()
    elif len(kept) < len(lines):
        luarc.write_bytes(b"".join(kept))

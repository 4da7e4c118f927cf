"""Which darktables `lutbridge plugin install` finds, on each system; the folders are made here."""

import sys
from pathlib import Path

import pytest

from lutbridge.cli import darktables, plugin_checks, plugins
from lutbridge.cli.commands.plugin.install import install
from lutbridge.cli.commands.plugin.uninstall import uninstall
from lutbridge.errors import SetupError

FLATPAK = ".var/app/org.darktable.Darktable/config/darktable"
PLUGIN = Path("lua", "lutbridge")


@pytest.fixture
def home(monkeypatch, tmp_path):
    """A user's folder on a Linux without any darktable."""
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return tmp_path


def usual(home):
    return home / ".config" / "darktable"


def program(path):
    path.parent.mkdir(parents=True)
    path.touch(mode=0o755)


def flatpak(home):
    (home / ".local/share/flatpak/app/org.darktable.Darktable").mkdir(parents=True)


def test_without_a_darktable_it_is_installed_with_a_warning(home, capsys):
    assert darktables.find(usual(home)) == []
    assert install("darktable", None) == 0
    written = capsys.readouterr()
    assert written.out == f"{usual(home) / PLUGIN}\n"
    assert "no darktable was found on this computer" in written.err


def test_a_package_is_found_by_its_program_and_an_appimage_by_its_settings(home, capsys):
    usual(home).mkdir(parents=True)
    (usual(home) / "darktablerc").touch()
    assert darktables.find(usual(home)) == [usual(home)]
    (usual(home) / "darktablerc").unlink()
    program(home / "bin/darktable")
    assert darktables.find(usual(home)) == [usual(home)]
    install("darktable", None)
    assert "no darktable" not in capsys.readouterr().err


def test_a_flatpak_gets_the_plugin_and_what_its_sandbox_needs_is_said(home, capsys):
    flatpak(home)
    install("darktable", None)
    folder = home / FLATPAK / PLUGIN
    written = capsys.readouterr()
    assert written.out == f"{folder}\n"
    assert "flatpak override --user --filesystem=xdg-run/lutbridge:create org.darktable.Darktable" in written.err
    assert "type `lutbridge serve`" in written.err
    assert "is_flatpak = true" in (folder / "lib" / plugins.INSTALLED).read_text()
    assert (home / FLATPAK / "luarc").read_bytes() == plugins.REQUIRE + b"\n"
    uninstall("darktable", None)
    assert not folder.exists() and not (home / FLATPAK / "luarc").exists()


def test_the_permission_that_it_needs_is_seen(home):
    flatpak(home)
    override = home / ".local/share/flatpak/overrides/org.darktable.Darktable"
    assert not darktables.flatpak_sees_helper()
    override.parent.mkdir()
    override.write_text("[Context]\nfilesystems=!xdg-run/lutbridge;~/photos;\n")
    assert not darktables.flatpak_sees_helper()
    override.write_text("[Context]\nsockets=x11;\nfilesystems=~/photos;xdg-run/lutbridge:create;\n")
    assert darktables.flatpak_sees_helper()


def test_doctor_looks_into_the_flatpak(home):
    flatpak(home)
    (version, *_) = plugin_checks.check()
    assert version.ok and version.name == "plug-in darktable (Flatpak)" and "not installed" in version.detail
    install("darktable", None)
    version, press = plugin_checks.check()[:2]
    assert version.ok and str(home / FLATPAK / PLUGIN) in version.detail
    assert press.name == "Auto Retouch in darktable (Flatpak)" and not press.ok
    assert press.detail == f"its sandbox hides the helper; type once: {darktables.FLATPAK_PERMISSION}"
    override = home / ".local/share/flatpak/overrides/org.darktable.Darktable"
    override.parent.mkdir()
    override.write_text("[Context]\nfilesystems=xdg-run/lutbridge:create;\n")
    press = plugin_checks.check()[1]
    assert press.ok and press.detail.endswith("lutbridge serve") and "if you start it before" in press.detail


def test_both_get_it_where_there_are_two(home, capsys):
    flatpak(home)
    program(home / "bin/darktable")
    install("darktable", None)
    assert capsys.readouterr().out == f"{usual(home) / PLUGIN}\n{home / FLATPAK / PLUGIN}\n"
    assert "is_flatpak" not in (usual(home) / PLUGIN / "lib" / plugins.INSTALLED).read_text()
    uninstall("darktable", None)
    assert not (usual(home) / PLUGIN).exists() and not (home / FLATPAK / PLUGIN).exists()


def test_a_snap_is_refused_with_its_reason(home):
    (home / "snap/darktable").mkdir(parents=True)
    program(home / "snap/bin/darktable")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", str(home / "snap/bin"))
        assert darktables.find(usual(home)) == []
        with pytest.raises(SetupError, match="darktable from the Snap store cannot use the plug-in"):
            install("darktable", None)
    assert not usual(home).exists()


def test_a_snap_beside_another_one_is_told(home, capsys):
    (home / "snap/darktable").mkdir(parents=True)
    program(home / "bin/darktable")
    install("darktable", None)
    written = capsys.readouterr()
    assert written.out == f"{usual(home) / PLUGIN}\n" and "Snap store" in written.err


def test_on_windows_it_is_among_the_programs(home, monkeypatch):
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("ProgramFiles", str(home / "Program Files"))
    settings = home / "AppData/Local/darktable"
    assert darktables.find(settings) == []
    program(home / "Program Files/darktable/bin/darktable.exe")
    assert darktables.find(settings) == [settings]


def test_on_macos_it_is_an_application(home, monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    assert darktables.find(usual(home)) == []
    (home / "Applications/darktable.app").mkdir(parents=True)
    assert darktables.find(usual(home)) == [usual(home)]

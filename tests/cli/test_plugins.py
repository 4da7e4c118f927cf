"""`lutbridge plugin`: copying a plug-in to where its host finds it, and taking it away again."""

import sys
from pathlib import Path

import pytest

import plugin_lua
from lutbridge import __version__
from lutbridge.cli import plugins
from lutbridge.cli.commands.plugin.install import install
from lutbridge.cli.commands.plugin.uninstall import uninstall
from lutbridge.errors import SetupError, UsageError

SOURCES = Path(plugin_lua.__file__).parent
LINE = plugins.REQUIRE + b"\n"


@pytest.fixture
def settings(tmp_path):
    return tmp_path / "my darktable ü"


def files(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_darktable_gets_its_scripts_the_core_and_a_line_in_luarc(settings, capsys):
    assert install("darktable", settings) == 0
    folder = settings / "lua" / "lutbridge"
    core = {f"lib/{path.name}" for path in (SOURCES / "core").glob("*.lua")}
    assert files(folder) == files(SOURCES / "darktable") | core | {"lib/lutbridge_installed.lua"}
    assert (settings / "luarc").read_bytes() == LINE
    written = capsys.readouterr()
    assert written.out == f"{folder}\n"
    assert "Start darktable again" in written.err


def test_the_plugin_knows_its_program_and_version(settings):
    install("darktable", settings)
    text = (settings / "lua" / "lutbridge" / "lib" / "lutbridge_installed.lua").read_text()
    program = text.partition("[==[")[2].partition("]==]")[0]
    assert Path(program).is_file()
    assert Path(program).is_absolute()
    assert f'version = "{__version__}"' in text


@pytest.fixture
def programs(monkeypatch, tmp_path):
    """Writes programs of lutbridge's name; no other is found."""
    monkeypatch.setattr(sys, "argv", ["-m"])
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python" / "python"))
    monkeypatch.setattr(plugins.sysconfig, "get_path", lambda name, scheme="": str(tmp_path / f"scripts{scheme}"))
    monkeypatch.setattr(plugins.sysconfig, "get_preferred_scheme", lambda kind: f" of the {kind}")
    monkeypatch.setenv("PATH", str(tmp_path / "path"))

    def write(folder):
        path = tmp_path / folder / "lutbridge"
        path.parent.mkdir()
        path.touch(0o755)
        return path

    return write


def test_the_plugin_starts_the_very_program_that_has_installed_it(programs, settings, monkeypatch, tmp_path):
    def named():
        plugins.install(plugins.HOSTS["darktable"], settings)
        text = (settings / "lua" / "lutbridge" / "lib" / plugins.INSTALLED).read_text()
        return Path(text.partition("[==[")[2].partition("]==]")[0])

    with pytest.raises(SetupError, match="its own program is not found"):
        named()
    # Each comes before those written earlier: Python on Windows has programs in a folder of their own.
    for folder in ("path", "scripts of the user", "scripts", "python"):
        program = programs(folder)
        assert named() == program
    called = programs("called")
    monkeypatch.setattr(sys, "argv", [str(called), "plugin", "install"])
    assert named() == called
    monkeypatch.chdir(called.parent)
    monkeypatch.setattr(sys, "argv", ["./lutbridge", "plugin", "install"])
    assert named() == called


def test_the_users_luarc_keeps_its_bytes(settings):
    settings.mkdir()
    mine = b'-- caf\xe9\r\nrequire "mine"'
    (settings / "luarc").write_bytes(mine)
    install("darktable", settings)
    install("darktable", settings)
    assert (settings / "luarc").read_bytes() == mine + b"\n" + LINE
    uninstall("darktable", settings)
    assert (settings / "luarc").read_bytes() == mine + b"\n"


def test_script_manager_starts_it_where_there_is_one(settings, capsys):
    manager = settings / "lua" / "tools" / "script_manager.lua"
    manager.parent.mkdir(parents=True)
    manager.touch()
    install("darktable", settings)
    assert not (settings / "luarc").exists()
    assert "scripts" in capsys.readouterr().err


def test_an_older_one_is_replaced_whole(settings):
    stale = settings / "lua" / "lutbridge" / "lib" / "lutbridge_old.lua"
    stale.parent.mkdir(parents=True)
    stale.touch()
    install("darktable", settings)
    assert not stale.exists()
    assert {path.name for path in (settings / "lua").iterdir()} == {"lutbridge"}


def test_uninstalling_leaves_nothing_of_it(settings, capsys):
    install("darktable", settings)
    assert uninstall("darktable", settings) == 0
    assert files(settings) == set()
    uninstall("darktable", settings)
    assert "no plug-in found" in capsys.readouterr().err


def test_what_windows_would_hide_from_darktable_is_refused(settings, monkeypatch):
    """Python from the Microsoft Store is given a folder of its own in place of AppData, and sees no difference."""
    private = "C:/Users/J/AppData/Local/Packages/PythonSoftwareFoundation.Python.3.12_qbz5/LocalCache/Local"
    real = plugins.os.path.realpath
    monkeypatch.setattr(
        plugins.os.path,
        "realpath",
        lambda path: f"{private}/darktable" if Path(path).name == "lutbridge" else real(path),
    )
    with pytest.raises(SetupError, match="Python from the Microsoft Store"):
        install("darktable", settings)
    assert files(settings) == set()


def test_a_link_is_removed_and_not_what_it_points_to(settings, tmp_path):
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "a.lua").touch()
    (settings / "lua").mkdir(parents=True)
    (settings / "lua" / "lutbridge").symlink_to(mine)
    uninstall("darktable", settings)
    assert (mine / "a.lua").exists()
    assert not (settings / "lua" / "lutbridge").exists()


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path):
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    with pytest.raises(SetupError, match=r"cannot be written .*; check the permissions"):
        install("darktable", in_the_way)


@pytest.mark.parametrize(
    ("platform", "variables", "expected"),
    [
        ("linux", {"XDG_CONFIG_HOME": "/c"}, "/c/darktable/lua/lutbridge"),
        ("linux", {"XDG_CONFIG_HOME": "", "HOME": "/home/a"}, "/home/a/.config/darktable/lua/lutbridge"),
        ("darwin", {"XDG_CONFIG_HOME": "", "HOME": "/Users/a"}, "/Users/a/.config/darktable/lua/lutbridge"),
        ("win32", {"LOCALAPPDATA": "/Local"}, "/Local/darktable/lua/lutbridge"),
    ],
)
def test_where_darktable_keeps_its_settings(monkeypatch, platform, variables, expected):
    monkeypatch.setattr(sys, "platform", platform)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert plugins.HOSTS["darktable"].folder() == Path(expected)


def test_lightroom_does_not_exist_on_linux(monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    sentence = "Lightroom Classic does not run on Linux: install its plug-in on macOS or Windows"
    for command in (install, uninstall):
        with pytest.raises(UsageError, match=sentence):
            command("lightroom", None)


@pytest.mark.parametrize(("platform", "variable"), [("darwin", "HOME"), ("win32", "APPDATA")])
def test_where_lightroom_looks_for_plugins(monkeypatch, tmp_path, platform, variable):
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setenv(variable, str(tmp_path))
    folder = plugins.HOSTS["lightroom"].folder()
    assert folder.is_relative_to(tmp_path)
    assert folder.parts[-3:] == ("Lightroom", "Modules", "lutbridge.lrplugin")


@pytest.fixture
def lightroom(monkeypatch, tmp_path):
    """Where Lightroom keeps its settings on a Mac."""
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("LOCALAPPDATA", raising=False)
    return tmp_path / "Library" / "Application Support" / "Adobe" / "Lightroom"


def test_lightroom_gets_one_folder_that_needs_no_other(lightroom, capsys):
    assert install("lightroom", None) == 0
    folder = lightroom / "Modules" / "lutbridge.lrplugin"
    core = {path.name for path in (SOURCES / "core").glob("*.lua")}
    assert files(folder) == files(SOURCES / "lightroom.lrplugin") | core | {"lutbridge_installed.lua"}
    assert files(lightroom) == {f"Modules/lutbridge.lrplugin/{name}" for name in files(folder)}
    written = capsys.readouterr()
    assert written.out == f"{folder}\n"
    assert "Start Lightroom Classic again" in written.err
    assert plugins.installed_version(plugins.HOSTS["lightroom"]) == __version__


def test_lightrooms_plugin_knows_what_its_lua_cannot_ask_for(lightroom, tmp_path):
    install("lightroom", None)
    text = (lightroom / "Modules" / "lutbridge.lrplugin" / "lutbridge_installed.lua").read_text()
    assert f"environment = {{ HOME = [==[{tmp_path}]==] }}" in text
    assert f"profiles = [==[{lightroom.parent}/CameraRaw/Settings/lutbridge]==]" in text


@pytest.mark.parametrize(
    ("folder", "short", "noted"),
    [
        ("C:\\Temp", "", "C:\\Temp"),
        ("C:\\Users\\Jörg\\Temp", "C:\\Users\\JRG~1\\Temp", "C:\\Users\\JRG~1\\Temp"),
        ("C:\\Users\\Jörg\\Temp", "C:\\Users\\Jörg\\Temp", None),  # a disk that keeps no short names
    ],
)
def test_lightrooms_plugin_on_windows_knows_its_temporary_folder_in_ascii(monkeypatch, tmp_path, folder, short, noted):
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("APPDATA", str(tmp_path))
    monkeypatch.setattr(plugins.tempfile, "gettempdir", lambda: folder)
    monkeypatch.setattr(plugins, "_short_name", lambda path: short)
    monkeypatch.setattr(plugins.shutil, "which", lambda name, path=None: "C:\\lutbridge.exe")
    installed = plugins.install(plugins.HOSTS["lightroom"]) / plugins.INSTALLED
    text = installed.read_text(encoding="utf-8")
    assert ("temporary" in text) == (noted is not None)
    assert noted is None or f"temporary = [==[{noted}]==]" in text


def test_uninstalling_lightrooms_plugin_leaves_profiles_that_photos_may_use(lightroom, capsys):
    install("lightroom", None)
    profiles = lightroom.parent / "CameraRaw" / "Settings" / "lutbridge"
    uninstall("lightroom", None)
    assert "once no photo uses" not in capsys.readouterr().err
    profiles.mkdir(parents=True)
    (profiles / "a.xmp").touch()
    uninstall("lightroom", None)
    assert f"delete {profiles} once no photo uses its profiles" in capsys.readouterr().err
    assert files(lightroom.parent) == {"CameraRaw/Settings/lutbridge/a.xmp"}


def test_the_installed_version_is_known(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert plugins.installed_version(plugins.HOSTS["darktable"]) is None
    plugins.install(plugins.HOSTS["darktable"])
    assert plugins.installed_version(plugins.HOSTS["darktable"]) == __version__
    assert plugins.installed_version(plugins.HOSTS["lightroom"]) is None


def test_the_program_that_a_plugin_starts_is_known(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "Jörg's"))
    assert plugins.installed_program(plugins.HOSTS["darktable"]) is None
    plugins.install(plugins.HOSTS["darktable"])
    assert plugins.installed_program(plugins.HOSTS["darktable"]).name == "lutbridge"
    program = tmp_path / 'Jörg\'s "tools"' / "lutbridge"
    monkeypatch.setattr("shutil.which", lambda name, path=None: str(program))
    plugins.install(plugins.HOSTS["darktable"])
    assert plugins.installed_program(plugins.HOSTS["darktable"]) == program

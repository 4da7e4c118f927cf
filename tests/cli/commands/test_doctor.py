import json
import re
from dataclasses import replace

import pytest

from lutbridge.cli import plugin_checks, plugins
from lutbridge.cli.diagnosis import Diagnosis
from lutbridge.errors import SetupError
from lutbridge.model import registry
from lutbridge_server import client, state


def test_a_sound_installation_has_nothing_but_ok(lutbridge):
    result = lutbridge("doctor")
    assert result.code == 0
    assert all(line.startswith("ok ") for line in result.out.splitlines())
    for name in ("python", "numpy", "device", "extra train", "model portrait-v2", "temporary folder", "self test"):
        assert f"  {name}  " in result.out.replace(name, f" {name} ") and name in result.out


def test_json_says_the_same(lutbridge):
    report = json.loads(lutbridge("doctor", "--json").out)
    assert report["ok"] is True
    assert {"name": "lutbridge", "ok": True, "detail": __import__("lutbridge").__version__} in report["checks"]


@pytest.fixture
def damaged_model(monkeypatch, tmp_path):
    model = registry.builtin_models()[0]
    (tmp_path / "damaged.safetensors").write_bytes(model.path.read_bytes()[:-1] + b"?")
    damaged = replace(model, path=tmp_path / "damaged.safetensors")
    monkeypatch.setattr(registry, "builtin_models", lambda: [damaged])


def test_a_damaged_model_is_a_fault(lutbridge, damaged_model):
    result = lutbridge("doctor")
    assert result.code == 1
    (line,) = [line for line in result.out.splitlines() if "model portrait-v2" in line]
    assert line.startswith("FAULT") and "does not match; install lutbridge again" in line


def test_a_check_that_cannot_even_run_is_a_fault_and_the_others_are_still_made(lutbridge, monkeypatch, tmp_path):
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    result = lutbridge("doctor")
    assert result.code == 1
    assert "FAULT  temporary folder" in result.out
    assert "ok     device" in result.out


def test_an_installed_plugin_has_the_same_version_or_is_a_fault(lutbridge, monkeypatch, tmp_path):
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert "not installed; `lutbridge plugin install darktable` puts it into" in lutbridge("doctor").out
    lutbridge("plugin", "install", "darktable")
    folder = tmp_path / "darktable" / "lua" / "lutbridge"
    assert f"{__import__('lutbridge').__version__} in {folder}\n" in lutbridge("doctor").out
    installed = folder / "lib" / "lutbridge_installed.lua"
    installed.write_text('return { command = "x", version = "0.0.9" }')
    result = lutbridge("doctor")
    assert result.code == 1
    assert f"0.0.9 in {folder}; run `lutbridge plugin install darktable` again" in result.out


def test_a_plugin_that_darktable_does_not_load_or_that_has_no_curl_is_a_fault(lutbridge, monkeypatch, tmp_path):
    def found():
        return [(each.ok, each.detail) for each in plugin_checks.check() if each.name == "Auto Retouch in darktable"]

    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setattr(plugin_checks, "press", lambda title, *_: Diagnosis(title, True, "starts"))
    assert found() == []
    lutbridge("plugin", "install", "darktable")
    with monkeypatch.context() as patch:
        patch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
        assert found() == [(True, "starts")]
        patch.setattr("shutil.which", lambda name: None)
        ((ok, detail),) = found()
        assert not ok and detail.endswith("the program curl, which is not on the PATH; install curl")
    luarc = tmp_path / "darktable" / "luarc"
    luarc.write_text("-- emptied by its owner")
    ((ok, detail),) = found()
    assert not ok and f"its line is missing in {luarc}; run `lutbridge plugin install darktable`" in detail
    script_manager = tmp_path / "darktable" / "lua" / "tools" / "script_manager.lua"
    script_manager.parent.mkdir()
    script_manager.touch()
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    assert found() == [(True, "starts")]


def test_it_says_where_lightroom_does_not_run(lutbridge, monkeypatch):
    monkeypatch.setattr("sys.platform", "linux")
    assert re.search("^ok  plug-in lightroom +Lightroom Classic does not run on Linux$", lutbridge("doctor").out, re.M)


@pytest.fixture
def runtime(monkeypatch, tmp_path):
    """An empty runtime folder."""
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "run" / "lutbridge"


def helper_line(result):
    (line,) = [line for line in result.out.splitlines() if re.match(r"\w+ +helper ", line)]
    return line


def test_asking_whether_a_helper_runs_makes_nothing_and_names_the_log(lutbridge, runtime, tmp_path):
    line = helper_line(lutbridge("doctor"))
    assert (
        line.startswith("ok") and "not running" in line and f"log in {tmp_path / 'state' / 'lutbridge' / 'log'}" in line
    )
    assert not runtime.exists()


def test_a_helper_that_does_not_answer_is_a_fault_with_its_log(lutbridge, runtime):
    runtime.mkdir(parents=True)
    with state.only_helper(runtime):
        line = helper_line(lutbridge("doctor"))
    assert line.startswith("FAULT") and "does not answer" in line and "log in " in line
    assert helper_line(lutbridge("doctor")).startswith("ok"), "the lock alone is none"


def test_an_impostor_is_a_sentence(lutbridge, runtime, monkeypatch):
    def refuse(there):
        raise SetupError("what listens on port 1 is no helper; end it")

    monkeypatch.setattr(client, "find_helper", lambda: {"port": 1})
    monkeypatch.setattr(client, "info", refuse)
    assert "what listens on port 1 is no helper; end it; log in " in helper_line(lutbridge("doctor"))


def test_folders_that_cannot_be_written_are_a_fault(monkeypatch, tmp_path):
    from lutbridge.cli.commands import doctor

    def refuse(dir):
        raise OSError(30, "Read-only file system")

    (tmp_path / "file").write_text("a file where a folder would be")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "file"))
    findings = {finding.name: finding for finding in doctor._own_folders()}
    assert not findings["state folder"].ok and "`lutbridge serve` needs the folder" in findings["state folder"].detail
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    with monkeypatch.context() as patch:
        patch.setattr("tempfile.TemporaryFile", refuse)
        (finding, *_) = doctor._own_folders()
    assert not finding.ok and f"{tmp_path}: cannot be written to (Read-only file system), and" in finding.detail
    assert doctor._kernels()[0].ok and "kept in" in doctor._kernels()[0].detail
    monkeypatch.setattr("lutbridge.lut.compiled.cache_folder", lambda module: None)
    (finding,) = doctor._kernels()
    assert not finding.ok and "every run has to compile again" in finding.detail


def test_a_folder_that_can_be_written_is_left_as_it_was(monkeypatch, tmp_path):
    from lutbridge.cli.commands import doctor

    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert doctor._own_folders()[0].ok
    assert list(tmp_path.iterdir()) == []


def test_the_folder_of_photos_in_work_is_looked_at_too(monkeypatch, tmp_path):
    from lutbridge.cli.commands import doctor

    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    findings = {finding.name: finding for finding in doctor._own_folders()}
    assert not findings["cache folder"].ok and "this is a file" in findings["cache folder"].detail


def test_a_state_folder_that_windows_hides_from_the_plugins_is_a_fault(monkeypatch, tmp_path):
    """As it does with what Python from the Microsoft Store writes."""
    from lutbridge.cli.commands import doctor

    private = "C:/Users/J/AppData/Local/Packages/PythonSoftwareFoundation.Python.3.12_qbz5/LocalCache/Local/lutbridge"
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setattr(plugins.os.path, "realpath", lambda path: private)
    finding = doctor._own_folders()[0]
    assert finding.name == "state folder" and not finding.ok
    assert "darktable and Lightroom would not find the helper, because Windows hides files" in finding.detail


def test_an_extra_that_does_not_load_is_a_fault_with_its_remedy(monkeypatch):
    from lutbridge import extras
    from lutbridge.cli.commands import doctor

    def broken(name):
        raise ImportError("libraw.so.25:\ncannot open shared object file")

    monkeypatch.setattr(extras, "has", lambda name: True)
    monkeypatch.setattr("importlib.import_module", broken)
    finding = doctor._extra("raw")
    assert not finding.ok
    assert finding.detail == (
        'rawpy does not load (libraw.so.25: cannot open shared object file); install with: pip install "lutbridge[raw]"'
    )

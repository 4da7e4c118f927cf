"""`lutbridge doctor`: checks what rendering needs, and whether a helper runs."""

import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import click

from lutbridge import __version__
from lutbridge.cli.compiling import compile_kernels
from lutbridge.cli.diagnosis import Diagnosis
from lutbridge.cli.options import JSON
from lutbridge.cli.output import put_json, put_table
from lutbridge.errors import SetupError

OLDEST_PYTHON = (3, 11)
EXIT_FAULT = 1


def doctor(as_json: bool) -> int:
    """Tries everything that rendering needs; returns the exit code."""
    findings = [finding for check in CHECKS for finding in _attempt(check)]
    ok = all(finding.ok for finding in findings)
    if as_json:
        put_json({"ok": ok, "checks": [asdict(finding) for finding in findings]})
    else:
        put_table([("ok" if finding.ok else "FAULT", finding.name, finding.detail) for finding in findings])
    return 0 if ok else EXIT_FAULT


def _attempt(check: Callable[[], list[Diagnosis]]) -> list[Diagnosis]:
    try:
        return check()
    except Exception as error:  # any exception is a finding
        return [Diagnosis(check.__name__.strip("_").replace("_", " "), False, f"{type(error).__name__}: {error}")]


def _python() -> list[Diagnosis]:
    import platform
    import sys

    detail = f"{platform.python_version()} at {sys.executable}, {platform.platform()}"
    return [Diagnosis("python", sys.version_info >= OLDEST_PYTHON, detail)]


def _versions() -> list[Diagnosis]:
    from lutbridge.cli.failures import installed_versions

    return [Diagnosis("lutbridge", True, __version__)] + [
        Diagnosis(name, version is not None, version or "not installed; install lutbridge again")
        for name, version in installed_versions().items()
    ]


def _device() -> list[Diagnosis]:
    from lutbridge import device

    found = device.choose("auto")
    return [Diagnosis("device", True, f"{found}: {device.reason(found)}")]


def _extras() -> list[Diagnosis]:
    """Which are installed, and whether those work; none need be."""
    from lutbridge import extras

    return [_extra(name) for name in extras.MODULES]


def _extra(name: str) -> Diagnosis:
    import importlib

    from lutbridge import extras

    title = f"extra {name}"
    if not extras.has(name):
        return Diagnosis(title, True, f"not installed; {extras.remedy(name)}")
    for module in extras.MODULES[name]:
        try:
            importlib.import_module(module)
        except Exception as error:  # a library that it needs is missing, or for another system
            reason = " ".join(str(error).split()) or type(error).__name__
            return Diagnosis(title, False, f"{module} does not load ({reason}); {extras.remedy(name)}")
    return Diagnosis(title, True, "installed")


def _models() -> list[Diagnosis]:
    from lutbridge.model.registry import builtin_models

    return [_model(builtin) for builtin in builtin_models()]


def _model(builtin) -> Diagnosis:
    intact = builtin.is_intact()
    verdict = "matches" if intact else "does not match; install lutbridge again"
    return Diagnosis(f"model {builtin.name}", intact, f"{builtin.path}, SHA-256 {builtin.sha256[:12]}… {verdict}")


def _plugins() -> list[Diagnosis]:
    """Whether and where each is installed, and what pressing its button would find; none need be installed."""
    from lutbridge.cli import plugin_checks

    return plugin_checks.check()


def _temporary_folder() -> list[Diagnosis]:
    import tempfile

    with tempfile.NamedTemporaryFile(prefix="lutbridge-doctor-") as file:
        file.write(bytes(1 << 20))
        file.flush()
        return [Diagnosis("temporary folder", True, f"1 MB written to {tempfile.gettempdir()}")]


def _self_test() -> list[Diagnosis]:
    """Renders a colour ramp from file to file."""
    import tempfile
    import time
    from pathlib import Path

    import numpy as np
    from PIL import Image

    from lutbridge.image.read import read
    from lutbridge.image.write import write
    from lutbridge.retouch import Retoucher

    ramp = np.stack(np.meshgrid(*[np.linspace(0, 255, 64, dtype=np.uint8)] * 2), -1)
    pixels = np.dstack([ramp, np.full((64, 64), 128, np.uint8)])
    with tempfile.TemporaryDirectory(prefix="lutbridge-doctor-") as folder:
        source, target = Path(folder, "ramp.png"), Path(folder, "ramp-out.png")
        Image.fromarray(pixels).save(source)
        retoucher = Retoucher.load()
        start = time.perf_counter()
        photo = read(source)
        write(target, photo, retoucher.render(photo).pixels)
        same_shape = read(target).pixels.shape == pixels.shape
        milliseconds = 1000 * (time.perf_counter() - start)
    detail = f"64 x 64 px rendered on {retoucher.device} in {milliseconds:.0f} ms"
    return [
        Diagnosis("self test", same_shape, detail if same_shape else "the result does not have the size of the photo")
    ]


def _helper() -> list[Diagnosis]:
    """Whether a helper runs, with port, version and device, or what is wrong."""
    from lutbridge_server import client
    from lutbridge_server.logs import log_folder
    from lutbridge_server.state import read_state, state_folder

    log = f"log in {log_folder()}"
    try:
        there = client.find_helper()
        about = client.info(there) if there else None
    except SetupError as error:
        return [Diagnosis("helper", False, f"{error}; {log}")]
    if about is not None:
        device = f"{about['device']} ({about['device_reason']})"
        detail = f"version {about['version']} on port {there['port']}, {device}, {log}"
        if about["version"] != __version__:
            return [
                Diagnosis("helper", False, f"{detail}; this is {__version__}: end it with `lutbridge serve --stop`")
            ]
        return [Diagnosis("helper", True, detail)]
    if client.is_running():
        detail = f"a process holds {state_folder()} and does not answer; end it, or wait if it is starting or stopping"
        return [Diagnosis("helper", False, f"{detail}; {log}")]
    left_over = "; the state file is left over, and the next start replaces it" if read_state(state_folder()) else ""
    return [Diagnosis("helper", True, f"not running; `lutbridge serve` starts it{left_over}; {log}")]


def _own_folders() -> list[Diagnosis]:
    """Whether the helper's state, log and photos in work can be kept; leaves nothing there."""
    from lutbridge.cli.plugins import STORE, is_hidden_by_store
    from lutbridge_server.logs import log_folder
    from lutbridge_server.serve import spool_folder
    from lutbridge_server.state import state_folder

    folders = {"state folder": state_folder(), "log folder": log_folder(), "cache folder": spool_folder()}
    findings = [_own_folder(name, folder) for name, folder in folders.items()]
    if is_hidden_by_store(_nearest(state_folder())):
        detail = f"{state_folder()}: darktable and Lightroom would not find the helper, because {STORE}"
        findings[0] = Diagnosis("state folder", False, detail)
    return findings


def _nearest(folder: Path) -> Path:
    """The folder itself, or the nearest of those above it that is there."""
    return next(place for place in (folder, *folder.parents) if os.path.lexists(place))


def _own_folder(name: str, folder: Path) -> Diagnosis:
    import tempfile

    needs = f"and `lutbridge serve` needs the folder {folder}"
    there = _nearest(folder)
    if not there.is_dir():
        return Diagnosis(name, False, f"{there}: this is a file, {needs}")
    try:
        tempfile.TemporaryFile(dir=there).close()
    except OSError as error:
        return Diagnosis(name, False, f"{there}: cannot be written to ({error.strerror}), {needs}")
    return Diagnosis(name, True, str(folder))


def _kernels() -> list[Diagnosis]:
    from lutbridge.lut import lookup
    from lutbridge.lut.compiled import cache_folder

    title, folder = "compiled kernels", cache_folder(lookup)
    if folder is None:
        advice = "set NUMBA_CACHE_DIR to a writable folder, or every run has to compile again"
        return [Diagnosis(title, False, f"neither the install folder nor the user cache is writable; {advice}")]
    count = compile_kernels()
    return [Diagnosis(title, True, f"{count} compiled now, " * bool(count) + f"kept in {folder}")]


CHECKS = (
    _python,
    _versions,
    _device,
    _extras,
    _models,
    _temporary_folder,
    _own_folders,
    _kernels,
    _self_test,
    _helper,
    _plugins,
)


@click.command()
@JSON
def command(**arguments) -> int:
    """Check that the installation works.

    Checks Python, libraries, models, GPU, folders, helper and plug-ins, and renders a test picture. Compiles any kernel
    that is not compiled yet. If a plug-in is installed and no helper runs, starts one as the plug-in would, and stops
    it again. Exit code 1: something does not work.
    """
    return doctor(**arguments)

"""Whose everything in a bundle is, and under which licence: a folder of texts, and a list of every file.

A file that nobody is known for, or whose licence is not found, stops the build.
"""

import ast
import json
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from importlib.metadata import distribution, distributions
from pathlib import Path

NOTICES = Path(__file__).with_name("notices")  # of libraries inside wheels that come without their texts
_NAMES = ("licen", "copying", "notice", "authors", "patents")


def write(target: Path, work: Path) -> None:
    """Writes `contents.json`, whose every file and module is, and a folder of texts for each of these names.

    Args:
        target: a folder that is not there yet.
        work: PyInstaller's folder of work, which has its lists.
    Raises:
        SystemExit: something belongs to nobody known, or its licence is not found.
    """
    owners = {
        Path(found.locate_file(file)).resolve(): found.name for found in distributions() for file in found.files or ()
    }
    contents = {name: _owner(Path(source).resolve(), owners) for name, source in _collected(work)}
    contents["lutbridge"] = "pyinstaller"  # the start program
    for name in sorted(set(contents.values())):
        texts = _texts(name)
        if not texts:
            raise SystemExit(f"no licence of {name} is found")
        for relative, path in texts.items():
            place = target / name / relative
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)
    (target / "contents.json").write_text(json.dumps(contents, indent=0, sort_keys=True), encoding="utf-8")


def _collected(work: Path) -> Iterator[tuple[str, str]]:
    """Name in the bundle, and file on this machine, of all that PyInstaller collected."""
    files, modules = _toc(work / "COLLECT-00.toc")[0], _toc(work / "PYZ-00.toc")[1]
    yield from ((name, source) for name, source, kind in files if kind not in ("SYMLINK", "EXECUTABLE"))
    yield from ((name, source) for name, source, _ in modules if Path(source).is_file())


def _toc(path: Path) -> tuple:
    return ast.literal_eval(path.read_text(encoding="utf-8"))


def _owner(source: Path, owners: dict[Path, str]) -> str:
    """A Python package, or "Python", or "system-" and a package of Debian's."""
    if source in owners:
        return owners[source]
    if source.is_relative_to(sys.base_prefix) or source.name == "base_library.zip":
        return "Python"
    for path in (source, Path("/", *source.parts[2:])):  # Debian knows some files of /usr/lib as those of /lib
        found = subprocess.run(["dpkg", "-S", path], capture_output=True, text=True) if shutil.which("dpkg") else None
        if found and found.returncode == 0:
            return f"system-{found.stdout.partition(':')[0]}"
    raise SystemExit(f"{source}: nobody knows whose this is")


def _texts(name: str) -> dict[str, Path]:
    """Licence files by the name that they get."""
    if name == "Python":
        places = (Path(sysconfig.get_path("stdlib")), Path(sys.base_prefix))
        found = [place / "LICENSE.txt" for place in places if (place / "LICENSE.txt").exists()]
        return {path.name: path for path in found[:1]}
    if name.startswith("system-"):
        path = Path("/usr/share/doc", name.removeprefix("system-"), "copyright")
        return {"copyright.txt": path} if path.exists() else {}
    texts = {}
    for file in distribution(name).files or ():
        parts = file.parts if ".dist-info" in file.parts[0] else file.parts[1:]
        if any(part.lower().startswith(_NAMES) for part in parts) and file.suffix not in (".py", ".pyc", ".pyi"):
            texts["-".join(part for part in parts if ".dist-info" not in part and part != "licenses")] = Path(
                file.locate()
            )
    return texts | {path.name: path for path in (NOTICES / name).glob("*")}

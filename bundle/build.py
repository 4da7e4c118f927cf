"""Builds the bundle: lutbridge with its own Python, in one folder that runs where it is unpacked.

    python bundle/build.py [--out dist]

Run it with the Python of an environment that has lutbridge's wheel, its extra `bundle`, and none of the others: what is
installed goes in. `make bundle` makes such an environment.
"""

import argparse
import compileall
import io
import platform
import py_compile
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import imagecodecs
import licences
import PyInstaller.__main__

from lutbridge import __version__

HERE = Path(__file__).parent
OURS = ("lutbridge", "lutbridge_server", "plugin_lua")
SYSTEMS = {"linux": "linux", "win32": "windows", "darwin": "macos"}
MEGABYTE = 1_000_000
MOST_MEGABYTES, MOST_PACKED_MEGABYTES = 300, 110


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, default=Path("dist"), help="folder for the bundle and its archive")
    out = parser.parse_args().out.absolute()
    name = f"lutbridge-{__version__}-{SYSTEMS[sys.platform]}-{platform.machine().lower()}"
    bundle = build(out / name)
    packed = pack(bundle)
    report(bundle, packed)


def build(bundle: Path) -> Path:
    """Makes the folder, in place of an older one."""
    work = bundle.with_name("work")
    for folder in (bundle, work):
        shutil.rmtree(folder, ignore_errors=True)
    places = (f"--distpath={work}", f"--workpath={work}")
    PyInstaller.__main__.run(["--noconfirm", "--clean", "--log-level=ERROR", *places, str(HERE / "lutbridge.spec")])
    if sys.platform == "darwin":
        bundle.mkdir()
        (work / "lutbridge.app").rename(bundle / "lutbridge.app")
        files = bundle / "lutbridge.app" / "Contents" / "Frameworks"
    else:
        (work / "folder").rename(bundle)
        files = bundle / "_internal"
    licences.write(bundle / "licences", work / "lutbridge")
    shutil.copyfile(HERE / "README.txt", bundle / "README.txt")
    for package in OURS:  # read-only folders cannot keep what Python would compile at each start
        checked = py_compile.PycInvalidationMode.UNCHECKED_HASH
        compileall.compile_dir(files / package, quiet=1, invalidation_mode=checked)
    if sys.platform == "linux":
        _strip(files)
    if sys.platform == "darwin":  # its signature covers what has just been added
        subprocess.run(["codesign", "--force", "--deep", "--sign", "-", bundle / "lutbridge.app"], check=True)
    shutil.rmtree(work)
    return bundle


def _strip(files: Path) -> None:
    """Takes out of libraries what only a debugger reads, 45 MB; those in NAME.libs were edited, and break by it."""
    libraries = [path for path in files.rglob("*.so*") if path.is_file() and not path.is_symlink()]
    whole = [path for path in libraries if not path.parent.name.endswith(".libs")]
    subprocess.run(["strip", "--strip-unneeded", *whole], check=True)


def pack(bundle: Path) -> Path:
    """The archive that is handed out, beside the folder."""
    if sys.platform == "linux":
        archive = bundle.with_name(f"{bundle.name}.tar.gz")
        content = io.BytesIO()
        with tarfile.open(fileobj=content, mode="w") as tar:
            tar.add(bundle, bundle.name, filter=_nobodys)
        archive.write_bytes(imagecodecs.gzip_encode(content.getbuffer(), level=12))  # 4 % smaller than zlib's best
        return archive
    archive = bundle.with_name(f"{bundle.name}.zip")
    archive.unlink(missing_ok=True)
    if sys.platform == "darwin":  # keeps links, which the signature counts on
        subprocess.run(["ditto", "-c", "-k", "--keepParent", bundle, archive], check=True)
    else:
        shutil.make_archive(str(bundle), "zip", bundle.parent, bundle.name)
    return archive


def _nobodys(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    return entry


def report(bundle: Path, packed: Path) -> None:
    """Says what takes the space, and stops where it is more than it may be."""
    sizes: dict[str, float] = {}
    for path in bundle.rglob("*"):
        if path.is_file() and not path.is_symlink():
            parts = path.relative_to(bundle).parts
            part = parts[1] if parts[0] == "_internal" else parts[0]
            sizes[part] = sizes.get(part, 0) + path.stat().st_size / MEGABYTE
    for part, megabytes in sorted(sizes.items(), key=lambda item: -item[1])[:14]:
        print(f"{megabytes:7.1f} MB  {part}")
    unpacked, archive = sum(sizes.values()), packed.stat().st_size / MEGABYTE
    print(f"{unpacked:7.1f} MB  in all: {bundle}\n{archive:7.1f} MB  packed: {packed}")
    if unpacked > MOST_MEGABYTES or archive > MOST_PACKED_MEGABYTES:
        raise SystemExit(f"at most {MOST_MEGABYTES} MB, and {MOST_PACKED_MEGABYTES} MB packed, are allowed")


if __name__ == "__main__":
    main()

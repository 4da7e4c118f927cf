"""Other programs that put a photo through a LUT file, each as its users would do it: tetrahedrally if it can.

Every `run` takes the LUT's file, (H, W, 3) uint16 sRGB codes, and an empty folder; it gives codes or floats of that
shape, which `values` makes [0, 1].
"""

import importlib.metadata
import os
import re
import shutil
import struct
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import imagecodecs
import numpy as np

SECONDS = 180  # for one program
_SIDECAR = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:darktable="http://darktable.sf.net/" darktable:xmp_version="5" darktable:auto_presets_applied="1"
 darktable:history_end="1"><darktable:history><rdf:Seq><rdf:li darktable:num="0" darktable:operation="lut3d"
 darktable:enabled="1" darktable:modversion="3" darktable:multi_priority="0" darktable:params="{params}"/></rdf:Seq>
</darktable:history></rdf:Description></rdf:RDF></x:xmpmeta>"""
_SIMULATION = """[Version]
Version=349

[Film Simulation]
Enabled=true
ClutFilename={name}
Strength=100

[Color Management]
InputProfile=(embedded)
WorkingProfile=sRGB
OutputProfile=RTv4_sRGB
"""


@dataclass(frozen=True)
class Program:
    """A program that is given a photo and a LUT.

    Attributes:
        format_name: of the LUT file that it is given, a key of `lut.formats.FORMATS`.
        run: see the module.
        command: the executable, or the Python package, that has to be there.
        converts: whether it takes the photo to a space of its own and back.
    """

    name: str
    format_name: str
    run: Callable[[Path, np.ndarray, Path], np.ndarray]
    command: str
    converts: bool = False

    def version(self) -> str | None:
        """What is installed here, or None."""
        try:
            return importlib.metadata.version(self.command)
        except importlib.metadata.PackageNotFoundError:
            pass
        if not shutil.which(self.command):
            return None
        option = {"ffmpeg": "-version", "convert": "-version", "rawtherapee-cli": "-h", "gmic": "version"}.get(
            self.command, "--version"
        )
        ran = subprocess.run([self.command, option], capture_output=True, text=True, errors="replace", timeout=60)
        found = re.search(r"\d+\.[\d.]*\d", ran.stdout + ran.stderr)
        return found[0] if found else "of unknown version"


def values(result: np.ndarray) -> np.ndarray:
    """Codes or floats of a program to float64, [0, 1]."""
    if result.dtype.kind == "u":
        return result / float(np.iinfo(result.dtype).max)
    return np.clip(result.astype(np.float64), 0, 1)


def through_darktable(lut: Path, codes: np.ndarray, folder: Path) -> np.ndarray:
    """The module "LUT 3D", set to sRGB and tetrahedral."""
    photo, sidecar, out = (folder / name for name in ("photo.png", "photo.png.xmp", "out.png"))
    photo.write_bytes(imagecodecs.png_encode(np.ascontiguousarray(codes)))
    # File name, colour space, interpolation, and the numbers, points and name of G'MIC's LUTs, which are none.
    parameters = struct.pack("<512s3i12288x128x", lut.name.encode(), 0, 0, 0).hex()
    sidecar.write_text(_SIDECAR.format(params=parameters), encoding="utf-8")
    preferences = {
        "plugins/darkroom/lut3d/def_path": lut.parent,
        "plugins/imageio/format/png/bpp": 16,
        "write_sidecar_files": "never",
    }
    core = ["--library", ":memory:", "--configdir", folder / "config", "--cachedir", folder / "cache"]
    core += ["--tmpdir", folder, "--disable-opencl"]  # the same on every machine
    core += [word for name, value in preferences.items() for word in ("--conf", f"{name}={value}")]
    _run(["darktable-cli", photo, sidecar, out, "--icc-type", "SRGB", "--core", *core])
    return imagecodecs.png_decode(out.read_bytes())


def through_rawtherapee(lut: Path, codes: np.ndarray, folder: Path) -> np.ndarray:
    """Film Simulation at 100 %, working profile and output sRGB."""
    photo, profile, out, settings = (folder / name for name in ("photo.tif", "photo.pp3", "out.tif", "settings"))
    photo.write_bytes(imagecodecs.tiff_encode(np.ascontiguousarray(codes), photometric="rgb"))
    profile.write_text(_SIMULATION.format(name=lut.name), encoding="utf-8")
    settings.mkdir()
    (settings / "options").write_text(f"[Color Management]\nClutsDirectory={lut.parent}\n", encoding="utf-8")
    _run(
        ["rawtherapee-cli", "-o", out, "-p", profile, "-b16", "-t", "-Y", "-c", photo],
        env={**os.environ, "RT_SETTINGS": str(settings)},
    )
    return imagecodecs.tiff_decode(out.read_bytes())[..., :3]


def _through_ffmpeg(lut, codes, folder):
    height, width = codes.shape[:2]
    (folder / lut.name).write_bytes(lut.read_bytes())  # named without a folder: the filter's text has its own syntax
    frame = ["-f", "rawvideo", "-pix_fmt", "rgb48le"]
    filter_ = f"lut3d=file={lut.name}:interp=tetrahedral"
    command = ["ffmpeg", "-v", "error", *frame, "-s", f"{width}x{height}", "-i", "-", "-vf", filter_, *frame, "-"]
    out = _run(command, input=codes.astype("<u2").tobytes(), cwd=folder)
    return np.frombuffer(out, "<u2").reshape(codes.shape)


def _through_imagemagick(lut, codes, folder):
    height, width = codes.shape[:2]
    command = ["convert", "-depth", "16", "-endian", "LSB", "-size", f"{width}x{height}", "rgb:-", lut, "-hald-clut"]
    out = _run([*command, "-depth", "16", "rgb:-"], input=codes.astype("<u2").tobytes())
    return np.frombuffer(out, "<u2").reshape(codes.shape)


def _through_gmic(lut, codes, folder):
    photo, out = folder / "photo.png", folder / "out.tiff"
    photo.write_bytes(imagecodecs.png_encode(np.ascontiguousarray(codes)))
    words = ["-input_cube", lut, "-div[0]", "257", "-map_clut[0]", "[1]", "-keep[0]", "-div", "255"]
    _run(["gmic", "-v", "-1", photo, *words, "-output", f"{out},float"])
    return imagecodecs.tiff_decode(out.read_bytes())


def _through_opencolorio(lut, codes, folder):
    import PyOpenColorIO as ocio  # noqa: N813

    ocio.ClearAllCaches()
    file = ocio.FileTransform(src=str(lut), interpolation=ocio.INTERP_TETRAHEDRAL)
    result = np.ascontiguousarray(codes / np.float32(65535))
    ocio.Config.CreateRaw().getProcessor(file).getDefaultCPUProcessor().applyRGB(result)
    return result


def _through_pillow(lut, codes, folder):
    from PIL import Image, ImageFilter

    from lutbridge.lut.formats import read

    lattice = read(lut).bake().lattice
    if len(lattice) > 65:
        raise ValueError(f"it takes a grid of up to 65, and this one has {len(lattice)}")
    table = lattice.transpose(2, 1, 0, 3).ravel().tolist()
    eight_bit = np.rint(codes / 257).astype(np.uint8)
    return np.asarray(Image.fromarray(eight_bit).filter(ImageFilter.Color3DLUT(len(lattice), table)))


def _run(command, **options):
    """The program's stdout; ValueError with its last message if it fails."""
    ran = subprocess.run([str(word) for word in command], capture_output=True, timeout=SECONDS, **options)
    if ran.returncode:
        words = ran.stderr.decode("utf-8", "replace").strip().split("\n")[-1]
        raise ValueError(words[:200] or f"it ended with exit code {ran.returncode}")
    return ran.stdout


PROGRAMS = (
    Program("OpenColorIO", "cube", _through_opencolorio, "opencolorio"),
    Program("FFmpeg lut3d", "cube", _through_ffmpeg, "ffmpeg"),
    Program("darktable", "cube", through_darktable, "darktable-cli", converts=True),
    Program("RawTherapee", "hald", through_rawtherapee, "rawtherapee-cli", converts=True),
    Program("ImageMagick", "hald", _through_imagemagick, "convert"),
    Program("G'MIC", "cube", _through_gmic, "gmic"),
    Program("Pillow", "cube", _through_pillow, "pillow"),
)

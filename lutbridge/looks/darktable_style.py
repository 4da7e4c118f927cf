"""A darktable style (.dtstyle) as a LUT: darktable itself applies it to a picture of all colours.

darktable-cli takes a style from its library only, but any edit from a sidecar file; so the style's modules are written
as one. Modules that look at a pixel's neighbours, or at its place, cannot be in a LUT and are left out, each named.
"""

import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree
from xml.sax.saxutils import quoteattr

import numpy as np
from PIL import Image

from lutbridge.errors import ReadError, SetupError
from lutbridge.files import check_regular
from lutbridge.image.read import read
from lutbridge.looks.preset import lut_from_hald
from lutbridge.lut.lut3d import Lut3D

MOST_BYTES = 4 << 20
LEVEL = 6  # of the HaldCLUT: 216 px a side, grid size 36
TIMEOUT = 300  # seconds
# Not of colour alone: their effect depends on a pixel's neighbours or its place.
SPATIAL = frozenset(
    "ashift atrous bilat bilateral bloom blurs borders cacorrect cacorrectrgb censorize clipping crop defringe "
    "denoiseprofile diffuse dither enlargecanvas finalscale flip globaltonemap graduatednd grain hazeremoval highpass "
    "hotpixels lens liquify lowlight lowpass nlmeans overlay rawdenoise retouch rotatepixels scalepixels shadhi "
    "sharpen soften spots tonemap toneequal vignette watermark".split()
)
_FIELDS = (
    "operation",
    "enabled",
    "module",
    "op_params",
    "blendop_params",
    "blendop_version",
    "multi_priority",
    "multi_name",
)


@dataclass(frozen=True)
class DarktableStyle:
    """What a .dtstyle file holds.

    Attributes:
        name: as darktable lists it.
        modules: each by the tags of the file; those that a LUT can hold.
        left_out: names of the modules that it cannot.
    """

    name: str
    modules: tuple[dict[str, str], ...]
    left_out: tuple[str, ...]


def read_style(path: Path) -> DarktableStyle:
    """Read a .dtstyle file.

    Raises:
        ReadError: it is no such file, or holds no module that is switched on and that a LUT can hold.
    """
    check_regular(path, "a darktable style")
    data = path.read_bytes()[: MOST_BYTES + 1]
    if len(data) > MOST_BYTES or b"<!" in data.replace(b"<!--", b""):
        raise ReadError(path, "this is no darktable style, which is short and declares nothing", "export it again")
    try:
        root = ElementTree.fromstring(data)
    except ElementTree.ParseError as error:
        raise ReadError(path, f"this is no darktable style ({error})", "export it again from darktable") from error
    if root.tag != "darktable_style":
        raise ReadError(path, "this is no darktable style", "export one from darktable's styles panel")
    plugins = [{name: plugin.findtext(name) or "" for name in _FIELDS} for plugin in root.iter("plugin")]
    active = [plugin for plugin in plugins if plugin["enabled"] == "1" and plugin["operation"].isidentifier()]
    modules = tuple(plugin for plugin in active if plugin["operation"] not in SPATIAL)
    left_out = tuple(dict.fromkeys(plugin["operation"] for plugin in active if plugin["operation"] in SPATIAL))
    if not modules:
        raise ReadError(path, "none of its modules changes colours alone, so it is no look that a LUT can hold")
    return DarktableStyle(root.findtext("info/name") or path.stem, modules, left_out)


def lut_of_style(style: DarktableStyle) -> Lut3D:
    """The LUT (sRGB-encoded in and out) that the installed darktable makes of a style.

    Raises:
        SetupError: as `export`.
    """
    with tempfile.TemporaryDirectory(prefix="lutbridge-") as name:
        hald, result = Path(name) / "hald.png", Path(name) / "result.png"
        Image.fromarray(_hald()).save(hald)
        export(style, hald, result)
        return Lut3D(lut_from_hald(read(result)).lattice, style.name)


def export(style: DarktableStyle, photo: Path, result: Path) -> None:
    """Have the installed darktable apply a style to a photo, and export it in sRGB: 16 bit as PNG, else as by default.

    Raises:
        SetupError: there is no darktable-cli, or it did not write a picture.
    """
    program = shutil.which("darktable-cli")
    if program is None:
        raise SetupError(
            "a .dtstyle is read with darktable's own darktable-cli, which was not found; install darktable"
        )
    with tempfile.TemporaryDirectory(prefix="lutbridge-") as name:
        folder = Path(name)
        (folder / "style.xmp").write_text(sidecar(style), encoding="utf-8")
        for kind in ("config", "cache", "tmp"):
            (folder / kind).mkdir()
        own = [part for kind in ("config", "cache", "tmp") for part in (f"--{kind}dir", str(folder / kind))]
        command = [program, str(photo), str(folder / "style.xmp"), str(result), "--apply-custom-presets", "false"]
        command += ["--icc-type", "SRGB", "--core", *own, "--library", ":memory:", "--disable-opencl"]
        command += ["--conf", "plugins/imageio/format/png/bpp=16"]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT, errors="replace")
        except subprocess.TimeoutExpired as error:
            raise SetupError(f"darktable-cli was not done after {TIMEOUT} s; try again") from error
        if not result.is_file():
            told = (done.stderr or done.stdout).strip().splitlines()
            raise SetupError(f"darktable-cli wrote no picture ({told[-1] if told else 'it said nothing'})")


def sidecar(style: DarktableStyle) -> str:
    """The style's modules as the history of a photo, in darktable's XMP."""
    items = []
    for number, module in enumerate(style.modules):
        attributes = {
            "num": str(number), "operation": module["operation"], "enabled": "1", "modversion": module["module"],
            "params": module["op_params"], "multi_name": module["multi_name"],
            "multi_priority": module["multi_priority"] or "0",
        }  # fmt: skip
        if module["blendop_params"]:
            attributes |= {"blendop_version": module["blendop_version"], "blendop_params": module["blendop_params"]}
        told = " ".join(f"darktable:{name}={quoteattr(value)}" for name, value in attributes.items())
        items.append(f"<rdf:li {told}/>")
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<x:xmpmeta xmlns:x="adobe:ns:meta/">\n'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n'
        '<rdf:Description rdf:about="" xmlns:darktable="http://darktable.sf.net/" darktable:xmp_version="4" '
        f'darktable:auto_presets_applied="1" darktable:history_end="{len(items)}">\n'
        f"<darktable:history><rdf:Seq>\n{chr(10).join(items)}\n</rdf:Seq></darktable:history>\n"
        "</rdf:Description></rdf:RDF></x:xmpmeta>\n"
    )


def _hald():
    """An identity HaldCLUT, (L³, L³, 3) uint8; darktable-cli reads 16-bit PNG too, but Pillow does not write it."""
    M = LEVEL**2
    axis = np.linspace(0, 1, M)
    blue, green, red = np.meshgrid(axis, axis, axis, indexing="ij")
    colours = np.stack([red, green, blue], -1).reshape(LEVEL**3, LEVEL**3, 3)
    return np.rint(255 * colours).astype(np.uint8)

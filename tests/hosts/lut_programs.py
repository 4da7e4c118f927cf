"""Pixels through a LUT file in other programs, tetrahedrally where they offer it."""

import os
import struct
import subprocess

import colour
import imagecodecs
import numpy as np
import PyOpenColorIO as ocio  # noqa: N813
import tifffile


def by_ocio(path, rgb):
    ocio.ClearAllCaches()
    file = ocio.FileTransform(src=str(path), interpolation=ocio.INTERP_TETRAHEDRAL)
    result = np.ascontiguousarray(rgb, np.float32).copy()
    ocio.Config.CreateRaw().getProcessor(file).getDefaultCPUProcessor().applyRGB(result)
    return result


def by_colour(lut, rgb):
    """A LUT of colour-science, or a sequence of a shaper and a LUT."""
    for step in getattr(lut, "sequence", [lut]):
        three = isinstance(step, colour.LUT3D)
        options = {"interpolator": colour.algebra.table_interpolation_tetrahedral} if three else {}
        rgb = step.apply(rgb, **options)
    return rgb


def by_ffmpeg(arguments, pixels, pixel_format):
    """Pixels (H, W, 3) of one frame through ffmpeg; float32 as planes, codes interleaved."""
    planes = pixel_format.startswith("gbrp")
    raw = np.ascontiguousarray(pixels[..., [1, 2, 0]].transpose(2, 0, 1) if planes else pixels)
    height, width = pixels.shape[:2]
    frame = ["-f", "rawvideo", "-pix_fmt", pixel_format]
    command = ["ffmpeg", "-v", "error", *frame, "-s", f"{width}x{height}", "-i", "-", *map(str, arguments), *frame, "-"]
    out = subprocess.run(command, input=raw.tobytes(), capture_output=True, check=True).stdout
    out = np.frombuffer(out, pixels.dtype).reshape(raw.shape)
    return out.transpose(1, 2, 0)[..., [2, 0, 1]] if planes else out


SIDECAR = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:darktable="http://darktable.sf.net/" darktable:xmp_version="5" darktable:auto_presets_applied="1"
 darktable:history_end="1"><darktable:history><rdf:Seq><rdf:li darktable:num="0" darktable:operation="lut3d"
 darktable:enabled="1" darktable:modversion="3" darktable:multi_priority="0" darktable:params="{params}"/></rdf:Seq>
</darktable:history></rdf:Description></rdf:RDF></x:xmpmeta>"""


def by_darktable(path, codes):
    """(H, W, 3) uint16 sRGB codes through darktable's module "LUT 3D": sRGB, tetrahedral."""
    folder = path.parent
    photo, sidecar, out = (folder / name for name in ("photo.png", "photo.png.xmp", "out.png"))
    photo.write_bytes(imagecodecs.png_encode(codes))
    # File name, colour space, interpolation, and the numbers, points and name of G'MIC's LUTs, which are none.
    sidecar.write_text(SIDECAR.format(params=struct.pack("<512s3i12288x128x", path.name.encode(), 0, 0, 0).hex()))
    preferences = {
        "plugins/darkroom/lut3d/def_path": folder,
        "plugins/imageio/format/png/bpp": 16,
        "write_sidecar_files": "never",
    }
    core = ["--library", ":memory:", "--configdir", folder / "config", "--cachedir", folder / "cache"]
    core += [word for name, value in preferences.items() for word in ("--conf", f"{name}={value}")]
    command = ["darktable-cli", photo, sidecar, out, "--icc-type", "SRGB", "--core", *core]
    subprocess.run(command, check=True, capture_output=True)
    return imagecodecs.png_decode(out.read_bytes())


SIMULATION = """[Version]
Version=349

[Film Simulation]
Enabled=true
ClutFilename=look.png
Strength=100

[Color Management]
InputProfile=(embedded)
WorkingProfile=sRGB
OutputProfile=RTv4_sRGB
"""


def by_rawtherapee(path, codes):
    """(H, W, 3) uint16 sRGB codes through RawTherapee's film simulation with the file, which is called look.png."""
    photo, profile, out, settings = (path.parent / name for name in ("photo.tif", "photo.pp3", "out.tif", "settings"))
    tifffile.imwrite(photo, codes, photometric="rgb")
    profile.write_text(SIMULATION)
    settings.mkdir()
    (settings / "options").write_text(f"[Color Management]\nClutsDirectory={path.parent}\n")
    command = ["rawtherapee-cli", "-o", out, "-p", profile, "-b16", "-t", "-Y", "-c", photo]
    environment = {**os.environ, "RT_SETTINGS": str(settings)}
    subprocess.run(command, check=True, capture_output=True, env=environment)
    return tifffile.imread(out)

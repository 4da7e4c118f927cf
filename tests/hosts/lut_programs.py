"""Pixels through a LUT file in other programs, tetrahedrally where they offer it."""

import subprocess

import colour
import numpy as np
import PyOpenColorIO as ocio  # noqa: N813

from lutbridge.looks.parity import programs


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


def by_darktable(path, codes):
    """(H, W, 3) uint16 sRGB codes through darktable's module "LUT 3D": sRGB, tetrahedral."""
    return programs.through_darktable(path, codes, path.parent)


def by_rawtherapee(path, codes):
    """(H, W, 3) uint16 sRGB codes through RawTherapee's film simulation with the file."""
    return programs.through_rawtherapee(path, codes, path.parent)

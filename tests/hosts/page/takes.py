"""A shoot for the tests of the page: takes of one portrait, scikit-image's astronaut (NASA, public domain).

Each take is a crop with an error of exposure, white balance or contrast, computed in linear light with a little sensor
noise; the same every time. Eleven are 8-bit JPEGs with EXIF, the last a 16-bit TIFF.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tifffile
from PIL import ExifTags, Image
from skimage.data import astronaut

from lutbridge.color.srgb import eotf_srgb, inverse_eotf_srgb

LONG_SIDE = 900  # px; the portrait has 512, so takes are enlarged a little
NOISE = 0.001  # standard deviation, of linear full scale


@dataclass(frozen=True)
class Take:
    exposure: float = 0.0  # EV
    temperature: float = 0.0  # EV, red up and blue down
    tint: float = 0.0  # EV, green up
    contrast: float = 1.0  # exponent about middle grey
    crop: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)  # left, top, right, bottom, as shares


FULL, BUST, FACE, TALL = (0.0, 0.0, 1.0, 1.0), (0.1, 0.0, 0.9, 0.6), (0.25, 0.0, 0.65, 0.5), (0.12, 0.0, 0.72, 0.9)
TAKES = (
    Take(crop=FULL),
    Take(exposure=-1.2, crop=FULL),
    Take(exposure=0.7, crop=TALL),
    Take(temperature=0.35, crop=TALL),
    Take(temperature=-0.4, crop=BUST),
    Take(tint=0.25, crop=BUST),
    Take(tint=-0.3, exposure=-0.4, crop=FACE),
    Take(contrast=0.7, crop=FACE),
    Take(contrast=1.3, exposure=-0.5, crop=TALL),
    Take(exposure=-1.8, temperature=0.2, crop=BUST),
    Take(temperature=-0.25, contrast=0.8, crop=FULL),
    Take(exposure=-0.8, temperature=0.3, tint=-0.1, crop=TALL),
)


def make_takes(folder: Path) -> None:
    portrait = Image.fromarray(astronaut())
    for number, take in enumerate(TAKES, 1):
        rgb = shoot(portrait, take, np.random.default_rng(number))
        if number < len(TAKES):
            save_jpeg(folder / f"DSC_{number:04}.JPG", rgb, number)
        else:
            tifffile.imwrite(
                folder / f"DSC_{number:04}.TIF", np.round(rgb * 65535).astype(np.uint16), photometric="rgb"
            )


def shoot(portrait: Image.Image, take: Take, random: np.random.Generator) -> np.ndarray:
    """(H, W, 3) float, sRGB-encoded, [0, 1]."""
    box = [share * side for share, side in zip(take.crop, portrait.size * 2, strict=True)]
    scale = LONG_SIDE / max(box[2] - box[0], box[3] - box[1])
    size = (round((box[2] - box[0]) * scale), round((box[3] - box[1]) * scale))
    cropped = portrait.resize(size, Image.Resampling.LANCZOS, box=box)
    linear = eotf_srgb(np.asarray(cropped, np.float64) / 255)
    gains = 2.0 ** (take.exposure + np.array([take.temperature, take.tint, -take.temperature]))
    linear = 0.18 * (linear * gains / 0.18) ** take.contrast
    return inverse_eotf_srgb(np.clip(linear + random.normal(0, NOISE, linear.shape), 0, 1))


def save_jpeg(path: Path, rgb: np.ndarray, number: int) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "lutbridge"
    exif[ExifTags.Base.Model] = "synthetic take"
    exif[ExifTags.Base.ImageDescription] = f"Synthetic take {number} of scikit-image's astronaut (NASA, public domain)"
    exif[ExifTags.Base.DateTime] = f"2026:01:01 12:00:{number:02}"
    Image.fromarray(np.round(rgb * 255).astype(np.uint8)).save(path, quality=92, subsampling=0, exif=exif)

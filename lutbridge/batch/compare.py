"""Compares a photo before and after: two JPEG previews, small enough for a page, and their mean ΔE2000."""

import io
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image

from lutbridge.batch.change import Change, measure
from lutbridge.color.codes import to_codes
from lutbridge.color.delta_e import delta_e_2000
from lutbridge.color.gamut import SRGB, ColorSpace
from lutbridge.color.lab import srgb_to_lab

# Limit for all previews on a page, in bytes of JPEG. Base64 turns that into 56 MB, however many photos there are.
PAGE_BYTES = 42_000_000
LARGEST_PREVIEW_BYTES = 600_000
JPEG_QUALITIES = (85, 75, 65, 50, 35, 20)
DELTA_E_SIDE = 256  # px; ΔE2000 at full size would take longer than the retouch


@dataclass(frozen=True)
class PreviewSize:
    long_side: int  # px
    jpeg_bytes: int  # limit for one preview


@dataclass(frozen=True)
class Comparison:
    before: bytes  # JPEG, sRGB
    after: bytes  # likewise, of the same size
    size: tuple[int, int]  # (W, H) px
    delta_e: float  # mean ΔE2000 over the previews, area-averaged to a long side of DELTA_E_SIDE
    change: Change  # measured on the same small pictures


def preview_size(photo_count: int) -> PreviewSize:
    """1,000 px for up to 120 photos, less for more, so that a page of 500 photos stays under 60 MB."""
    long_side = round(1000 * min(1.0, 120 / max(photo_count, 1)) ** 0.5)
    return PreviewSize(max(long_side, 240), min(LARGEST_PREVIEW_BYTES, PAGE_BYTES // (2 * max(photo_count, 1))))


def compare(
    before: np.ndarray,
    after: np.ndarray,
    size: PreviewSize,
    color: ColorSpace = SRGB,
    color_after: ColorSpace | None = None,
    find_person: Callable[[np.ndarray], np.ndarray] | None = None,
) -> Comparison:
    """Makes previews of a photo before and after, and measures the change.

    Args:
        before, after: (H, W, 3) uint8 or uint16; of the same shape, or one scaled.
        color: their colour space; colours outside sRGB are clipped before they are shown and measured.
        find_person: see `Retoucher.person_finder`.
        color_after: the colour space of `after`, if different.
    """
    small_before = _in_srgb(_shrink(before, size.long_side), color)
    small_after = _in_srgb(_shrink(after, size.long_side), color_after or color)
    if small_after.size != small_before.size:
        small_after = small_after.resize(small_before.size, Image.Resampling.BOX)
    measured = [np.asarray(_shrink(np.asarray(p), DELTA_E_SIDE), np.float32) / 255 for p in (small_before, small_after)]
    delta_e = float(delta_e_2000(*map(srgb_to_lab, measured)).mean())
    person = find_person(measured[0]) if find_person else None
    return Comparison(
        _jpeg(small_before, size.jpeg_bytes),
        _jpeg(small_after, size.jpeg_bytes),
        small_before.size,
        delta_e,
        measure(*measured, delta_e, person),
    )


def _shrink(pixels: np.ndarray, long_side: int) -> Image.Image:
    """Area-averages to at most `long_side` px, 8-bit; a smaller photo keeps its size."""
    # The high byte is the 8-bit code: 257 · code, rounded by less than half a step either way, starts with `code`.
    eight_bit = (pixels >> 8).astype(np.uint8) if pixels.dtype == np.uint16 else pixels
    image = Image.fromarray(eight_bit)
    scale = min(1.0, long_side / max(image.size))
    return image.resize([max(1, round(side * scale)) for side in image.size], Image.Resampling.BOX)


def _in_srgb(image: Image.Image, color: ColorSpace) -> Image.Image:
    return Image.fromarray(to_codes(color.to_model(np.asarray(image)), np.uint8))


def _jpeg(image: Image.Image, most_bytes: int) -> bytes:
    for quality in JPEG_QUALITIES:
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=quality, optimize=True)
        if buffer.tell() <= most_bytes:
            break
    return buffer.getvalue()

"""Colours that are stored multiplied with alpha, as colours, and back (TIFF 6.0, ExtraSamples; HEIF, `prem`).

Retouches and LUTs are made for plain colours: premultiplied ones would look too dark to them, and come out brighter
than their alpha allows.
"""

import numpy as np


def divided(codes: np.ndarray, neutral: tuple[float, ...] | None = None) -> np.ndarray:
    """Codes (H, W, C + 1), alpha last, colours premultiplied with alpha; changed in place and returned.

    What is brighter than its alpha becomes white; where alpha is 0 there is no colour, and 0 is left. `multiplied`
    restores exactly the codes that are no brighter than their alpha.

    Args:
        codes: unsigned integers, or floats with 1 for opaque.
        neutral: for each of the C channels, the code that means no colour (a* and b* of Lab); 0 if None.
    """
    white = np.iinfo(codes.dtype).max if codes.dtype.kind == "u" else None
    zero = np.array(neutral or (0.0,))
    for row in codes:  # one at a time, as floats take up to eight times the memory
        alpha = row[:, -1:].astype(np.float64) / (white or 1)
        shown = alpha > 0
        straight = zero + (row[:, :-1] - zero) / np.where(shown, alpha, 1)
        straight = np.where(shown, straight, zero)
        row[:, :-1] = straight if white is None else np.rint(straight.clip(0, white))
    return codes


def multiplied(codes: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """Codes (H, W, C) times alpha (H, W), both uint8 | uint16, rounded: a new array."""
    white = np.iinfo(codes.dtype).max
    out = np.empty_like(codes, order="C")
    for row, of_row, opacity in zip(out, codes, alpha, strict=True):
        row[:] = np.rint(of_row * (opacity[:, None] / white))
    return out

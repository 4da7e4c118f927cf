"""Integer codes and floats: 0 is 0.0, the largest code of the type is 1.0."""

import numpy as np


def to_float(codes: np.ndarray) -> np.ndarray:
    """Codes (any shape, any strides) uint8 | uint16 to C-contiguous float32 [0, 1]."""
    values = np.empty(codes.shape, np.float32)
    return np.divide(codes, np.float32(np.iinfo(codes.dtype).max), out=values, casting="same_kind")


def to_16_bit(codes: np.ndarray) -> np.ndarray:
    """Codes uint8 | uint16 (any shape, any strides) as the uint16 codes of the very same values."""
    return codes if codes.dtype == np.uint16 else codes.astype(np.uint16) * np.uint16(257)


def to_8_bit(codes: np.ndarray) -> np.ndarray:
    """Codes of either depth (any shape) to uint8, rounded to nearest; 8-bit codes are unchanged."""
    return codes if codes.dtype == np.uint8 else to_codes(to_float(codes), np.uint8)


def to_codes(values: np.ndarray, dtype: np.dtype | type) -> np.ndarray:
    """Finite floats (any shape) to C-contiguous codes uint8 | uint16: rounded to nearest, clamped to the type's range.

    The inverse of `to_float` for every code.
    """
    top = np.iinfo(dtype).max
    scaled = np.multiply(values, np.float32(top), order="C")
    np.rint(scaled, out=scaled)
    np.clip(scaled, 0, top, out=scaled)
    return scaled.astype(dtype)

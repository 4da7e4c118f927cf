"""The CPU renderer: a photo of any size through the fused kernel, its rows shared among threads."""

from concurrent.futures import ThreadPoolExecutor

import numba
import numpy as np
import torch

from lutbridge.kernels.fused import render_rows
from lutbridge.kernels.packed import pack
from lutbridge.model.network import PixelAdaptiveLUT

BAND = 16  # rows a thread takes at once


class Renderer:
    """One photo's renderer: a network with the photo's image-adaptive weights worked in.

    Args:
        network: on the CPU.
        w_image: (N,) float32.
    """

    def __init__(self, network: PixelAdaptiveLUT, w_image: torch.Tensor):
        self._packed = pack(network, w_image)

    def __call__(
        self, pixels: np.ndarray, strength: float = 1.0, top: int = 0, bottom: int | None = None
    ) -> tuple[np.ndarray, int]:
        """Retouch a photo, or a strip of it, on as many threads as NUMBA_NUM_THREADS says (by default, one per core).

        The same result, to rounding, as `kernels.reference.render` of the photo with its border replicated; the same
        to the bit in strips of any height, and however many threads there are.

        Args:
            pixels: (H, W, 3) uint8 or uint16 codes, or float32 [0, 1]; sRGB-encoded.
            strength: [0, 1]; x + strength · (f(x) − x).
            top, bottom: the rows to retouch; the rest are their neighbours, of which k // 2 rows are read.
        Returns:
            (bottom − top, W, 3) of the same type: rounded to nearest and clamped, floats to [0, 1]; and how many pixels
            have a channel at the end of the range where they had none.
        """
        bottom = len(pixels) if bottom is None else bottom
        out = np.empty((bottom - top, *pixels.shape[1:]), pixels.dtype)
        white = np.float32(np.iinfo(pixels.dtype).max if pixels.dtype.kind == "u" else 1)
        edge = self._packed.k // 2

        def band(start):
            first = max(0, top + start - edge)
            rows = np.require(pixels[first : min(bottom, top + start + BAND) + edge], requirements="CAW")
            lead = top + start - first
            return render_rows(rows, lead, out[start : start + BAND], white, np.float32(strength), self._packed)

        # Threads of our own around a kernel that lets go of the GIL. Of Numba's threading layers, workqueue ends the
        # process when two threads enter it, tbb is one more package, and omp shares its OpenMP with torch.
        with ThreadPoolExecutor(numba.config.NUMBA_NUM_THREADS, "lutbridge-render") as threads:
            return out, sum(threads.map(band, range(0, len(out), BAND)))

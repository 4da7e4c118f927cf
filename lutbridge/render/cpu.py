"""The CPU renderer: a photo of any size through a fused kernel, its rows shared among threads."""

from concurrent.futures import ThreadPoolExecutor
from copy import copy

import numba
import numpy as np

from lutbridge.model.network import Look, Network
from lutbridge.render.local_context import LocalContextKernel
from lutbridge.render.regions import RegionsKernel
from lutbridge.strength import FULL, Strength

BAND = 16  # rows a thread takes at once
SMALL = 2**15  # up to this many pixels, starting threads takes longer than they save


class Renderer:
    """One photo's renderer.

    The same result, to rounding, as `render.reference`; the same to the bit in strips of any height and on any number
    of threads. Takes as many threads as NUMBA_NUM_THREADS says, by default one per core; may be called from several
    threads at once.
    """

    def __init__(self, network: Network, look: Look):
        self._kernel = (RegionsKernel if network.has_mask else LocalContextKernel)(network, look)
        self.edge = network.edge

    def for_look(self, look: Look) -> "Renderer":
        """The renderer of another photo by the same network, which is not laid out a second time."""
        other = copy(self)
        other._kernel = self._kernel.for_look(look)
        return other

    def codes(self, rows: np.ndarray, lead: int, out: np.ndarray, top: int, height: int, strength: Strength) -> int:
        """Retouch rows of a photo, from codes to codes.

        Args:
            rows: (h, W, 3) uint8 or uint16, sRGB-encoded, any strides: the rows to retouch, with `edge` rows
                above and below if the photo has them.
            lead: rows of `rows` above the first one to retouch.
            out: (count, W, 3) of the same dtype, any strides, written: rounded to nearest and clamped. It may be the
                input rows if `edge` is 0.
            top, height: the first of them is row `top` of a photo of `height`.
        Returns:
            the number of newly clipped pixels.
        """
        return self._rows(rows, lead, out, top, height, np.iinfo(rows.dtype).max, strength)

    def strip(
        self,
        rgb: np.ndarray,
        lead: int,
        count: int,
        top: int,
        height: int,
        strength: Strength = FULL,
    ) -> np.ndarray:
        """Retouch `count` rows of a photo: as `codes`, from float32 in [0, 1] to the same, clamped."""
        out = np.empty((count, *rgb.shape[1:]), rgb.dtype)
        self._rows(rgb, lead, out, top, height, 1, strength)
        return out

    def _rows(self, pixels, lead, out, top, height, white, strength):
        count = len(out)

        def band(start):
            first, stop = lead + start - self.edge, lead + min(start + BAND, count) + self.edge
            above = max(0, first)
            rows = np.require(pixels[above:stop], requirements="CAW")
            own = lead + start - above
            target = out[start : start + BAND]
            result = target if target.flags.c_contiguous else np.empty(target.shape, target.dtype)
            clipped = self._kernel.rows(rows, own, result, top + start, height, np.float32(white), strength)
            if result is not target:
                target[:] = result
            return clipped

        bands = range(0, count, BAND)
        if out[..., 0].size <= SMALL:
            return sum(map(band, bands))
        # Our own threads, as the kernel releases the GIL. Of Numba's threading layers, workqueue ends the
        # process when two threads enter it, tbb is one more package, and omp shares its OpenMP with torch.
        with ThreadPoolExecutor(numba.config.NUMBA_NUM_THREADS, "lutbridge-render") as threads:
            return sum(threads.map(band, bands))

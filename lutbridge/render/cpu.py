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
SMALL = 2**15  # pixels, up to which starting threads takes longer than they save


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

    def codes(
        self, rows: np.ndarray, lead: int, count: int, top: int, height: int, strength: Strength
    ) -> tuple[np.ndarray, int]:
        """Retouch rows of a photo, from codes to codes.

        Args:
            rows: (h, W, 3) uint8 or uint16, sRGB-encoded, any strides: the rows to retouch and, where the photo has
                them, `edge` rows above and below.
            lead: rows of `rows` above the first one to retouch.
            count: rows to retouch.
            top, height: the first of them is row `top` of a photo of `height`.
        Returns:
            Codes (count, W, 3) of the same dtype, rounded to nearest and clamped; and how many pixels have a channel
            at the end of the range where they had none.
        """
        return self._rows(rows, lead, count, top, height, np.iinfo(rows.dtype).max, strength)

    def strip(
        self,
        rgb: np.ndarray,
        lead: int,
        count: int,
        top: int,
        height: int,
        strength: Strength = FULL,
    ) -> np.ndarray:
        """Retouch rows of a photo: as `codes`, from float32 in [0, 1] to the same, clamped."""
        return self._rows(rgb, lead, count, top, height, 1, strength)[0]

    def _rows(self, pixels, lead, count, top, height, white, strength):
        out = np.empty((count, *pixels.shape[1:]), pixels.dtype)

        def band(start):
            first, stop = lead + start - self.edge, lead + min(start + BAND, count) + self.edge
            above = max(0, first)
            rows = np.require(pixels[above:stop], requirements="CAW")
            own = lead + start - above
            target = out[start : start + BAND]
            return self._kernel.rows(rows, own, target, top + start, height, np.float32(white), strength)

        bands = range(0, count, BAND)
        if out[..., 0].size <= SMALL:
            return out, sum(map(band, bands))
        # Threads of our own around a kernel that lets go of the GIL. Of Numba's threading layers, workqueue ends the
        # process when two threads enter it, tbb is one more package, and omp shares its OpenMP with torch.
        with ThreadPoolExecutor(numba.config.NUMBA_NUM_THREADS, "lutbridge-render") as threads:
            return out, sum(threads.map(band, bands))

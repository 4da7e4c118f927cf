"""The GPU renderer: strips of a photo through the fused Triton kernels, or plain torch if there is no Triton."""

from importlib.util import find_spec

import numpy as np
import torch
import torch.nn.functional as F

from lutbridge.model.network import Look, Network
from lutbridge.model.regions import Places
from lutbridge.render import plain_torch

LEAST_SIDE = 16  # of a matrix that Triton multiplies
LANES = 8  # values of a lattice point, as of `render.regions`


class Renderer:
    """One photo's renderer, as `render.cpu.Renderer`, on a device."""

    def __init__(self, network: Network, look: Look, device: str = "cuda"):
        self._edge, self._device = network.edge, device
        if find_spec("triton"):
            self._kernel = (FusedRegions if network.has_mask else FusedContext)(network, look, device)
        else:
            self._kernel = plain_torch.Kernel(network, look, device)

    @torch.inference_mode()
    def strip(self, rgb: np.ndarray, lead: int, count: int, top: int, height: int) -> np.ndarray:
        """Retouch rows of a photo at full strength.

        Args:
            rgb: (h, W, 3) float32, sRGB-encoded, [0, 1]: the rows to retouch and, where the photo has them, `edge` rows
                above and below.
            lead: rows of `rgb` above the first one to retouch.
            count: rows to retouch.
            top, height: the first of them is row `top` of a photo of `height`.
        Returns:
            (count, W, 3) float32, sRGB-encoded, clamped to [0, 1].
        """
        edge = self._edge
        first, last = max(0, lead - edge), min(len(rgb), lead + count + edge)
        planes = torch.from_numpy(rgb[first:last]).to(self._device).movedim(2, 0)
        border = [edge, edge, edge - (lead - first), edge - (last - lead - count)]
        if edge:
            planes = F.pad(planes, border, mode="replicate")
        return self._kernel(planes, top, height).movedim(0, 2).cpu().numpy()


class FusedContext:
    """`render.reference` of a network with local context, through `render.triton_context`, equal within 3·10⁻⁵.

    Args:
        device: CUDA; or, where Triton interprets its kernels, the CPU.
    """

    def __init__(self, network: Network, look: Look, device: str):
        context, N = network.local_context, len(network.luts)
        area, channels = context.k**2, len(context.context[1])
        A, self._N = _side(area), _side(N)
        self._k, self._M, self._A = context.k, network.luts.shape[1], A
        self._tetrahedral = network.interpolation == "tetrahedral"
        points = np.moveaxis(network.luts.reshape(N, -1, 3), 0, 2)  # (M³, 3, N)
        self._C, self._V = _side(channels), _side(len(context.voxel[1]))
        arrays = (
            _padded(points, (*points.shape[:2], self._N)),
            _padded(context.context[0].reshape(channels, 3, area).transpose(1, 2, 0), (3, A, self._C)),
            _padded(context.context[1], (self._C,)),
            _padded(context.attention[0].T, (self._C, A)),
            _padded(context.attention[1], (A,), float("-inf")),
            _padded(context.voxel[0].T.reshape(3, area, -1), (3, A, self._V)),
            _padded(context.voxel[1], (self._V,)),
            _padded(context.weights[0].T * look.w_image, (self._V, self._N)),
            _padded(context.weights[1] * look.w_image, (self._N,)),
        )
        self._arrays = [torch.from_numpy(array).to(device) for array in arrays]

    def __call__(self, rgb: torch.Tensor, top: int, height: int) -> torch.Tensor:
        """(3, H + k − 1, W + k − 1) to (3, H, W) float32, sRGB-encoded, clamped to [0, 1]."""
        from lutbridge.render.triton_context import BLOCK, render_pixels

        rgb = rgb.contiguous()
        rows, columns = (side - self._k + 1 for side in rgb.shape[1:])
        out = torch.empty(3, rows, columns, device=rgb.device)
        count = rows * columns
        render_pixels[(-(-count // BLOCK),)](
            rgb, out, *self._arrays, count, columns, rgb.shape[2], rgb.shape[1] * rgb.shape[2],
            k=self._k, AREA=self._A, C=self._C, V=self._V, N=self._N, M=self._M,
            TETRAHEDRAL=self._tetrahedral, BLOCK=BLOCK, enable_fp_fusion=True,  # Triton warns who does not say
        )  # fmt: skip
        return out


class FusedRegions:
    """`render.reference` of a network with regions, through `render.triton_regions`; arguments as `FusedContext`."""

    def __init__(self, network: Network, look: Look, device: str):
        self._M, self._tetrahedral = network.luts.shape[1], network.interpolation == "tetrahedral"
        background, person = (network.fused(w).reshape(-1, 3) for w in np.split(look.w_image, 2))
        points = np.zeros((self._M**3, LANES), np.float32)
        points[:, :3], points[:, 4:7] = background, person - background
        self._points = torch.from_numpy(points).to(device)
        self._lines = torch.from_numpy(np.ascontiguousarray(look.mask.lines)).to(device)

    def __call__(self, rgb: torch.Tensor, top: int, height: int) -> torch.Tensor:
        """(3, H, W), its first row row `top` of `height`, to the same, float32, sRGB-encoded, clamped to [0, 1]."""
        from lutbridge.render.triton_regions import BLOCK, render_pixels

        rgb = rgb.contiguous()
        out, (_, rows, columns), cells = torch.empty_like(rgb), rgb.shape, self._lines.shape[1]
        down, right = Places.along(rows, top, height, cells), Places.along(columns, 0, columns, cells)
        places = [
            torch.from_numpy(values).to(rgb.device)
            for place in (down, right)
            for values in (place.first.astype(np.int32), place.share)
        ]
        render_pixels[(-(-columns // BLOCK), rows)](
            rgb, out, self._points, self._lines, *places, columns, rows * columns,
            CELLS=cells, M=self._M, TETRAHEDRAL=self._tetrahedral, BLOCK=BLOCK, enable_fp_fusion=True,
        )  # fmt: skip
        return out


def _side(count):
    """A power of two that Triton multiplies."""
    return max(LEAST_SIDE, 1 << (count - 1).bit_length())


def _padded(values, shape, filler=0.0):
    padded = np.full(shape, filler, np.float32)
    padded[tuple(slice(side) for side in values.shape)] = values
    return padded

"""The GPU renderer: strips of a photo through the fused Triton kernel, or plain torch where there is no Triton."""

from functools import partial
from importlib.util import find_spec

import numpy as np
import torch
import torch.nn.functional as F

from lutbridge.render import reference
from lutbridge.train.networks.network import PixelAdaptiveLUT

LEAST_SIDE = 16  # of a matrix that Triton multiplies


class Renderer:
    """One photo's renderer, as `render.cpu.Renderer`, on the device of the network.

    Args:
        network: in eval mode.
        w_image: (N,) float32.
    """

    def __init__(self, network: PixelAdaptiveLUT, w_image: np.ndarray):
        self._edge, self._device = network.local_context.k // 2, network.luts.device
        w_image = torch.from_numpy(w_image).to(self._device)
        self._render = Fused(network, w_image) if find_spec("triton") else partial(reference.render, network, w_image)

    @torch.inference_mode()
    def strip(self, rgb: np.ndarray, top: int, bottom: int) -> np.ndarray:
        """Retouch rows [top, bottom) of a photo.

        Args:
            rgb: (H, W, 3) float32, sRGB-encoded, [0, 1]: those rows and, where the photo has them, k // 2 rows above
                and below.
        Returns:
            (bottom − top, W, 3) float32, sRGB-encoded, clamped to [0, 1].
        """
        edge = self._edge
        first, last = max(0, top - edge), min(len(rgb), bottom + edge)
        planes = torch.from_numpy(rgb[first:last]).to(self._device).movedim(2, 0)
        border = [edge, edge, edge - (top - first), edge - (last - bottom)]
        return self._render(F.pad(planes, border, mode="replicate")).movedim(0, 2).cpu().numpy()


class Fused:
    """`render.reference.render` through `render.triton_fused`, equal within 3·10⁻⁵.

    Args:
        network: in eval mode, on a CUDA device; or, where Triton interprets its kernels, on the CPU.
        w_image: (N,) float32, on the same device.
    """

    def __init__(self, network: PixelAdaptiveLUT, w_image: torch.Tensor):
        module, N = network.local_context.with_attention(), len(network.luts)
        area = module.k**2
        A, self._N = _side(area), _side(N)
        self._k, self._M, self._A = module.k, network.luts.shape[-1], A
        self._tetrahedral = network.interpolation == "tetrahedral"
        points = network.luts.detach().flatten(2).permute(2, 1, 0)  # (M³, 3, N)
        self._C, self._V = _side(module.context.out_channels), _side(module.voxel.out_channels)
        self._arrays = (
            _padded(points, (*points.shape[:2], self._N)),
            _padded(module.context.weight.flatten(2).permute(1, 2, 0), (3, A, self._C)),
            _padded(module.context.bias, (self._C,)),
            _padded(module.attention.weight.flatten(1).T, (self._C, A)),
            _padded(module.attention.bias, (A,), float("-inf")),
            _padded(module.voxel.weight.flatten(1).T.unflatten(0, (3, area)), (3, A, self._V)),
            _padded(module.voxel.bias, (self._V,)),
            _padded(module.weights.weight.flatten(1).T * w_image, (self._V, self._N)),
            _padded(module.weights.bias * w_image, (self._N,)),
        )

    def __call__(self, rgb: torch.Tensor) -> torch.Tensor:
        """(3, H + k − 1, W + k − 1) to (3, H, W) float32, sRGB-encoded, clamped to [0, 1]."""
        from lutbridge.render.triton_fused import BLOCK, render_pixels

        rgb = rgb.contiguous()
        height, width = (side - self._k + 1 for side in rgb.shape[1:])
        out = torch.empty(3, height, width, device=rgb.device)
        count = height * width
        render_pixels[(-(-count // BLOCK),)](
            rgb, out, *self._arrays, count, width, rgb.shape[2], rgb.shape[1] * rgb.shape[2],
            k=self._k, AREA=self._A, C=self._C, V=self._V, N=self._N, M=self._M,
            TETRAHEDRAL=self._tetrahedral, BLOCK=BLOCK, enable_fp_fusion=True,  # Triton warns who does not say
        )  # fmt: skip
        return out


def _side(count):
    """A power of two that Triton multiplies."""
    return max(LEAST_SIDE, 1 << (count - 1).bit_length())


def _padded(values, shape, filler=0.0):
    padded = torch.full(shape, filler, device=values.device)
    padded[tuple(slice(side) for side in values.shape)] = values.detach()
    return padded

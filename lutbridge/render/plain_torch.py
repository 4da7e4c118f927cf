"""Photos through a network in plain torch, for GPUs without Triton."""

import torch

from lutbridge.model.network import Look, Network
from lutbridge.render.torch_footprints import FOOTPRINTS


class Kernel:
    """One photo's kernel, equal to `render.reference` within 3·10⁻⁵."""

    def __init__(self, network: Network, look: Look, device: str):
        def on_device(array):
            return torch.tensor(array, device=device)

        network, look = network.baked(look)
        self._luts = on_device(network.luts.reshape(len(network.luts), -1, 3))  # (N, M³, 3)
        self._M, self._interpolation = network.luts.shape[1], network.interpolation
        self._w_image = on_device(look.w_image)
        self._lines = on_device(look.mask.lines) if network.has_mask else None
        context = network.local_context
        if context:
            layers = (context.context, context.attention, context.voxel, context.weights)
            self._k, self._layers = context.k, [(on_device(weight), on_device(bias)) for weight, bias in layers]

    def __call__(self, rgb: torch.Tensor, top: int, height: int) -> torch.Tensor:
        """(3, H + k − 1, W + k − 1), its first inner row row `top` of `height`, to (3, H, W), clamped to [0, 1]."""
        if self._lines is None:
            edge = self._k // 2
            inner = rgb[:, edge : rgb.shape[1] - edge, edge : rgb.shape[2] - edge]
            weights = self._attend(rgb) * self._w_image  # (P, N)
        else:
            inner, N = rgb, len(self._luts)
            mask = self._mask(rgb, top, height).reshape(-1, 1)
            weights = (1 - mask) * self._w_image[:N] + mask * self._w_image[N:]
        points, shares = FOOTPRINTS[self._interpolation](inner.flatten(1).T, self._M)  # (P, C)
        out = sum(
            weights[:, n : n + 1] * torch.einsum("pc,pcv->pv", shares, lut[points]) for n, lut in enumerate(self._luts)
        )
        return out.clamp(0, 1).T.reshape(inner.shape)

    def _attend(self, rgb):
        windows = torch.nn.functional.unfold(rgb[None], self._k)[0].T  # (P, 3 k²)
        context, attention, voxel, weights = self._layers
        shares = _layer(_layer(windows, context).relu(), attention).softmax(1)
        return _layer(_layer(windows * shares.repeat(1, 3), voxel).relu(), weights)

    def _mask(self, rgb, top, height):
        """The soft mask (H, W) of rows."""
        down, right = (
            _between(self._lines.shape[1], start, count, length, rgb.device)
            for start, count, length in ((top, rgb.shape[1], height), (0, rgb.shape[2], rgb.shape[2]))
        )
        rows = self._lines[:, down[0]] + down[1][:, None] * (self._lines[:, down[0] + 1] - self._lines[:, down[0]])
        lines = rows[..., right[0]] + right[1] * (rows[..., right[0] + 1] - rows[..., right[0]])
        return ((lines[:3] * rgb).sum(0) + lines[3]).clamp(0, 1)


def _between(cells, start, count, length, device):
    """As `model.regions.Places.along`."""
    at = (torch.arange(start, start + count, device=device, dtype=torch.float64) + 0.5) * cells / length - 0.5
    at = at.clamp(0, cells - 1)
    first = at.long().clamp(max=cells - 2)
    return first, (at - first).float()


def _layer(x, layer):
    weight, bias = layer
    return x @ weight.T + bias

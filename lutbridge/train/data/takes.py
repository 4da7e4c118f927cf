"""Endless batches of synthetic takes: crops of finished portraits, degraded."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F

from lutbridge.train.data.degrade import DegradeConfig, degrade, soften
from lutbridge.train.data.light import LightErrors, degrade_light
from lutbridge.train.data.portraits import Portrait


@dataclass(frozen=True)
class TakesConfig:
    """How a training sample is cut from the finished photos."""

    batch: int = 16  # photos a step
    side: int = 192  # px, side of the square a crop is resized to; a multiple of the thumbnail's side
    crop: tuple[float, float] = (0.5, 1.0)  # share of each side kept
    patches: int = 4  # squares of the photo the loss looks at
    patch: int = 32  # px, their side


@dataclass(frozen=True)
class TakeBatch:
    """B takes.

    Attributes:
        take, target: (B, 3, H, W) float, sRGB-encoded, [0, 1]: what goes in, and the finished photo.
        mask: (B, 1, H, W) float, [0, 1], 1 on the person.
        known: (B,) bool, whether the photo has a mask; if it has none, there may be people all the same.
    """

    take: torch.Tensor
    target: torch.Tensor
    mask: torch.Tensor
    known: torch.Tensor

    def to(self, device: torch.device | str) -> "TakeBatch":
        """The batch on a device."""
        return TakeBatch(*(part.to(device) for part in (self.take, self.target, self.mask, self.known)))


class Takes:
    """Draws batches; all randomness comes from one generator, whose state can be saved.

    Attributes:
        epoch: how often a photo was drawn, on average.
    """

    def __init__(self, portraits: list[Portrait], config: TakesConfig, errors: DegradeConfig, seed: int):
        self.photos = [to_tensor(p) for p in portraits]  # (4, H, W) uint8: RGB and mask
        self.has_mask = torch.tensor([bool(p.mask.any()) for p in portraits])
        self.config, self.errors = config, errors
        self.random = torch.Generator().manual_seed(seed)
        self.epoch = 0.0

    def draw(self) -> TakeBatch:
        """A fresh batch."""
        self.epoch += self.config.batch / len(self.photos)
        crops = [self._crop() for _ in range(self.config.batch)]
        finished = torch.stack([crop for crop, _ in crops])
        target, mask = finished[:, :3], finished[:, 3:]
        known = self.has_mask[[index for _, index in crops]]
        if isinstance(self.errors, LightErrors):
            take, target = degrade_light(target, soften(mask), self.errors, self.random)
        else:
            take = degrade(target, soften(mask), self.errors, self.random)
        return TakeBatch(take, target, mask, known)

    def patches(self, batch: TakeBatch) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Squares of each photo of a batch: take and target (B, K, 3, p, p), mask (B, K, 1, p, p)."""
        images = torch.cat([batch.take, batch.target, batch.mask], 1)
        cut = cut_patches(images, *self.places(batch), self.config.patch)
        return cut[:, :, :3], cut[:, :, 3:6], cut[:, :, 6:]

    def places(self, batch: TakeBatch) -> tuple[torch.Tensor, torch.Tensor]:
        """Where squares may be cut out of a batch, at random: their upper left corners' rows and columns, (B, K)."""
        B, _, H, W = batch.take.shape
        K, side = self.config.patches, self.config.patch
        tops = torch.randint(H - side + 1, (B, K), generator=self.random)
        return tops, torch.randint(W - side + 1, (B, K), generator=self.random)

    def state_dict(self) -> dict:
        """What `load_state_dict` needs to go on from here."""
        return {"random": self.random.get_state(), "epoch": self.epoch}

    def load_state_dict(self, state: dict) -> None:
        """Go on from where another stream was."""
        self.random.set_state(state["random"].cpu())
        self.epoch = state["epoch"]

    def _crop(self):
        """Part of a random photo and its mask, perhaps mirrored, (4, side, side) float; and the photo's index."""
        index = self._index(len(self.photos))
        photo = self.photos[index]
        _, H, W = photo.shape
        low, high = self.config.crop
        h, w = (round(side * (low + (high - low) * self._uniform())) for side in (H, W))
        top, left = self._index(H - h + 1), self._index(W - w + 1)
        part = photo[:, top : top + h, left : left + w]
        if self._uniform() < 0.5:
            part = part.flip(2)
        return squeezed(part, self.config.side), index

    def _uniform(self):
        return torch.rand((), generator=self.random).item()

    def _index(self, count):
        return int(torch.randint(count, (), generator=self.random))


def squeezed(photo: torch.Tensor, side: int) -> torch.Tensor:
    """A photo (C, H, W) uint8 as (C, side, side) float, [0, 1]."""
    return F.interpolate(photo[None].float() / 255, (side, side), mode="bilinear", antialias=True)[0].clamp(0, 1)


def cut_patches(images: torch.Tensor, tops: torch.Tensor, lefts: torch.Tensor, side: int) -> torch.Tensor:
    """Cut the same number of squares out of every image.

    Args:
        images: (B, C, H, W).
        tops, lefts: (B, K) int64, the squares' upper left corners in px.
        side: px.
    Returns:
        (B, K, C, side, side).
    """
    B, C, _, W = images.shape
    K = tops.shape[1]
    rows = tops[..., None] + torch.arange(side)
    columns = lefts[..., None] + torch.arange(side)
    flat = (rows[..., :, None] * W + columns[..., None, :]).view(B, 1, -1).expand(B, C, -1)
    return images.flatten(2).gather(2, flat).view(B, C, K, side, side).transpose(1, 2)


def to_tensor(portrait: Portrait) -> torch.Tensor:
    """(4, H, W) uint8: RGB, and the mask as 0 or 255."""
    rgb = torch.from_numpy(portrait.rgb.copy()).movedim(2, 0)
    mask = torch.from_numpy(portrait.mask.copy())[None].to(torch.uint8) * 255
    return torch.cat([rgb, mask])

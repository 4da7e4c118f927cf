"""Batches of crops for training: the paper's augmentation, and for Liang's loss two views of a photo at once."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np
import torch
import torch.nn.functional as F

from lutbridge.color.codes import to_float
from lutbridge.image.thumbnail import THUMBNAILS
from lutbridge.train.data.pairs import Pair

CACHE_BYTES = 2 << 30  # decoded photos kept in memory
AHEAD = 2  # batches prepared ahead of the current one


@dataclass(frozen=True)
class CropConfig:
    """How samples are cut from photos; the defaults are the published training's."""

    batch: int = 16  # photos a step, over all processes
    side: int = 448  # px, side of the square that a crop is resized to; 0 to leave crops unscaled
    crop: tuple[float, float] = (0.6, 1.0)  # least and greatest share of each side that is kept
    two_views: bool = False  # a second crop, of another version of each photo


@dataclass(frozen=True)
class Views:
    """B crops: thumbnail (B, 3, S, S), rgb and target (B, 3, H, W) float, sRGB-encoded, [0, 1]; mask (B, 1, H, W)."""

    thumbnail: torch.Tensor
    rgb: torch.Tensor
    target: torch.Tensor
    mask: torch.Tensor


@dataclass(frozen=True)
class Batch(Views):
    """B samples.

    Attributes:
        targets_ab: (B, G, 2) mean a* and b* of the other targets of each photo's group, nan where there are fewer than
            the largest group has.
        second: crops of other versions of the same photos, or None.
        offsets: (B, 2) int64, how many rows and columns the second crop is below and right of the first.
    """

    targets_ab: torch.Tensor | None = None
    second: Views | None = None
    offsets: torch.Tensor | None = None

    def to(self, device: torch.device | str) -> "Batch":
        """The batch on a device."""
        first, ab = _tensors(self), self.targets_ab
        first = (tensor.to(device, non_blocking=True) for tensor in first)
        second = None if self.second is None else Views(*(tensor.to(device) for tensor in _tensors(self.second)))
        return Batch(*first, ab.to(device), second, self.offsets)


class Crops:
    """An endless, repeatable stream of batches: what comes at a step depends on the seed and the step alone.

    Every photo comes once in an epoch, in another order each time. Samples are prepared by threads, since reading and
    resizing let others run; their number changes nothing.

    Attributes:
        step: batches drawn so far.
    """

    def __init__(
        self,
        pairs: Sequence[Pair],
        means_ab: np.ndarray,
        config: CropConfig,
        thumbnail_size: int,
        seed: int,
        rank: int = 0,
        world: int = 1,
        workers: int = 1,
        thumbnail: str = "area",
    ):
        """
        Args:
            pairs: what to learn from; sizes must agree.
            means_ab: (P, 2) mean a*, b* of each target.
            thumbnail_size: S, as the network needs.
            rank, world: which of how many processes this is; each draws its own part of every batch.
            workers: threads.
            thumbnail: how the network's are made, one of `image.thumbnail.THUMBNAILS`.
        """
        self.pairs, self.config, self.seed, self.step = pairs, config, seed, 0
        self._thumbnail = partial(THUMBNAILS[thumbnail], size=thumbnail_size)
        self._rank, self._world = rank, world
        self._others = _others(pairs, means_ab)
        self._pool = ThreadPoolExecutor(workers)
        self._coming = {}
        first = sum(array.nbytes for array in pairs[0].load())
        self._load = lru_cache(max(1, CACHE_BYTES // world // first))(lambda index, version: pairs[index].load(version))
        self._order = lru_cache(2)(lambda epoch: np.random.default_rng([seed, epoch]).permutation(len(pairs)))

    @property
    def epoch(self) -> float:
        """How often every photo was drawn."""
        return self.step * self.config.batch / len(self.pairs)

    def draw(self) -> Batch:
        """The next batch, or this process's part of it."""
        for step in range(self.step, self.step + 1 + AHEAD):
            if step not in self._coming:
                self._coming[step] = [self._pool.submit(self._sample, place) for place in self._places(step)]
        samples = [sample.result() for sample in self._coming.pop(self.step)]
        self.step += 1
        return _stacked(samples)

    def close(self) -> None:
        """Ends the threads."""
        self._pool.shutdown(cancel_futures=True)

    def state_dict(self) -> dict:
        """What `load_state_dict` needs to go on from here."""
        return {"step": self.step}

    def load_state_dict(self, state: dict) -> None:
        """Go on from where another stream with the same seed was."""
        self.step, self._coming = state["step"], {}

    def _places(self, step):
        first = step * self.config.batch
        return range(first + self._rank, first + self.config.batch, self._world)

    def _sample(self, place):
        """The sample at a place of the endless stream of photos: its views, the other targets' means, the offset."""
        epoch, place = divmod(place, len(self.pairs))
        index = int(self._order(epoch)[place])
        random = np.random.default_rng([self.seed, epoch, index])
        count = len(self.pairs[index].sources)
        versions = random.permutation(count)[:2] if count > 1 else (0, 0)
        photo = self._load(index, int(versions[0]))
        window = _Window(random, photo[0].shape[:2], self.config)
        views = [window.cut(photo, self._thumbnail, second=False)]
        if self.config.two_views:
            views.append(window.cut(self._load(index, int(versions[1])), self._thumbnail, second=True))
        return views, self._others[index], window.offset


class _Window:
    """Where a sample is cut from its photo.

    What either view covers is resized once, so that they share a grid and lie whole pixels of it apart.
    """

    def __init__(self, random, shape, config):
        self.flip = random.random() < 0.5
        self._parts, self._starts, self._sides, offset = [], [], [], []
        for length in shape:
            part = max(1, round(length * random.uniform(*config.crop)))
            starts = random.integers(length - part + 1, size=2)
            if not config.two_views:
                starts[1] = starts[0]
            self._parts.append(part)
            self._starts.append([int(start) for start in starts])
            self._sides.append(config.side or part)
            offset.append(round(int(starts[1] - starts[0]) * self._sides[-1] / part))
        self._rows, self._columns = offset
        self.offset = self._rows, -self._columns if self.flip else self._columns

    def cut(self, photo, to_thumbnail, second):
        """One view of a photo: source and target (H, W, 3) codes and the mask (H, W)."""
        source, target, mask = photo
        both = tuple(slice(min(at), max(at) + part) for at, part in zip(self._starts, self._parts, strict=True))
        own = tuple(slice(at[second], at[second] + part) for at, part in zip(self._starts, self._parts, strict=True))
        thumbnail = torch.from_numpy(to_thumbnail(source[own])).movedim(2, 0)
        person = mask[..., None].astype(np.uint8) * np.uint8(255)
        resized = [self._resized(codes[both], second) for codes in (source, target, person)]
        return Views(*(view.flip(2) if self.flip else view for view in (thumbnail, *resized)))

    def _resized(self, codes, second):
        """(C, H, W) float, bilinear, antialiased: one view's part of what either covers."""
        height, width = self._sides
        size = height + abs(self._rows), width + abs(self._columns)
        values = torch.from_numpy(to_float(codes)).movedim(2, 0)[None]
        union = F.interpolate(values, size, mode="bilinear", antialias=True)[0].clamp(0, 1)
        top, left = (max(0, offset) if second else max(0, -offset) for offset in (self._rows, self._columns))
        return union[:, top : top + height, left : left + width]


def _others(pairs, means_ab):
    """(P, G, 2): the means of the other targets of each pair's group, filled up with nan."""
    members = {}
    for index, pair in enumerate(pairs):
        members.setdefault(pair.group, []).append(index)
    means = torch.as_tensor(means_ab, dtype=torch.float32)
    others = torch.full((len(pairs), max(1, max(map(len, members.values())) - 1), 2), torch.nan)
    for index, pair in enumerate(pairs):
        theirs = means[[other for other in members[pair.group] if other != index]]
        others[index, : len(theirs)] = theirs
    return others


def _stacked(samples):
    views, others, offsets = zip(*samples, strict=True)
    first, *second = (
        [torch.stack(part) for part in zip(*map(_tensors, view), strict=True)] for view in zip(*views, strict=True)
    )
    second, offsets = (Views(*second[0]), torch.tensor(offsets)) if second else (None, None)
    return Batch(*first, torch.stack(others), second, offsets)


def _tensors(views):
    return views.thumbnail, views.rgb, views.target, views.mask

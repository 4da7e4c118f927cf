"""Scenes and takes of them that the tests make: scikit-image's colour photos, and rooms with somebody in them."""

from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import numpy as np
from skimage import data, transform

from lutbridge.color.srgb import eotf_srgb, inverse_eotf_srgb
from lutbridge.group.capture import Facts
from lutbridge.group.likeness import Likenesses, appearance

START = datetime(2026, 5, 1, 9)
SIDE, FRAMINGS = 160, 5  # px; of each scene
PHOTOS = {"astronaut": data.astronaut, "cat": data.chelsea, "coffee": data.coffee, "rocket": data.rocket}
ROOMS = {"red room": (0.55, 0.2, 0.15), "green room": (0.25, 0.45, 0.2), "blue room": (0.2, 0.3, 0.55)}


@cache
def scene(name):
    """(H, W, 3) float64, sRGB-encoded, [0, 1]."""
    if name in PHOTOS:
        return PHOTOS[name]() / 255
    random = np.random.default_rng(list(name.encode()))
    y, x = np.mgrid[0:300, 0:400]
    pattern = 0.08 * np.sign(np.sin(x / random.uniform(6, 20)) + np.sin(y / random.uniform(6, 20)))
    picture = np.array(ROOMS[name]) + pattern[..., None]
    for _ in range(12):  # furniture
        top, left = random.integers(0, 260), random.integers(0, 360)
        picture[top : top + random.integers(10, 60), left : left + random.integers(10, 60)] += random.normal(0, 0.15, 3)
    picture[((x - 200) / 60) ** 2 + ((y - 190) / 120) ** 2 < 1] = random.uniform(0.3, 0.9, 3)  # somebody
    return np.clip(picture + random.normal(0, 0.01, picture.shape), 0, 1)


@cache
def take(name, number, ev=0.0):
    """(h, w, 3) float32: one of its framings, with a little error of exposure."""
    picture, random = scene(name), np.random.default_rng(number)
    height, width = picture.shape[:2]
    share = random.uniform(0.85, 1)
    h, w = int(height * share), int(width * share)
    top, left = random.integers(height - h + 1), random.integers(width - w + 1)
    part = picture[top : top + h, left : left + w]
    scale = SIDE / max(h, w)
    small = transform.resize(part, (round(h * scale), round(w * scale)), anti_aliasing=True)
    light = eotf_srgb(small) * 2 ** (ev + random.normal(0, 0.05))
    return inverse_eotf_srgb(np.clip(light, 0, 1)).astype(np.float32)


@cache
def look_of(name, number, ev):
    picture = take(name, number, ev)
    return appearance(picture, picture)


class Shoot:
    """Takes one after another; `facts`, `truth` (the scenes' names) and `looks` grow along."""

    def __init__(self):
        self.facts, self.truth, self.looks = [], [], []
        self.seconds = 0.0

    def take(self, name, after=5.0, camera="A", clock=0.0, timed=True, ev=0.0, folder="shoot"):
        """One take, so many seconds after the one before, by a camera whose clock is `clock` seconds ahead."""
        self.seconds += after
        time = START + timedelta(seconds=self.seconds + clock) if timed else None
        path = Path(folder) / f"{len(self.facts):03}.jpg"
        self.facts.append(Facts(path, time, "EXIF" if timed else "", f"Camera {camera}", exposure=ev))
        self.looks.append(look_of(name, self.truth.count(name) % FRAMINGS, ev))
        self.truth.append(name)
        return self

    @property
    def likeness(self):
        return Likenesses(self.looks)

    def groups_are(self, groups):
        """Whether groups are exactly the scenes."""
        found = {frozenset(group.members) for group in groups}
        return found == {frozenset(i for i, name in enumerate(self.truth) if name == one) for one in self.truth}

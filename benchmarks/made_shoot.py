"""Makes the photos of a whole shoot: small JPEGs of made-up places and people, with the times of two cameras.

Scenes of some 1 to 60 takes follow each other as at a wedding; one in four is taken by both cameras, whose clocks are
set apart, and one in ten comes back to an earlier place.
"""

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image

SIZE = (480, 320)  # px
SCENE = (400, 300)  # px of the place that takes show parts of
TAKES = (8.0, 0.9, 60)  # of a scene: median, deviation of the logarithm, most
INTERVAL = (5.0, 0.7)  # seconds between two takes: median, deviation of the logarithm
PAUSE = (30.0, 1.0)  # seconds between two scenes, likewise
BOTH_CAMERAS, SAME_PLACE = 0.25, 0.1  # shares of the scenes


def make_shoot(folder: Path, count: int, seed: int = 0) -> list[Path]:
    """Writes `count` photos into a folder, unless it has them already; returns them."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"IMG_{number:05}.jpg" for number in range(count)]
    if len(list(folder.glob("*.jpg"))) == count:
        return paths
    random, todo = np.random.default_rng(seed), iter(paths)
    clock, places = datetime(2026, 5, 1, 9), []
    apart = timedelta(seconds=float(random.uniform(-3600, 3600)))
    while True:
        again = places and random.random() < SAME_PLACE
        place = places[random.integers(len(places))] if again else int(random.integers(2**31))
        places.append(place)
        picture, both = scene(place, random), random.random() < BOTH_CAMERAS
        main = int(random.random() < 0.3)
        for _ in range(int(np.clip(random.lognormal(np.log(TAKES[0]), TAKES[1]), 1, TAKES[2]))):
            camera = int(random.integers(2)) if both else main
            path = next(todo, None)
            if path is None:
                return paths
            write(path, take(picture, random), clock + camera * apart, camera)
            clock += timedelta(seconds=float(random.lognormal(np.log(INTERVAL[0]), INTERVAL[1])))
        clock += timedelta(seconds=float(random.lognormal(np.log(PAUSE[0]), PAUSE[1])))


def scene(place: int, random: np.random.Generator) -> np.ndarray:
    """(h, w, 3) float32: a place, always the same for its number, and somebody in it."""
    own, (width, height) = np.random.default_rng(place), SCENE
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    wall = np.array([own.uniform(0.15, 0.85) + own.normal(0, 0.08) for _ in range(3)], np.float32)
    pattern = np.sign(np.sin(x / own.uniform(6, 40)) + np.sin(y / own.uniform(6, 40)))
    picture = wall + np.float32(0.05) * pattern[..., None]
    picture = picture + (own.normal(0, 0.1) * x / width + own.normal(0, 0.1) * y / height)[..., None]
    for _ in range(12):  # windows, pictures, furniture
        top, left = own.integers(0, height - 40), own.integers(0, width - 40)
        picture[top : top + own.integers(10, 80), left : left + own.integers(10, 80)] += own.normal(0, 0.15, 3)
    middle, skin = random.uniform(120, 280), random.uniform(0.3, 0.85)
    picture[((x - middle) / 55) ** 2 + ((y - 260) / 110) ** 2 < 1] = random.uniform(0.1, 0.9, 3)  # clothes
    picture[((x - middle) / 28) ** 2 + ((y - 120) / 38) ** 2 < 1] = skin * np.array([1, 0.78, 0.68])
    return picture.astype(np.float32)


def take(picture: np.ndarray, random: np.random.Generator) -> Image.Image:
    """A framing of the scene with a little error of exposure and white balance, and noise."""
    height, width = picture.shape[:2]
    share = random.uniform(0.85, 1)
    h, w = int(height * share), int(width * share)
    top, left = random.integers(height - h + 1), random.integers(width - w + 1)
    light = picture[top : top + h, left : left + w] * (1 + random.normal(0, 0.03, 3) + random.normal(0, 0.05))
    noise = random.standard_normal(light.shape, np.float32) * np.float32(0.01)
    codes = ((light + noise).clip(0, 1) * 255).astype(np.uint8)
    return Image.fromarray(codes).resize(SIZE, Image.Resampling.BILINEAR)


def write(path: Path, picture: Image.Image, time: datetime, camera: int) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Make], exif[ExifTags.Base.Model] = "Maker", f"Maker {'AB'[camera]}"
    tags = exif.get_ifd(ExifTags.IFD.Exif)
    tags[ExifTags.Base.DateTimeOriginal] = f"{time:%Y:%m:%d %H:%M:%S}"
    tags[ExifTags.Base.SubsecTimeOriginal] = f"{time:%f}"[:2]
    picture.save(path, quality=85, exif=exif)

import io

import numpy as np
import pytest
from PIL import Image

from lutbridge import extras
from lutbridge.errors import SetupError
from lutbridge.image.read import read
from lutbridge.looks.plot import plot
from lutbridge.lut.lut3d import Lut3D


def picture(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def test_a_picture_with_photos_is_taller_and_shows_the_change(tmp_path, make_photo):
    photo = read(make_photo(tmp_path / "a.png", size=(60, 40)))
    without = picture(plot(Lut3D.identity(9)))
    plain, negative = (picture(plot(lut, [photo])) for lut in (Lut3D.identity(9), Lut3D(1 - Lut3D.identity(9).lattice)))
    assert plain.shape == negative.shape and plain.shape[0] > without.shape[0] + 200
    assert (plain != negative).any(-1).mean() > 0.05


def test_the_same_lut_gives_the_same_bytes():
    lut = Lut3D(Lut3D.identity(5).lattice ** 2, 'a "title" with $\\frac and ³ and 色')
    assert plot(lut) == plot(lut)


def test_values_outside_the_range_are_drawn_at_its_end():
    assert picture(plot(Lut3D(3 * Lut3D.identity(5).lattice - 1))).ndim == 3


def test_a_missing_matplotlib_is_said_with_the_remedy(monkeypatch):
    monkeypatch.setattr(extras, "has", lambda extra: False)
    monkeypatch.setattr(extras, "_missing", lambda extra: ["matplotlib"])
    with pytest.raises(SetupError, match=r'needs matplotlib; .* pip install "lutbridge\[plot\]"'):
        plot(Lut3D.identity(2))

from types import SimpleNamespace

import numpy as np

from lutbridge.batch.compare import PreviewSize
from lutbridge.batch.work import cube_writer, photo_writer
from lutbridge.color.delta_e import Difference
from lutbridge.image.read import read
from lutbridge.lut.lut3d import Lut3D
from lutbridge.strength import Strength


def invert(photo, strength, in_place):
    assert strength.everywhere == 0.5
    return SimpleNamespace(pixels=255 - photo.pixels, image_weights=(1.0, -0.5), clipped=0.125, notices=("inverted",))


INVERTER = SimpleNamespace(name="inverter", render=invert, person_finder=lambda photo: None)


def test_a_rendering_is_written_beside_nothing_else(tmp_path, make_photo):
    photo = read(make_photo(tmp_path / "in" / "a.png"))
    output = tmp_path / "b.png"
    figures = photo_writer(INVERTER, Strength.of(0.5))(photo, output)()
    assert np.array_equal(read(output).pixels, 255 - photo.pixels)
    assert (figures.image_weights, figures.clipped, figures.comparison) == ((1.0, -0.5), 0.125, None)
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["b.png"]


def test_previews_are_made_where_a_report_wants_them(tmp_path, make_photo):
    photo = read(make_photo(tmp_path / "a.png", size=(48, 32)))
    figures = photo_writer(INVERTER, Strength.of(0.5), PreviewSize(24, 100_000))(photo, tmp_path / "b.png")()
    assert figures.comparison.size == (24, 16)
    assert figures.comparison.delta_e > 5 and figures.comparison.change.person is None


def test_person_and_background_are_measured_where_a_model_finds_them(tmp_path, make_photo):
    photo = read(make_photo(tmp_path / "a.png", size=(48, 32)))

    def right_half(picture):
        assert picture.shape == (16, 24, 3) and picture.dtype == np.float32
        return np.broadcast_to(np.arange(24) >= 12, (16, 24)).astype(np.float32)

    def brighten(photo, strength, in_place):
        pixels = photo.pixels.copy()
        pixels[:, 24:] = np.minimum(255, pixels[:, 24:] * 1.2)
        return SimpleNamespace(pixels=pixels, image_weights=(), clipped=0.0, notices=())

    retoucher = SimpleNamespace(name="brightener", render=brighten, person_finder=lambda photo: right_half)
    work = photo_writer(retoucher, Strength.of(1.0), PreviewSize(24, 100_000))
    change = work(photo, tmp_path / "b.png")().comparison.change
    assert change.person > 0.3 and abs(change.background) < 0.1


def test_a_lut_is_written_as_a_cube_with_what_was_asked_for(tmp_path, make_photo):
    asked = {}

    def lut(photo, **arguments):
        asked.update(arguments)
        return Lut3D(np.zeros((2, 2, 2, 3), np.float32), "a title")

    output = tmp_path / "a.cube"
    retoucher = SimpleNamespace(lut=lut, loss=lambda photo, lut, strength: Difference(0.5, 2.0))
    figures = cube_writer(retoucher, "fused", 2, Strength.of(0.75))(read(make_photo(tmp_path / "a.png")), output)()
    assert figures.loss == Difference(0.5, 2.0)
    assert asked == {"view": "fused", "grid_size": 2, "strength": Strength.of(0.75)}
    assert output.read_text().startswith('TITLE "a title"\nLUT_3D_SIZE 2\n')

import pytest
from PIL import Image

from lutbridge import extras


def test_the_picture_is_a_png(lutbridge, warm, shoot, tmp_path):
    result = lutbridge("lut", "plot", warm, shoot / "a.png", shoot / "late" / "c.tif", "-o", tmp_path / "plot.png")
    assert result.code == 0 and result.out == f"{tmp_path / 'plot.png'}\n"
    with Image.open(tmp_path / "plot.png") as picture:
        assert picture.format == "PNG" and min(picture.size) > 1000


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [(["-o", "plot.jpg"], "ends in .png"), (["a", "b", "c", "d", "e", "-o", "plot.png"], "4 or fewer")],
)
def test_what_cannot_be_drawn_is_said(lutbridge, warm, arguments, sentence):
    result = lutbridge("lut", "plot", warm, *arguments)
    assert result.code == 2 and sentence in result.err


def test_without_matplotlib_the_extra_is_named(lutbridge, warm, tmp_path, monkeypatch):
    monkeypatch.setattr(extras, "has", lambda extra: False)
    result = lutbridge("lut", "plot", warm, "-o", tmp_path / "plot.png")
    assert result.code == 3 and "lutbridge[plot]" in result.err and not (tmp_path / "plot.png").exists()

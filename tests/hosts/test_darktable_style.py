"""A .dtstyle goes through the installed darktable, and its LUT does what the style does to a photo."""

import struct

import numpy as np
import pytest
from PIL import Image
from skimage.data import astronaut

from lutbridge.looks.darktable_style import export, lut_of_style, read_style


@pytest.fixture
def style(tmp_path):
    params = struct.pack("<ff", 60.0, 1.0).hex()  # of velvia, version 2: strength and mid-tones bias
    path = tmp_path / "lively.dtstyle"
    path.write_text(
        '<?xml version="1.0"?><darktable_style version="1.0"><info><name>Lively</name></info><style><plugin>'
        f"<num>0</num><module>2</module><operation>velvia</operation><op_params>{params}</op_params><enabled>1</enabled>"
        "<multi_priority>0</multi_priority><multi_name></multi_name></plugin></style></darktable_style>"
    )
    return read_style(path)


def test_the_lut_is_what_darktable_makes_of_a_photo(style, tmp_path):
    photo, result = tmp_path / "photo.png", tmp_path / "result.png"
    pixels = np.ascontiguousarray(astronaut()[:256, 100:356])
    Image.fromarray(pixels).save(photo)
    export(style, photo, result)
    by_darktable = np.asarray(Image.open(result).convert("RGB")).astype(float)
    by_lut = lut_of_style(style).apply(pixels.astype(np.float32) / 255) * 255
    assert np.abs(by_darktable - pixels).mean() > 3, "the style does something"
    assert np.abs(by_darktable - by_lut).mean() < 0.7 and np.percentile(np.abs(by_darktable - by_lut), 99) < 4

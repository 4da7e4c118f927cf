import numpy as np
import tifffile
from PIL import Image

from lutbridge.image.read import read
from lutbridge.lut.formats import load

from ....image import profiles


def test_a_look_goes_out_and_comes_back(lutbridge, warm, tmp_path):
    assert lutbridge("lut", "hald", "--level", "4", "-o", tmp_path / "identity.png").code == 0
    photo = read(tmp_path / "identity.png")
    assert photo.pixels.shape == (64, 64, 3) and photo.pixels.dtype == np.uint16
    assert lutbridge("lut", "apply", warm, tmp_path / "identity.png", "-o", tmp_path / "host").code == 0
    result = lutbridge("lut", "hald", tmp_path / "host" / "identity.png", "-o", tmp_path / "look.cube")
    assert result.code == 0
    look, rgb = load(tmp_path / "look.cube").lut, np.random.default_rng(0).random((500, 3))
    assert look.grid_size == 16
    assert np.abs(look.apply(rgb) - load(warm).lut.apply(rgb)).max() < 0.01


def test_eight_bits_and_jpeg_are_pointed_out(lutbridge, tmp_path):
    lutbridge("lut", "hald", "--level", "2", "--bits", "8", "-o", tmp_path / "small.png")
    result = lutbridge("lut", "hald", tmp_path / "small.png", "-o", tmp_path / "a.cube")
    assert result.code == 0 and "8 bits per channel" in result.err
    Image.open(tmp_path / "small.png").save(tmp_path / "small.jpg", quality=95)
    result = lutbridge("lut", "hald", tmp_path / "small.jpg", "-o", tmp_path / "b.cube")
    assert result.code == 0 and "JPEG" in result.err


def test_a_photo_is_no_hald(lutbridge, make_photo, tmp_path):
    result = lutbridge("lut", "hald", make_photo(tmp_path / "a.png"), "-o", tmp_path / "a.cube")
    assert result.code == 1 and "no HaldCLUT" in result.err


def test_the_identity_is_a_png(lutbridge, tmp_path):
    result = lutbridge("lut", "hald", "-o", tmp_path / "a.cube")
    assert result.code == 2 and ".png" in result.err


def test_bits_are_of_a_picture(lutbridge, tmp_path):
    lutbridge("lut", "hald", "--level", "2", "-o", tmp_path / "small.png")
    result = lutbridge("lut", "hald", tmp_path / "small.png", "--bits", "8", "-o", tmp_path / "a.clf")
    assert result.code == 2 and "--bits applies to .png only" in result.err


def test_floats_are_read_as_they_are_said_to_be(lutbridge, warm, tmp_path):
    values = np.stack(np.meshgrid(*[np.linspace(0, 1, 4)] * 3, indexing="ij"), -1).transpose(2, 1, 0, 3)
    tifffile.imwrite(tmp_path / "f.tif", values.reshape(8, 8, 3).astype(np.float32), photometric="rgb")
    result = lutbridge("lut", "hald", tmp_path / "f.tif", "-o", tmp_path / "a.cube")
    assert result.code == 1 and "--input-encoding" in result.err
    result = lutbridge("lut", "hald", tmp_path / "f.tif", "--input-encoding", "srgb", "-o", tmp_path / "a.cube")
    rgb = np.random.default_rng(0).random((100, 3))
    assert result.code == 0 and np.abs(load(tmp_path / "a.cube").lut.apply(rgb) - rgb).max() < 1e-4
    arguments = ["lut", "plot", warm, tmp_path / "f.tif", "-o", tmp_path / "a.png"]
    assert lutbridge(*arguments).code == 1 and lutbridge(*arguments, "--input-encoding", "srgb").code == 0


def test_a_profile_without_a_name_is_another_colour_space(lutbridge, tmp_path):
    lutbridge("lut", "hald", "--level", "2", "-o", tmp_path / "small.png")
    with Image.open(tmp_path / "small.png") as picture:
        picture.save(tmp_path / "p3.png", icc_profile=profiles.display_p3())
    result = lutbridge("lut", "hald", tmp_path / "p3.png", "-o", tmp_path / "a.cube")
    assert result.code == 0 and "converted to sRGB from another colour space" in result.err

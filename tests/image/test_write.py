import os

import numpy as np
import pytest

from lutbridge.errors import WriteError
from lutbridge.image import write as write_module
from lutbridge.image.read import read
from lutbridge.image.write import extension_for, write

from . import samples

RICH = samples.rich_png, samples.rich_tiff, samples.rich_webp


def lossless(folder):
    """One file for each lossless kind."""
    rgb8, rgb16, rgba16 = samples.ramp(), samples.ramp(np.uint16), samples.ramp(np.uint16, (96, 130, 4))
    yield samples.rich_png(folder / "8.png", rgb8, 6)
    yield samples.rich_png(folder / "16.png", rgb16, 3)
    yield samples.rich_png(folder / "alpha.png", rgba16, 8)
    yield samples.rich_tiff(folder / "8.tif", rgb8, 5, ">")
    yield samples.rich_webp(folder / "8.webp", rgb8, 7)
    yield samples.rich_webp(folder / "alpha.webp", samples.ramp(shape=(96, 130, 4)), 6)
    yield samples.rich_tiff(folder / "16.tif", rgb16, 7, compression="lzw", predictor=True)
    yield samples.rich_tiff(folder / "alpha.tif", rgba16, 2, extrasamples=[2])


def test_unchanged_pixels_come_back_exactly(tmp_path):
    for source in lossless(tmp_path):
        photo = read(source)
        result = tmp_path / f"result{extension_for(photo)}"
        write(result, photo, photo.pixels)
        again = read(result)
        assert again.pixels.dtype == photo.pixels.dtype
        assert np.array_equal(again.pixels, photo.pixels), source
        assert (again.alpha is None) == (photo.alpha is None)
        assert photo.alpha is None or np.array_equal(again.alpha, photo.alpha)
        kept = ("format", "orientation", "icc", "exif", "xmp")
        assert [getattr(again.container, name) for name in kept] == [getattr(photo.container, name) for name in kept]
        assert again.notices == ()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_new_pixels_are_turned_back(tmp_path, orientation):
    source = samples.rich_png(tmp_path / "a.png", samples.ramp(np.uint16), orientation)
    photo = read(source)
    pixels = np.ascontiguousarray(photo.pixels[::-1, ::-1])
    kept = pixels.copy()
    write(tmp_path / "b.png", photo, pixels)
    assert np.array_equal(read(tmp_path / "b.png").pixels, pixels)
    assert np.array_equal(pixels, kept)


def test_jpeg_comes_back_close_and_twice_the_same(tmp_path):
    photo = read(samples.rich_jpeg(tmp_path / "a.jpg", orientation=6, subsampling="4:2:0"))
    write(tmp_path / "b.jpg", photo, photo.pixels)
    write(tmp_path / "c.jpg", photo, photo.pixels)
    again = read(tmp_path / "b.jpg")
    assert np.abs(again.pixels.astype(int) - photo.pixels).mean() < 1
    assert (again.container.exif, again.container.icc) == (photo.container.exif, photo.container.icc)
    assert set(again.container.native.segments) == set(photo.container.native.segments)
    assert (tmp_path / "b.jpg").read_bytes() == (tmp_path / "c.jpg").read_bytes()


def test_the_photo_itself_is_never_written(tmp_path):
    source = samples.rich_png(tmp_path / "a.png", samples.ramp())
    before = source.read_bytes()
    os.link(source, tmp_path / "hard.png")
    os.symlink(source, tmp_path / "soft.png")
    photo = read(source)
    for name in ("a.png", "hard.png", "soft.png", "../" + tmp_path.name + "/a.png"):
        with pytest.raises(WriteError, match="never overwritten"):
            write(tmp_path / name, photo, photo.pixels)
    assert source.read_bytes() == before


def test_another_file_is_replaced(tmp_path):
    photo = read(samples.rich_png(tmp_path / "a.png", samples.ramp()))
    (tmp_path / "b.png").write_bytes(b"old")
    write(tmp_path / "b.png", photo, photo.pixels)
    assert np.array_equal(read(tmp_path / "b.png").pixels, photo.pixels)


@pytest.mark.parametrize("name", ["jpeg", "png", "tiff", "webp"])
def test_a_result_that_lost_its_end_is_not_kept(tmp_path, monkeypatch, name):
    make = {"jpeg": samples.rich_jpeg}.get(name, lambda p: getattr(samples, f"rich_{name}")(p, samples.ramp()))
    photo = read(make(tmp_path / "a"))
    codec = write_module.CODECS[name]
    real = codec.encode

    def cut(file, *args):
        real(file, *args)
        file.seek(0, os.SEEK_END)
        file.truncate(file.tell() // 2)

    monkeypatch.setattr(codec, "encode", cut)
    with pytest.raises(WriteError, match="does not read back"):
        write(tmp_path / "b", photo, photo.pixels)
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


class Full:
    """A file whose n-th write fails for want of space."""

    def __init__(self, file, number):
        self._file, self._left = file, number

    def __getattr__(self, name):
        return getattr(self._file, name)

    def write(self, data):
        self._left -= 1
        if self._left == 0:
            raise OSError(28, "No space left on device")
        return self._file.write(data)


@pytest.mark.parametrize("make", [samples.rich_jpeg, *(lambda p, f=f: f(p, samples.ramp()) for f in RICH)])
def test_a_disk_that_fills_up_leaves_nothing(tmp_path, monkeypatch, make):
    photo = read(make(tmp_path / "a"))
    codec = write_module.CODECS[photo.container.format]
    real = codec.encode
    for number in range(1, 100):
        monkeypatch.setattr(codec, "encode", lambda file, *args, n=number: real(Full(file, n), *args))
        try:
            write(tmp_path / "b", photo, photo.pixels)
            break
        except WriteError as error:
            assert "disk is full" in str(error)
            assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert 2 < number < 99
    assert read(tmp_path / "b").pixels.shape == photo.pixels.shape


def test_pixels_of_another_kind_are_a_bug(tmp_path):
    photo = read(samples.rich_png(tmp_path / "a.png", samples.ramp(np.uint16)))
    with pytest.raises(ValueError, match="uint8"):
        write(tmp_path / "b.png", photo, np.zeros(photo.pixels.shape, np.uint8))
    with pytest.raises(ValueError, match="96, 130"):
        write(tmp_path / "b.png", photo, photo.pixels[:-1])


def test_unicode_and_long_names(tmp_path):
    photo = read(samples.rich_jpeg(tmp_path / "ä 📷 é.jpg"))
    write(tmp_path / ("ü" * 100 + ".jpg"), photo, photo.pixels)
    with pytest.raises(WriteError, match="too long"):
        write(tmp_path / ("x" * 300), photo, photo.pixels)


def test_extension(tmp_path):
    assert extension_for(read(samples.rich_jpeg(tmp_path / "a"))) == ".jpg"
    assert extension_for(read(samples.rich_png(tmp_path / "a", samples.ramp()))) == ".png"
    assert extension_for(read(samples.rich_webp(tmp_path / "a", samples.ramp()))) == ".webp"
    assert extension_for(read(samples.rich_tiff(tmp_path / "a", samples.ramp()))) == ".tif"

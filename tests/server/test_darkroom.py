"""What is done to a photo, with the real reading process and a toy retoucher."""

import errno
import io
import json
import os
import signal
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from lutbridge.errors import ReadError, SizeError, WriteError
from lutbridge.image.formats import png_chunks
from lutbridge.image.read import read
from lutbridge.lut import formats
from lutbridge.memory import resident_memory
from lutbridge_server import contract
from lutbridge_server.darkroom import Darkroom, grid_size
from lutbridge_server.errors import ApiError, refusal_of
from lutbridge_server.models import Models
from lutbridge_server.settings import Settings
from lutbridge_server.spool import Spool

from .conftest import FakeRetoucher


@pytest.fixture(scope="module")
def darkroom(tmp_path_factory):
    """One reading process for all."""
    spool = Spool(tmp_path_factory.mktemp("darkroom") / "spool")
    darkroom = Darkroom(Settings(pixels=100_000), Models(FakeRetoucher(), FakeRetoucher, 2), spool)
    darkroom.spool = spool
    yield darkroom
    darkroom.close()


@pytest.fixture
def asked():
    """Options of a LUT or a render, as a request gives them."""

    def options(table, **changes):
        return {option.name: option.default for option in table} | changes

    return options


LUT = contract.lut(formats.FORMATS, 65)


class GivesUpError(Exception):
    """Raised by a step, as a job's own does when nobody wants its result any more."""


def test_a_cancelled_job_ends_the_process_that_reads_for_it(darkroom, photo):
    darkroom.read(spooled(darkroom, photo), "anna.jpg")
    pid, steps = darkroom._reader._process.pid, []
    os.kill(pid, signal.SIGSTOP)  # a decoder that runs and runs

    def step(progress):
        steps.append(progress)
        if len(steps) == 3:
            raise GivesUpError

    with pytest.raises(GivesUpError):
        darkroom.read(spooled(darkroom, photo), "anna.jpg", step)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert darkroom.read(spooled(darkroom, photo), "anna.jpg").pixels.shape == (32, 48, 3)


def test_where_no_process_can_be_started_the_client_is_to_come_back(darkroom, photo, monkeypatch):
    darkroom._reader.close()
    with monkeypatch.context() as patch:
        patch.setattr(darkroom._reader, "_start", refuse)
        with pytest.raises(ApiError) as refused:
            darkroom.read(spooled(darkroom, photo), "anna.jpg")
    assert (refused.value.code, refused.value.headers) == ("busy", {"Retry-After": "2"})
    assert darkroom.read(spooled(darkroom, photo), "anna.jpg").pixels.shape == (32, 48, 3)


def refuse():
    raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))


def bombs_of_text(count):
    """A PNG whose texts unpack to 60 MB each."""
    file = io.BytesIO()
    Image.new("RGB", (48, 32)).save(file, "png")
    whole, bomb = file.getvalue(), b"zTXtk%d\0\0" + zlib.compress(bytes(60 << 20), 9)
    chunks = [bomb.replace(b"%d", b"%d" % k, 1) for k in range(count)]
    packed = b"".join(struct.pack(">I", len(c) - 4) + c + zlib.crc32(c).to_bytes(4, "big") for c in chunks)
    return whole[:33] + packed + whole[33:]


def test_text_bombs_are_unpacked_in_the_reading_process_and_only_so_far(darkroom, asked, monkeypatch):
    resident = resident_memory()
    monkeypatch.setattr(png_chunks, "inflate", None)  # in this process it would fail
    options = asked(contract.RENDER, format="jpeg", name="bomb.png")
    result = darkroom.render(spooled(darkroom, bombs_of_text(40)), options, "portrait-v1", None, lambda progress: None)
    assert result.name == "bomb.jpg" and len(json.dumps(result.facts)) < 20_000
    assert resident_memory() - resident < 100e6


def spooled(darkroom, data):
    return darkroom.spool.keep(io.BytesIO(data))


def test_a_photo_is_called_what_the_client_calls_it(darkroom, photo):
    assert darkroom.read(spooled(darkroom, photo), "anna.jpg").path.name == "anna.jpg"


def test_a_file_that_is_no_photo_is_refused(darkroom):
    with pytest.raises(ReadError, match="this is text"):
        darkroom.read(spooled(darkroom, b"dear diary"), "anna.jpg")


def test_more_pixels_than_the_limit_are_refused(darkroom, make_photo, tmp_path):
    large = make_photo(tmp_path / "large.png", size=(400, 260)).read_bytes()
    with pytest.raises(SizeError) as refused:
        darkroom.read(spooled(darkroom, large), "large.png")
    refusal = refusal_of(refused.value)
    assert (refusal.code, refusal.status) == ("too_many_pixels", 413)
    assert refusal.message == "400 × 260 pixels are more than the 0.1 megapixels that lutbridge accepts"


def test_a_decoder_that_crashes_costs_one_photo(darkroom, photo):
    process = darkroom._reader._process
    process.kill()
    process.join()
    assert darkroom.read(spooled(darkroom, photo), "anna.jpg").pixels.shape == (32, 48, 3)


@pytest.mark.parametrize("name", formats.FORMATS)
def test_a_lut_in_every_format_reads_back(darkroom, photo, asked, tmp_path, name):
    steps = []
    options = asked(LUT, format=name, name="Anna Ünïcode.v2.jpg")
    result = darkroom.lut(spooled(darkroom, photo), options, "portrait-v1", None, steps.append)
    assert result.name == "Anna Ünïcode.v2" + formats.FORMATS[name].suffixes[0]
    (tmp_path / result.name).write_bytes(result.path.read_bytes())
    lut = formats.read(tmp_path / result.name)
    assert lut.grid_size == grid_size(options)
    mean = np.asarray(Image.open(io.BytesIO(photo))).reshape(-1, 3).mean(0) / 255
    assert np.allclose(lut.apply(np.float32([0.5, 0.5, 0.5])), mean, atol=1e-2)
    assert steps == sorted(steps) and len(set(steps)) == 3
    dials = {"strength": 1.0, "person": 1.0, "background": 1.0}
    assert result.facts == {"model": "portrait-v1", **dials, "device": "cpu", "notices": [], "delta_e": 1.25}


@pytest.mark.parametrize(("format_", "size"), [("xmp", 33), ("hald", 33), ("cube", None)])
def test_a_grid_size_that_the_format_cannot_hold_is_refused(format_, size):
    options = {"format": format_, "size": size}
    if size is None:
        assert grid_size(options) == 33
    else:
        with pytest.raises(ApiError, match=f"no LUT of grid size {size}"):
            grid_size(options)


def rendered(darkroom, source, asked, tmp_path, **changes):
    options = asked(contract.RENDER, name="anna.x", **changes)
    result = darkroom.render(spooled(darkroom, source), options, "portrait-v1", None, lambda share: None)
    (tmp_path / result.name).write_bytes(result.path.read_bytes())
    return result, read(tmp_path / result.name)


@pytest.mark.parametrize(
    ("suffix", "format_"), [(".jpg", "jpeg"), (".png", "png"), (".tif", "tiff"), (".webp", "webp")]
)
def test_a_render_is_the_same_kind_of_file(darkroom, make_photo, tmp_path, asked, suffix, format_):
    source = make_photo(tmp_path / f"a{suffix}")
    result, photo = rendered(darkroom, source.read_bytes(), asked, tmp_path)
    assert (result.type, photo.container.format) == (contract.CONTAINERS[format_], format_)
    assert result.facts["clipped"] == 0.25
    if suffix in (".png", ".tif"):
        assert np.array_equal(photo.pixels, read(source).pixels // 2)


def test_a_render_in_another_format_depth_and_size(darkroom, make_photo, tmp_path, asked):
    source = make_photo(tmp_path / "a.jpg", size=(96, 48)).read_bytes()
    result, photo = rendered(darkroom, source, asked, tmp_path, format="tiff", bits=16, long_side=24, icc="srgb")
    assert result.name == "anna.tif"
    assert (photo.pixels.dtype, photo.pixels.shape) == (np.uint16, (12, 24, 3))
    assert photo.container.icc is not None


def test_what_a_format_cannot_hold_is_refused(darkroom, photo, asked, tmp_path):
    with pytest.raises(ApiError) as refused:
        rendered(darkroom, photo, asked, tmp_path, bits=16)
    assert (refused.value.code, refused.value.message) == ("bad_option", "JPEG holds 8 bits per channel")


@pytest.mark.parametrize(("number", "raised"), [(errno.ENOSPC, ApiError), (errno.EIO, WriteError)])
def test_a_disk_that_is_full_is_said_and_another_fault_of_it_is_a_bug(
    darkroom, photo, asked, tmp_path, monkeypatch, number, raised
):
    def fail(*arguments):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(raised) as refused:
        rendered(darkroom, photo, asked, tmp_path)
    assert raised is WriteError or refused.value.code == "no_space"


def test_strength_0_keeps_the_photos_own_values(darkroom, make_photo, tmp_path, asked):
    source = make_photo(tmp_path / "a.png")
    _, photo = rendered(darkroom, source.read_bytes(), asked, tmp_path, strength=0.0)
    assert np.array_equal(photo.pixels, read(source).pixels)


def test_out_of_memory_is_survived(darkroom, photo, asked):
    darkroom.models.default.failures = [MemoryError()]
    options = asked(LUT)
    with pytest.raises(ApiError) as refused:
        darkroom.lut(spooled(darkroom, photo), options, "portrait-v1", None, lambda share: None)
    assert refused.value.code == "out_of_memory"
    assert darkroom.lut(spooled(darkroom, photo), options, "portrait-v1", None, lambda share: None).path.exists()

import io

import pytest
from PIL import Image

from lutbridge.image.metadata.exif import open_block
from lutbridge.image.metadata.ifd import IfdError

from .. import samples


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("orientation", [1, 6, 9])
def test_finds_the_orientation(order, orientation):
    assert open_block(samples.exif_block(orientation, order))[1] == orientation


@pytest.mark.parametrize("order", "<>")
def test_takes_out_the_thumbnail_and_moves_nothing(order):
    block = samples.exif_block(6, order)
    opened, _ = open_block(block)
    assert samples.THUMBNAIL in block and samples.THUMBNAIL not in opened
    changed = [i for i, (before, after) in enumerate(zip(block, opened, strict=False)) if before != after]
    assert len(changed) <= 4 and max(changed) - min(changed) < 4  # the link to IFD1, nothing else
    exif = Image.Exif()
    exif.load(b"Exif\0\0" + opened)
    assert exif.get_ifd(1) == {}
    assert exif[315] == samples.ARTIST[:-1].decode()
    assert opened.index(samples.OWNER) == block.index(samples.OWNER)


def test_blanks_a_thumbnail_that_something_follows():
    block = samples.exif_block() + b"what a maker note points to"
    opened, _ = open_block(block)
    assert len(opened) == len(block)
    assert samples.THUMBNAIL not in opened
    assert opened.endswith(b"what a maker note points to")


def test_a_block_without_thumbnail_stays_as_it_is():
    opened, _ = open_block(samples.exif_block())
    assert open_block(opened)[0] == opened


def test_pillow_s_own_block_is_understood():
    exif = Image.Exif()
    exif[274] = 8
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, "JPEG", exif=exif)
    block = exif.tobytes()[6:]
    assert open_block(block) == (block, 8)


@pytest.mark.parametrize("block", [b"", b"garbage garbage", b"II*\0\xff\xff\xff\x7f", samples.exif_block()[:90]])
def test_says_that_a_block_is_damaged(block):
    with pytest.raises(IfdError):
        open_block(block)

import pytest

from lutbridge.image.formats.jpeg_metadata import gather, segments_of
from lutbridge.image.formats.jpeg_stream import APP0, APP1, APP2, APP13, APP14, COM

from .. import samples

JFIF = b"JFIF\0\1\2\1\x01\x2c\x01\x2c"


def again(blocks):
    """The blocks gathered from what was written of them."""
    data, segments, position = segments_of(blocks), [], 0
    while position < len(data):
        length = int.from_bytes(data[position + 2 : position + 4], "big")
        assert 2 <= length <= 65535
        segments.append((data[position + 1], data[position + 4 : position + 2 + length]))
        position += 2 + length
    return gather(tuple(segments))


@pytest.mark.parametrize("size", [0, 100, 65519, 65520, 200_000])
def test_blocks_of_every_size_come_back(size):
    exif, icc = samples.exif_block() + bytes(size), bytes(i % 251 for i in range(size))
    iptc = samples.resources(iptc=b"\x1c\x02\x78" + bytes(size), thumbnail=b"")
    segments = [(APP1, b"Exif\0\0" + exif[:60000])] + [
        (APP1, b"Exif\0\0" + exif[start : start + 60000]) for start in range(60000, len(exif), 60000)
    ]
    segments += [(APP13, b"Photoshop 3.0\0" + iptc[start : start + 60000]) for start in range(0, len(iptc), 60000)]
    count = -(-len(icc) // 60000)
    parts = [(APP2, b"ICC_PROFILE\0" + bytes((i + 1, count)) + icc[i * 60000 : (i + 1) * 60000]) for i in range(count)]
    blocks = gather((*segments, *reversed(parts)))
    assert blocks.exif == exif
    assert blocks.icc == (icc if size else None)
    assert again(blocks) == blocks


def test_thumbnails_and_picture_indexes_are_left_out():
    segments = (
        (APP0, JFIF + b"\2\1" + b"rgbrgb"),
        (APP0, b"JFXX\0\x10a thumbnail"),
        (APP2, b"MPF\0II*\0"),
        (APP13, b"Photoshop 3.0\0" + samples.resources()),
        (COM, b"hello"),
    )
    blocks = gather(segments)
    assert blocks.others[0] == (APP0, JFIF + b"\0\0")
    assert blocks.others[1] == (COM, b"hello")
    assert samples.IPTC in blocks.others[2][1] and samples.THUMBNAIL not in blocks.others[2][1]
    assert blocks.multi_picture
    assert len(blocks.others) == 3


def test_the_first_of_two_exif_blocks_counts():
    first, second = samples.exif_block(6), samples.exif_block(3)
    assert gather(((APP1, b"Exif\0\0" + first), (APP1, b"Exif\0\0" + second))).exif == first


def test_adobe_s_segment_says_ycc_afterwards():
    blocks = gather(((APP14, b"Adobe\0\x64\0\0\0\0\0"),))
    assert b"Adobe\0\x64\0\0\0\0\1" in segments_of(blocks)


def test_unknown_segments_keep_their_order():
    others = ((0xE5, b"one"), (COM, b"two"), (APP1, b"http://ns.adobe.com/xmp/extension/\0three"), (0xE5, b"four"))
    assert again(gather(others)).others == others

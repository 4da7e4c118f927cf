import struct
import zlib

import numpy as np
import pytest

from lutbridge.errors import RefusedError
from lutbridge.lut.formats.lightroom_table import Table, codes_of, fingerprint, pack, read_spelling, spell, unpack


def random_codes(n):
    return np.random.default_rng(n).integers(0, 65536, (n, n, n, 3), np.uint16)


# Fingerprints of published profiles that exchange channels (CheeseCube312's, MIT licence), whose tables follow from
# one axis; they work in sRGB, clip, and blend by 0 to 2.
AXIS = np.array([2114 * i + (i >> 3 & 1) for i in range(32)], np.uint16)
PUBLISHED = {
    "bgr": "0F9B516499F73B06FAAFC3DFF4699A31",
    "grb": "98BC5943431F29EC55F9362BFBFE9B04",
    "rbg": "DBB116565D9C0B76D9DEA055A8995BB0",
}


def exchanged(order):
    channels = dict(zip("rgb", np.meshgrid(AXIS, AXIS, AXIS, indexing="ij"), strict=True))
    return np.stack([channels[c] for c in order], -1)


@pytest.mark.parametrize("order", PUBLISHED)
def test_published_fingerprints_come_out(order):
    packed = pack(Table(exchanged(order), gamut=0))
    assert len(packed) == 196652 and fingerprint(packed) == PUBLISHED[order]
    assert spell(packed).startswith("Lir00")  # as every table of this size begins


@pytest.mark.parametrize("n", [2, 3, 17, 31, 32])
@pytest.mark.parametrize("settings", [{}, {"primaries": 3, "gamma": 2, "gamut": 0, "amounts": (1.0, 1.0), "flags": 7}])
def test_tables_come_back_exactly(n, settings):
    table = Table(random_codes(n), **settings)
    again = unpack(read_spelling(spell(pack(table))))
    assert np.array_equal(again.codes, table.codes) and again.codes.dtype == np.uint16
    assert {name: getattr(again, name) for name in settings} == settings


def test_codes_are_rounded_in_float32_as_camera_raw_does():
    values = np.random.default_rng(0).random((100_000,), np.float32)
    one_by_one = [int(v * np.float32(65535) + np.float32(0.5)) for v in values]
    assert codes_of(values).tolist() == one_by_one
    assert codes_of(np.array([-1, 0, 1, 2])).tolist() == [0, 0, 65535, 65535]
    every = np.arange(65536)
    assert np.array_equal(codes_of(every.astype(np.float32) / np.float32(65535)), every)


@pytest.mark.parametrize("length", range(40, 49))
def test_any_length_is_spelled_and_read(length):
    packed = np.random.default_rng(length).integers(0, 256, length, np.uint8).tobytes()
    text = spell(packed)
    assert not set(text) & set('<>&" \n')
    assert read_spelling("\n ".join(text)) == packed


def spelled(raw):
    """Any bytes behind the length, as the text of a profile."""
    text, alphabet = "", "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?`'|()[]{}@%$#"
    for (group,) in struct.iter_unpack("<I", raw[: len(raw) // 4 * 4]):
        for _ in range(5):
            group, digit = divmod(group, 85)
            text += alphabet[digit]
    return text


GOOD = pack(Table(random_codes(2)))


@pytest.mark.parametrize(
    "text, message",
    [
        ("", "cut short"),
        ("0", "cut short"),
        ("#####" * 3, "impossible groups"),
        (spelled(struct.pack("<I", 2**31)), "claims 2147483648 bytes"),
        (spelled(struct.pack("<II", 92, 0)), "does not decompress"),
        (spell(GOOD)[:-20], "does not have the 92 bytes"),
        (spelled(struct.pack("<I", 100) + zlib.compress(GOOD) + b"\0\0\0"), "does not have the 100 bytes"),
    ],
)
def test_damaged_text_is_refused(text, message):
    with pytest.raises(RefusedError, match=message):
        read_spelling(text)


def test_a_small_text_that_inflates_without_end_is_refused():
    bomb = zlib.compress(bytes(200 << 20), 9)
    text = spelled(struct.pack("<I", 196652) + bomb + b"\0\0\0")
    with pytest.raises(RefusedError, match="does not have the 196652 bytes"):
        read_spelling(text)


@pytest.mark.parametrize(
    "packed, message",
    [
        (GOOD[:12], "cut short"),
        (b"\0" + GOOD[1:], "kind 0, version 1, with 3 dimensions"),
        (GOOD[:8] + b"\1" + GOOD[9:], "with 1 dimensions"),
        (GOOD[:12] + b"\x21" + GOOD[13:], "33 points along an axis, 2 to 32 were expected"),
        (GOOD[:-1], "has 91 bytes, 92 were expected"),
        (GOOD[:-28] + b"\5" + GOOD[-27:], "names a colour space"),
        (GOOD[:-16] + struct.pack("<dd", 0.0, float("nan")), "its amounts are 0 to nan"),
    ],
)
def test_damaged_tables_are_refused(packed, message):
    with pytest.raises(RefusedError, match=message):
        unpack(packed)

import numpy as np
import pytest

from lutbridge.errors import RefusedError
from lutbridge.image.formats import CODECS, EXTENSIONS
from lutbridge.image.formats.codec import MAX_PIXELS, Header, check_expansion, interleaved


def test_every_format_has_the_same_functions():
    assert CODECS.keys() == EXTENSIONS.keys()
    for codec in CODECS.values():
        assert all(callable(getattr(codec, name)) for name in ("decode", "encode", "read_header"))


def test_the_pixel_limit():
    Header(1000, MAX_PIXELS // 1000, 16, 3).check()
    with pytest.raises(RefusedError, match="500 megapixels"):
        Header(1000, MAX_PIXELS // 1000 + 1, 16, 3).check()
    with pytest.raises(RefusedError, match="5 × 0 pixels"):
        Header(5, 0, 16, 3).check()


def test_a_claim_beyond_the_best_ratio():
    check_expansion(raw_bytes=1_000_000, stored_bytes=1000, most=1000)
    with pytest.raises(RefusedError, match="claims 2 MB of pixels, but only 1000 bytes"):
        check_expansion(raw_bytes=2_000_000, stored_bytes=1000, most=1000)


def test_interleaving():
    codes = np.arange(12, dtype=np.uint16).reshape(2, 2, 3)
    assert interleaved(codes, None) is codes
    assert interleaved(codes, codes[..., 0])[..., 3].tolist() == [[0, 3], [6, 9]]
    assert interleaved(codes[::-1], None).flags.c_contiguous
    assert interleaved(np.zeros((1, 1, 4), np.uint8)[..., :3], None).strides == (3, 3, 1)

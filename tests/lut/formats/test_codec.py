import numpy as np
import pytest

from lutbridge.lut.formats import FORMATS

from .samples import look, shaper

WIDE = ((-0.5, 0, 0), (1, 1.5, 1))


@pytest.mark.parametrize(
    "name, M, expected",
    [
        ("cube", 33, 33),
        ("cube", 256, 256),
        ("xmp", 17, 17),
        ("xmp", 33, 32),
        ("hald", 2, 4),
        ("hald", 33, 36),
        ("hald", 256, 256),
        ("3dl", 2, 17),
        ("3dl", 33, 33),
        ("3dl", 34, 65),
        ("3dl", 256, 65),
        ("spi3d", 130, 129),
    ],
)
def test_a_lut_is_prepared_with_the_next_grid_size_that_fits(name, M, expected):
    assert FORMATS[name].grid_size_for(M) == expected
    if M < 100:
        assert FORMATS[name].prepare(look(M)).grid_size == expected


def test_a_size_that_is_asked_for_holds_for_what_is_baked_too():
    bent = look(2, shaper=shaper(33))
    assert FORMATS["cube"].prepare(bent).grid_size == 65
    assert FORMATS["cube"].prepare(bent, 33).grid_size == 33 and FORMATS["3dl"].prepare(bent, 20).grid_size == 33
    kept = FORMATS["clf"].prepare(bent, 9)
    assert kept.grid_size == 9 and kept.shaper is not None
    assert FORMATS["cube"].prepare(look(17), 9).grid_size == 9


@pytest.mark.parametrize("name", FORMATS)
def test_what_a_format_cannot_hold_is_baked_and_nothing_else_touched(name):
    format_, plain, bent = FORMATS[name], look(17), look(17, domain=WIDE, shaper=shaper())
    held = format_.prepare(bent)
    assert (held is bent) is not format_.plain_only and (held.is_plain or not format_.plain_only)
    if format_.plain_only:
        with pytest.raises(ValueError, match="prepare it first"):
            format_.to_bytes(bent)
        colours = np.random.default_rng(0).random((1000, 3))
        assert np.abs(held.apply(colours) - bent.apply(colours)).max() < 0.02
    assert format_.grid_size_for(17) != 17 or format_.prepare(plain) is plain
    assert len(format_.to_bytes(held)) <= format_.most_bytes

import pytest

from lutbridge.strength import FULL, Strength


def test_one_number_is_both():
    assert Strength.of(0.25) == Strength(person=0.25, background=0.25)
    assert Strength.of(0.25).everywhere == 0.25 and FULL.everywhere == 1
    assert Strength.of(FULL) is FULL


def test_two_numbers_are_no_one_number():
    with pytest.raises(ValueError, match="each"):
        Strength(person=1.0, background=0.5).everywhere  # noqa: B018 - it is the property that raises

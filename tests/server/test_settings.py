import pytest

from lutbridge_server.settings import Settings


@pytest.mark.parametrize("wrong", [{"port": -1}, {"port": 65536}, {"waiting": 0}, {"body_bytes": -5}])
def test_a_limit_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Settings(**wrong)


def test_an_unknown_limit_is_refused():
    with pytest.raises(TypeError, match="bodybytes"):
        Settings(bodybytes=5)


def test_there_are_threads_left_for_those_who_only_ask():
    settings = Settings(waiting=3)
    assert settings.threads > settings.waiting + 1


def test_the_largest_photo_that_is_accepted_fits_into_the_body():
    assert Settings().body_bytes > 100_900_000 * 3 * 2

import json

import pytest


@pytest.fixture
def made(lutbridge, make_photo, toy_model, tmp_path):
    """The photo, and makes its LUT in a format."""
    photo = make_photo(tmp_path / "in" / "a.png")

    def make(name, *options):
        lutbridge("cube", photo, "-o", tmp_path / name, "--model", toy_model, "--format", name, "--size", "9", *options)
        return next(path for path in (tmp_path / name).iterdir() if not path.name.startswith("."))  # no manifest

    return photo, make


@pytest.mark.parametrize("name", ["cube", "xmp", "hald"])
def test_the_same_again_to_the_last_digit(lutbridge, made, toy_model, name):
    photo, make = made
    file = make(name, "--strength", "0.8")
    result = lutbridge("lut", "verify", file, "--photo", photo, "--model", toy_model, "--json")
    facts = json.loads(result.out)
    assert result.code == 0 and facts["identical"] and facts["photo"]["same"] and facts["model"]["same"]
    assert facts["loss"]["said"] == facts["loss"]["found"]


def test_what_is_not_the_same_is_said_and_exit_code_1(lutbridge, made, make_photo, toy_model, tmp_path):
    _, make = made
    other = make_photo(tmp_path / "other.png", seed=7)
    result = lutbridge("lut", "verify", make("cube"), "--photo", other, "--model", toy_model)
    assert result.code == 1 and "DIFFERENT from a.png" in result.out and "DIFFERS by up to" in result.out


def test_a_changed_digit_is_found(lutbridge, made, toy_model):
    photo, make = made
    file = make("cube")
    lines = file.read_text().splitlines()
    lines[-1] = "0.123456 0.123456 0.123456"
    file.write_text("\n".join(lines) + "\n")
    assert lutbridge("lut", "verify", file, "--photo", photo, "--model", toy_model).code == 1


def test_a_lut_that_says_nothing_is_refused(lutbridge, warm, make_photo, tmp_path):
    result = lutbridge("lut", "verify", warm, "--photo", make_photo(tmp_path / "a.png"))
    assert result.code == 1 and "it does not record what it was made from" in result.err

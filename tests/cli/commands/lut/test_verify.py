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


@pytest.fixture
def of_group(lutbridge, burst, toy_model, tmp_path):
    """Makes the LUT of a burst."""

    def make(*options):
        arguments = ("--model", toy_model, "--size", "9", "--group", "all", "--consistency", "0.8", *options)
        lutbridge("cube", burst, "-o", tmp_path / "luts", *arguments)
        return next((tmp_path / "luts").glob("group.*"))

    return make


@pytest.mark.parametrize("name", ["cube", "xmp", "hald"])
def test_a_groups_lut_is_made_again_of_its_photos(lutbridge, burst, of_group, toy_model, name):
    file = of_group("--strength", "0.7", "--format", name)
    result = lutbridge("lut", "verify", file, "--photo", burst, "--model", toy_model, "--json")
    facts = json.loads(result.out)
    assert result.code == 0 and facts["identical"] and facts["photo"] == {"same": True, "named": "4 photos"}
    assert facts["loss"]["said"] == facts["loss"]["found"] and facts["loss"]["said"][1] > 0


def test_a_groups_reference_is_needed_too(lutbridge, burst, of_group, make_photo, toy_model, tmp_path):
    reference = make_photo(tmp_path / "reference.png", seed=7)
    file = of_group("--reference", reference)
    alone = lutbridge("lut", "verify", file, "--photo", burst, "--model", toy_model)
    assert alone.code == 1 and "1 of the 5 photos it was made from not found: reference.png" in alone.err
    both = lutbridge("lut", "verify", file, "--photo", burst, "--photo", reference, "--model", toy_model)
    assert both.code == 0 and "identical to the last digit" in both.out


def test_a_photo_that_a_group_lacks_is_named(lutbridge, burst, of_group, toy_model):
    file = of_group()
    (burst / "2.png").unlink()
    (burst / "3.png").write_bytes((burst / "1.png").read_bytes())
    result = lutbridge("lut", "verify", file, "--photo", burst, "--model", toy_model)
    assert result.code == 1 and "2 of the 4 photos it was made from not found: 2.png, 3.png" in result.err


def test_a_groups_lut_that_names_a_part_of_its_photos_cannot_be_verified(lutbridge, burst, of_group, toy_model):
    file = of_group()
    file.write_text(file.read_text().replace("group: 4 photos", "group: 2000 photos"))
    result = lutbridge("lut", "verify", file, "--photo", burst, "--model", toy_model)
    assert result.code == 1 and "it records 4 of its 2000 photos" in result.err


def test_the_photo_of_a_lut_is_found_in_a_folder(lutbridge, made, toy_model):
    photo, make = made
    result = lutbridge("lut", "verify", make("cube"), "--photo", photo.parent, "--model", toy_model)
    assert result.code == 0 and "identical to the last digit" in result.out

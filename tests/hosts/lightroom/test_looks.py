"""Looks: the installed profile and the Look that is put on are the helper's LUT for the photo without its own Look."""

from pathlib import Path

import numpy as np
import pytest

from lutbridge.lut.formats import lightroom_table, load

from .conftest import ADOBE_COLOR

RESTART = "New profiles appear in Lightroom's profile browser after its next start."


def asked_directly(helper, photo, kind, query=""):
    """The helper's LUT for an export."""
    export = Path(photo["renders"][kind])
    profile = export.with_suffix(".xmp")
    profile.write_bytes(helper.ask(f"/v1/lut?format=xmp&name=direct{query}", export.read_bytes()))
    return load(profile).lut.lattice


def of_look(settings):
    """The lattice of the table in a photo's settings, in codes."""
    parameters = settings["Look"]["Parameters"]
    spelling = parameters[f"Table_{parameters['RGBTable']}"]
    packed = lightroom_table.read_spelling(spelling)
    assert lightroom_table.fingerprint(packed) == parameters["RGBTable"]
    return lightroom_table.unpack(packed).codes


def installed(lightroom):
    return [load(path).lut for path in sorted(lightroom.profiles.iterdir())]


def test_the_profile_and_the_look_are_the_luts_of_the_photo_without_its_profile(lightroom, helper):
    photo = lightroom.photo(look=ADOBE_COLOR)
    answer = lightroom.run(photo, prefs={"mode": "look", "person": 60, "background": 60})
    assert answer["said"] == [["Looks: 1 of 1 photos.", RESTART]]
    (copy,), (profile,) = answer["copies"], installed(lightroom)
    assert copy["name"] == "Auto Retouch"
    assert copy["settings"]["Look"]["Amount"] == 1, "both dials are in the profile"
    dials = "&person=0.6&background=0.6"
    expected = asked_directly(helper, photo, "plain_small", dials)
    assert np.array_equal(profile.lattice, expected)
    assert np.array_equal(of_look(copy["settings"]), np.round(expected * 65535).astype(int))
    assert not np.array_equal(expected, asked_directly(helper, photo, "look_small", dials))
    assert profile.title.startswith("anna")


def test_the_profile_stands_in_the_shoots_group(lightroom):
    lightroom.run(lightroom.photo(), prefs={"mode": "look"})
    (path,) = lightroom.profiles.iterdir()
    assert ">Auto Retouch: photos</rdf:li>" in path.read_text(encoding="utf-8")


def test_a_second_press_makes_neither_another_copy_nor_another_profile(lightroom):
    photo = lightroom.photo(look=ADOBE_COLOR)
    answer = lightroom.run(photo, presses=["retouch", "retouch"], prefs={"mode": "look"})
    assert answer["said"] == [["Looks: 1 of 1 photos.", RESTART]] * 2
    assert len(answer["copies"]) == 1
    assert len(installed(lightroom)) == 1


@pytest.mark.parametrize("manner", ["drops_look", "drops_table"])
def test_a_lightroom_that_does_not_take_it_is_noticed(lightroom, manner):
    answer = lightroom.run(lightroom.photo(look=ADOBE_COLOR), manner=manner, prefs={"mode": "look"})
    said = answer["said"][0]
    assert said[0] == "Looks: 0 of 1 photos."
    assert said[1].startswith("anna.nef: Lightroom did not apply the look by itself (it dropped the profile")
    assert 'from the group "Auto Retouch: photos", with amount 100' in said[1]
    assert len(installed(lightroom)) == 1


def test_one_look_for_all_is_one_profile(lightroom):
    takes = [lightroom.photo(f"take-{number}.nef", exposure=exposure) for number, exposure in enumerate((-0.5, 0.4))]
    answer = lightroom.run(*takes, prefs={"mode": "look", "group": "shared"})
    assert answer["said"] == [["Looks: 2 of 2 photos.", RESTART]]
    assert len(installed(lightroom)) == 1
    first, second = (copy["settings"]["Look"] for copy in answer["copies"])
    assert first == second


def test_a_shoot_that_matches_has_a_look_for_each_take(lightroom):
    takes = [lightroom.photo(f"take-{number}.nef", exposure=exposure) for number, exposure in enumerate((-0.5, 0.4))]
    answer = lightroom.run(*takes, prefs={"mode": "look", "group": "match"})
    assert answer["said"] == [["Looks: 2 of 2 photos.", RESTART]]
    assert len(installed(lightroom)) == 2

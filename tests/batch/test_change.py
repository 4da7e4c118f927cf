"""What was done, in words: against pictures whose change is known."""

import numpy as np
import pytest

from lutbridge.batch.change import Change, in_words, measure
from lutbridge.color.srgb import eotf_srgb, inverse_eotf_srgb


@pytest.fixture
def scene():
    """A colourful picture with greys in it, nothing of it near black or white."""
    random = np.random.default_rng(1)
    linear = random.uniform(0.04, 0.2, (40, 60, 1)) * 2 ** random.normal(0, 0.3, (40, 60, 3))
    return inverse_eotf_srgb(linear).astype(np.float32)


@pytest.fixture
def person():
    mask = np.zeros((40, 60), np.float32)
    mask[:, :20] = 1
    return mask


def gained(scene, stops):
    return inverse_eotf_srgb(eotf_srgb(scene.astype(float)) * 2.0 ** np.asarray(stops)).astype(np.float32)


def said(before, after, person=None, delta_e=5.0):
    return in_words(measure(before, after, delta_e, person))


@pytest.mark.parametrize(("ev", "words"), [(1.0, "Brightened by 1.0 EV"), (-0.7, "Darkened by 0.7 EV")])
def test_exposure(scene, person, ev, words):
    assert said(scene, gained(scene, ev)) == words
    assert said(scene, gained(scene, ev), person) == words


@pytest.mark.parametrize(
    ("ev", "words"),
    [
        ((1.2, 0), "Brightened the person by 1.2 EV, background unchanged"),
        ((0.8, 0.3), "Brightened the person by 0.8 EV and the background by 0.3 EV"),
        ((0, -0.5), "Darkened the background by 0.5 EV, person unchanged"),
        ((0.5, 0.4), "Brightened by 0.4 EV"),
    ],
)
def test_person_and_background(scene, person, ev, words):
    stops = np.where(person, *ev)[..., None]
    assert said(scene, gained(scene, stops), person) == words


def test_a_person_who_is_hardly_in_the_picture_is_not_spoken_of(scene, person):
    person[:] = 0
    person[0, :20] = 1
    assert said(scene, gained(scene, 1.0 + person[..., None]), person) == "Brightened by 1.0 EV"


def test_white_balance_is_that_of_grey():
    """D65 (6504 K) seen between two whites that far apart; 5500 K to 6504 K is about 0.27 EV of red over blue."""
    grey = np.full((20, 20, 3), 0.5, np.float32)
    change = measure(gained(grey, (0.13, 0, -0.13)), grey, 5.0)
    assert change.kelvin == pytest.approx(800, abs=150)
    assert measure(grey, gained(grey, (0.13, 0, -0.13)), 5.0).kelvin == pytest.approx(-change.kelvin, rel=1e-3)


def test_cooler_warmer_and_green(scene):
    assert said(scene, gained(scene, (-0.1, 0, 0.1))).startswith("Cooler by ")
    assert said(scene, gained(scene, (0.1, 0, -0.1))).startswith("Warmer by ")
    assert said(scene, gained(scene, (-0.1, 0.1, -0.1))) == "Greener"
    assert said(scene, gained(scene, (0.1, -0.2, 0.1))).endswith("less green")


def test_more_saturation_is_no_other_white_balance(scene):
    linear = eotf_srgb(scene.astype(float))
    grey = np.exp(np.log(linear).mean(-1, keepdims=True))
    after = inverse_eotf_srgb(grey * (linear / grey) ** 1.3).astype(np.float32)
    assert said(scene, after) == "Small changes of colour and contrast"


def test_clipped_and_black_pixels_do_not_count(scene):
    after = gained(scene, 1.0)
    before, after = scene.copy(), after
    before[:10], after[:10] = 1.0, 1.0
    before[10:20], after[10:20] = 0.0, 0.0
    assert said(before, after) == "Brightened by 1.0 EV"


def test_nothing_but_clipped_pixels_is_no_fault():
    white = np.ones((4, 4, 3), np.float32)
    assert said(white, white, delta_e=0.0) == "Unchanged"


def test_monochrome_stays_without_a_word_on_colour():
    grey = np.repeat(np.linspace(0.1, 0.6, 100, dtype=np.float32).reshape(10, 10, 1), 3, 2)
    assert said(grey, gained(grey, 0.5)) == "Brightened by 0.5 EV"


@pytest.mark.parametrize(("delta_e", "words"), [(0.0, "Unchanged"), (0.3, "Hardly changed")])
def test_small_changes_are_called_small(delta_e, words):
    assert in_words(Change(0.0, None, None, 0.0, 0.0, delta_e)) == words

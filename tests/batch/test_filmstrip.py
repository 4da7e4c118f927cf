import re

import numpy as np

from lutbridge.batch.filmstrip import Filmstrip


def filmstrip(pictures, names=("a.jpg", "b.jpg")):
    return Filmstrip("1 & 2", "2 takes", "They differ by 3.", True, names, pictures)


def flat(*rgb):
    return np.full((20, 30, 3), rgb, np.float32)


def test_a_strip_shows_every_take_in_three_rows():
    page = filmstrip([[flat(0.5, 0.5, 0.5)] * 2] * 3, ("a.jpg", "<b>.jpg"))
    page = page.heading("x") + page.strip()
    assert page.count("<img ") == 6 and page.count("data:image/jpeg;base64,") == 6
    assert [row in page for row in ("before", "each photo alone", "matched")] == [True] * 3
    assert "<b>" not in page and "&lt;b&gt;.jpg" in page and "1 &amp; 2" in page and "They differ by 3." in page


def test_a_group_that_does_not_match_has_a_sentence_and_no_pictures():
    pictures = [[flat(0.5, 0.5, 0.5)] * 2] * 3
    page = Filmstrip("x", "2 photos", "Not matched.", False, ("a.jpg", "b.jpg"), pictures).heading("strip-0")
    assert "Not matched." in page and "strip-0" not in page


def test_the_chart_puts_redder_to_the_right_and_yellower_above():
    grey, red, yellow = flat(0.5, 0.5, 0.5), flat(0.6, 0.45, 0.5), flat(0.55, 0.55, 0.4)
    page = filmstrip([[grey, grey], [grey, red], [grey, yellow]]).strip()
    places = [tuple(map(float, place)) for place in re.findall(r'cx="([\d.]+)" cy="([\d.]+)"', page)]
    assert len(places) == 6
    middle, to_red, to_yellow = places[0], places[3], places[5]
    assert to_red[0] > middle[0] + 10
    assert to_yellow[1] < middle[1] - 10


def test_takes_that_agree_lie_in_the_middle():
    page = filmstrip([[flat(0.5, 0.5, 0.5)] * 2] * 3).strip()
    assert set(re.findall(r'cx="([\d.]+)" cy="([\d.]+)"', page)) == {("110.0", "110.0")}

from datetime import UTC, datetime, timedelta, timezone
from itertools import accumulate
from pathlib import Path

import numpy as np
import pytest

from lutbridge.group.capture import Facts
from lutbridge.group.timeline import LONGEST_PAUSE, PAUSE, SHORTEST_PAUSE, rolls

START = datetime(2026, 5, 1, 9)


def taken(*seconds, camera="A", zone=None):
    """Facts of photos taken so many seconds after the start."""
    return [
        Facts(Path(f"{camera}{i}.jpg"), (START + timedelta(seconds=second)).replace(tzinfo=zone), "EXIF", camera)
        for i, second in enumerate(seconds)
    ]


def test_each_camera_has_a_roll_of_its_own():
    facts = [*taken(20, 0), *taken(5, camera="B"), Facts(Path("c.jpg"))]
    first, second = rolls(facts)
    assert first.photos.tolist() == [1, 0] and np.diff(first.seconds).tolist() == [20]
    assert second.photos.tolist() == [2] and len(second.patience) == 0


def test_frames_of_one_second_stay_in_their_order():
    assert rolls(taken(1, 1, 0, 1))[0].photos.tolist() == [2, 0, 1, 3]


def test_a_journey_across_zones_stays_in_order():
    at_home = taken(0, 60, zone=timezone(timedelta(hours=2)))
    abroad = taken(-3000, zone=UTC)  # an hour and ten minutes later, by a clock that was set back
    assert rolls([*at_home, *abroad])[0].photos.tolist() == [0, 1, 2]
    assert rolls([*at_home, *taken(-3000)])[0].photos.tolist() == [2, 0, 1]  # one without a zone: as the clocks read


def test_patience_follows_the_pace_around():
    slow, fast = np.arange(12) * 20.0, 3000 + np.arange(12) * 2.0
    (roll,) = rolls(taken(*slow, *fast))
    assert roll.patience[2] == PAUSE * 20
    assert roll.patience[-2] == SHORTEST_PAUSE
    assert max(rolls(taken(*np.arange(12) * 400.0))[0].patience) == LONGEST_PAUSE


@pytest.mark.parametrize(
    ("pace", "goes_on", "ends"),
    [(20, 230, 250), (60, 710, 730), (2, 44, 46), (400, 890, 910)],  # twelve times the pace, 45 s to 15 min
)
def test_how_long_a_pause_ends_a_scene(pace, goes_on, ends):
    for pause, is_longer in ((goes_on, False), (ends, True)):
        (roll,) = rolls(taken(*accumulate([0, *[pace] * 8, pause, *[pace] * 8])))
        assert (np.diff(roll.seconds) > roll.patience)[8] == is_longer

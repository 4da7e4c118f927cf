from dataclasses import dataclass

import numpy as np

from lutbridge.evaluate.pictures import choose, side_by_side
from lutbridge.evaluate.systems import untouched


@dataclass
class Gained:
    """What the choice looks at of a record."""

    name: str
    psnr: float
    skin_group: str
    psnr_untouched: float = 20.0


def test_pictures_are_chosen_by_rule():
    records = [Gained("a", 25, "light"), Gained("b", 19, "tan"), Gained("c", 27, "brown"), Gained("d", 22, "brown"),
               Gained("e", 24, "brown")]  # fmt: skip
    chosen = choose(records)
    assert {kind: r.name for kind, r in chosen.items()} == {"worst": "b", "median": "e", "darkest": "e"}
    assert set(choose([Gained("a", 25, "")])) == {"worst", "median"}


def test_source_result_and_target_stand_side_by_side():
    source, target = (np.full((40, 30, 3), value, np.uint8) for value in (50, 90))

    class Pair:
        def load(self):
            return source, target, None

    sheet = np.asarray(side_by_side(untouched, Pair()))
    assert sheet.shape == (40, 3 * 30 + 2 * 12, 3)
    assert (sheet[:, :30] == 50).all() and (sheet[:, 42:72] == 50).all() and (sheet[:, -30:] == 90).all()

import io
from dataclasses import dataclass

import numpy as np
from PIL import Image

from lutbridge.research.pictures import choose, pictures
from lutbridge.research.systems import untouched


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
    assert {kind: r.name for kind, r in chosen.items()} == {
        "best": "c", "median": "e", "worst": "b", "darkest skin": "e"
    }  # fmt: skip
    assert set(choose([Gained("a", 25, "")])) == {"best", "median", "worst"}


def test_the_map_of_errors_is_black_where_nothing_is_off():
    source, target = (np.full((40, 30, 3), 120, np.uint8) for _ in range(2))
    target[:20] = 60

    class Pair:
        def load(self, long_side=None):
            return source, target, None

    shown = {name: np.asarray(Image.open(io.BytesIO(jpeg))) for name, jpeg in pictures(untouched, Pair()).items()}
    assert list(shown) == ["source", "result", "target", "error"]
    assert all(picture.shape == (40, 30, 3) for picture in shown.values())
    assert np.abs(shown["target"][4, 4].astype(int) - 60).max() <= 2
    assert shown["error"][:16].min() > 250 and shown["error"][24:].max() < 5

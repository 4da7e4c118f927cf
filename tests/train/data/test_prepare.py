import numpy as np
import pytest
from PIL import Image
from skimage.data import astronaut

from lutbridge.color.lab import srgb_to_lab
from lutbridge.train.data.pairs import Pair
from lutbridge.train.data.prepare import prepare

PHOTO = astronaut()[:300, 60:360]


def make(tmp_path, name, size, versions=2):
    random = np.random.default_rng(len(name))
    files = [tmp_path / f"{name}-{i}.tif" for i in range(versions + 1)]
    for file in files:
        Image.fromarray(random.integers(0, 256, (*size, 3), np.uint8)).save(file)
    Image.new("L", size[::-1], 255).save(tmp_path / f"{name}.png")
    return Pair(name, "g", tuple(files[1:]), files[0], tmp_path / f"{name}.png")


def test_small_photos_stay_where_they_are_and_large_ones_are_copied_reduced(tmp_path):
    pairs = [make(tmp_path, "small", (20, 30)), make(tmp_path, "large", (60, 90))]
    advanced = []
    ready = prepare(pairs, 30, tmp_path / "copies", advance=lambda: advanced.append(1))
    assert ready.pairs[0] == pairs[0] and len(advanced) == 2 and not ready.faults
    source, target, mask = ready.pairs[1].load(1)
    assert source.shape == target.shape == (20, 30, 3) and mask.all()
    assert np.array_equal(source, pairs[1].load(1, 30)[0])
    expected = srgb_to_lab(target.astype(np.float32) / 255)[..., 1:].mean((0, 1))
    assert ready.means_ab.shape == (2, 2) and np.allclose(ready.means_ab[1], expected, atol=1e-3)


def test_nothing_is_read_twice_until_a_file_changes(tmp_path, monkeypatch):
    pairs = [make(tmp_path, "small", (20, 30)), make(tmp_path, "large", (60, 90))]
    first = prepare(pairs, 30, tmp_path / "copies")
    load, loaded = Pair.load, []
    monkeypatch.setattr(Pair, "load", lambda self, *a: loaded.append(self.name) or load(self, *a))
    again = prepare(pairs, 30, tmp_path / "copies")
    assert again.pairs == first.pairs and np.array_equal(again.means_ab, first.means_ab) and not loaded
    Image.fromarray(np.full((20, 30, 3), 90, np.uint8)).save(pairs[0].target)
    assert not np.array_equal(prepare(pairs, 30, tmp_path / "copies").means_ab, first.means_ab)
    assert set(loaded) == {"small"}


def test_who_stops_it_loses_nothing_that_was_looked_at(tmp_path, monkeypatch):
    pairs = [make(tmp_path, str(number), (20, 30)) for number in range(20)]
    looked = []
    with pytest.raises(KeyboardInterrupt):
        prepare(pairs, 30, tmp_path / "copies", advance=lambda: looked.append(1), stop=lambda: bool(looked))
    assert 0 < len(looked) < 20
    load, loaded = Pair.load, []
    monkeypatch.setattr(Pair, "load", lambda self, *a: loaded.append(self.name) or load(self, *a))
    assert len(prepare(pairs, 30, tmp_path / "copies").pairs) == 20
    assert len(loaded) == 20 - len(looked)


def test_what_is_at_fault_is_named_and_the_rest_is_ready(tmp_path):
    pairs = [make(tmp_path, name, (20, 30)) for name in ("one", "two", "three")]
    pairs[0].target.write_bytes(pairs[0].target.read_bytes()[:700])
    Image.new("RGB", (30, 19)).save(pairs[1].sources[1])
    ready = prepare(pairs, 30, tmp_path / "copies")
    assert ready.pairs == [pairs[2]] and len(ready.means_ab) == 1
    cut, odd = ready.faults
    assert "one-0.tif" in cut
    assert "two-0.tif: 30 × 20 px" in odd and "two-2.tif has 30 × 19 px" in odd


def test_own_pairs_that_do_not_line_up_are_named(tmp_path):
    pairs = []
    for name, moved in (("good", 0), ("moved", 9)):
        files = tmp_path / f"{name}.jpg", tmp_path / f"{name}-after.png"
        Image.fromarray(PHOTO).save(files[0])
        Image.fromarray((60 + np.roll(PHOTO, moved, 0) * 0.7).astype(np.uint8)).save(files[1])
        pairs.append(Pair(name, "g", files[:1], files[1], None, exact=False))
    ready = prepare(pairs, 540, tmp_path / "copies")
    assert [pair.name for pair in ready.pairs] == ["good"]
    assert ready.pairs[0].sources[0].suffix == ".tif", "copies, so that no JPEG is decoded at every step"
    assert "moved-after.png: is moved by 3" in ready.faults[0] and ready.faults[0].endswith("beside moved.jpg")

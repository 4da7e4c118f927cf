import numpy as np
import pytest
from PIL import Image

from lutbridge.color.lab import srgb_to_lab
from lutbridge.data.pairs import Pair
from lutbridge.data.prepare import prepare
from lutbridge.errors import UsageError


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
    ready, means = prepare(pairs, 30, tmp_path / "copies", advance=lambda: advanced.append(1))
    assert ready[0] == pairs[0] and len(advanced) == 2
    source, target, mask = ready[1].load(1)
    assert source.shape == target.shape == (20, 30, 3) and mask.all()
    assert np.array_equal(source, pairs[1].load(1, 30)[0])
    expected = srgb_to_lab(target.astype(np.float32) / 255)[..., 1:].mean((0, 1))
    assert means.shape == (2, 2) and np.allclose(means[1], expected, atol=1e-3)


def test_nothing_is_read_twice_until_a_file_changes(tmp_path, monkeypatch):
    pairs = [make(tmp_path, "small", (20, 30)), make(tmp_path, "large", (60, 90))]
    first, means = prepare(pairs, 30, tmp_path / "copies")
    load, loaded = Pair.load, []
    monkeypatch.setattr(Pair, "load", lambda self, *a: loaded.append(self.name) or load(self, *a))
    again, same = prepare(pairs, 30, tmp_path / "copies")
    assert again == first and np.array_equal(same, means) and not loaded
    Image.fromarray(np.full((20, 30, 3), 90, np.uint8)).save(pairs[0].target)
    assert not np.array_equal(prepare(pairs, 30, tmp_path / "copies")[1], means)
    assert set(loaded) == {"small"}


def test_faults_are_named_together_before_anything_starts(tmp_path):
    pairs = [make(tmp_path, name, (20, 30)) for name in ("one", "two", "three")]
    pairs[0].target.write_bytes(pairs[0].target.read_bytes()[:700])
    Image.new("RGB", (30, 19)).save(pairs[1].sources[1])
    with pytest.raises(UsageError, match=r"one-0\.tif.*; .*two-0\.tif: 30 × 20 px, but .*two-2\.tif has 30 × 19 px"):
        prepare(pairs, 30, tmp_path / "copies")

import numpy as np
import pytest

from lutbridge.errors import SetupError
from lutbridge.group.likeness import appearance
from lutbridge.group.store import KeptSequence, KeptTake, Store
from lutbridge.group.take import Take
from lutbridge.model.network import Look
from lutbridge.model.regions import SoftMask


def take(seed, with_mask=True):
    random = np.random.default_rng(seed)
    mask = SoftMask(random.random((4, 8, 8), np.float32)) if with_mask else None
    return Take(f"{seed}.jpg", random.random((30, 40, 3), np.float32), Look(random.random(6, np.float32), mask))


@pytest.mark.parametrize("with_mask", [True, False])
def test_takes_come_back_to_the_bit(with_mask):
    store = Store()
    takes = [take(seed, with_mask) for seed in range(5)]
    kept = [KeptTake(store, each) for each in takes]
    for one, other in zip(takes, kept, strict=True):
        assert other.name == one.name and np.array_equal(other.picture, one.picture)
        assert np.array_equal(other.look.w_image, one.look.w_image)
        assert other.look.mask is None if not with_mask else np.array_equal(other.look.mask.lines, one.look.mask.lines)


def test_a_sequence_reads_what_it_is_asked_for(monkeypatch):
    monkeypatch.setattr("lutbridge.group.store.AT_HAND", 2)
    store = Store()
    seen = [appearance(take(seed).picture, take(seed).picture) for seed in range(4)]
    kept = KeptSequence([store.keep(each) for each in seen])
    assert len(kept) == 4 and kept[3] is kept[3]
    for index in (3, 0, 2, 1, 3):
        assert np.array_equal(kept[index].background, seen[index].background)
        assert np.array_equal(kept[index].features.usable, seen[index].features.usable)
        assert kept[index].features.is_monochrome == seen[index].features.is_monochrome


def test_a_full_temporary_folder_is_the_machines_fault(monkeypatch):
    def full(*arguments, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("lutbridge.group.store.tempfile.TemporaryFile", full)
    with pytest.raises(SetupError, match=r"finds no room here .*TMPDIR"):
        Store()

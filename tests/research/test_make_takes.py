import numpy as np
from click.testing import CliRunner
from PIL import Image

from lutbridge.research.make_takes import main
from lutbridge.train.data.ppr10k import find_pairs


def portraits(folder, listed):
    """A folder of portraits: names, splits, and whether each shows a person."""
    for kind in ("photos", "masks"):
        (folder / kind).mkdir(parents=True)
    rows = ["id,width,height,person,split,licence,source"]
    for brightness, (name, split, person) in enumerate(listed):
        noise = np.random.default_rng(0).integers(0, 40, (48, 40, 3), np.uint8)
        Image.fromarray(noise + np.uint8(20 * brightness)).save(folder / "photos" / f"{name}.jpg")
        if person:
            Image.fromarray(np.eye(48, 40, dtype=np.uint8) * 255).save(folder / "masks" / f"{name}.png")
        rows.append(f"{name},40,48,{int(person)},{split},CC0-1.0,here")
    (folder / "manifest.csv").write_text("\n".join(rows))
    return folder


def test_takes_have_the_published_layout(tmp_path):
    folder = portraits(tmp_path / "portraits", [("a", "train", True), ("b", "train", True), ("c", "val", True)])
    done = CliRunner().invoke(main, [str(folder), str(tmp_path / "out"), "--takes", "2"])
    assert done.exit_code == 0 and "2 groups of 2 takes with 6 sources each" in done.output
    pairs = find_pairs(tmp_path / "out", "train", "a")
    assert [(pair.name, pair.group) for pair in pairs] == [("0_0", "0"), ("0_1", "0"), ("1_0", "1"), ("1_1", "1")]
    sources = [pairs[0].load(version)[0] for version in range(6)]
    assert len({source.tobytes() for source in sources}) > 3, "errors of their own"
    assert sources[0].shape[0] in range(38, 49) and pairs[0].load()[2].any()


def test_some_groups_are_people_evenly_spaced_in_the_manifest(tmp_path):
    """Photos get brighter by 20 from one to the next, so a target's brightness says which photo it is."""
    listed = [(f"p{number}", "val" if number == 3 else "train", number not in (1, 4)) for number in range(10)]
    folder = portraits(tmp_path / "portraits", listed)  # people to train on: 0, 2, 5, 6, 7, 8, 9
    done = CliRunner().invoke(main, [str(folder), str(tmp_path / "out"), "--takes", "1", "--groups", "3"])
    assert done.exit_code == 0 and "3 groups of 1 takes" in done.output
    targets = [pair.load()[1].mean() for pair in find_pairs(tmp_path / "out", "train", "a")]
    assert [round((mean - 20) / 20) for mean in targets] == [0, 5, 7]


def test_more_groups_than_people_are_refused(tmp_path):
    folder = portraits(tmp_path / "portraits", [("a", "train", True), ("b", "train", False), ("c", "val", True)])
    done = CliRunner().invoke(main, [str(folder), str(tmp_path / "out"), "--groups", "2"])
    assert done.exit_code == 2 and "only 1 photos of the train split show a person" in done.output
    assert not (tmp_path / "out").exists()

import numpy as np
from click.testing import CliRunner
from PIL import Image

from lutbridge.research.make_takes import main
from lutbridge.train.data.ppr10k import find_pairs


def test_takes_have_the_published_layout(tmp_path):
    folder = tmp_path / "portraits"
    for kind in ("photos", "masks"):
        (folder / kind).mkdir(parents=True)
    rows = ["id,width,height,person,split,licence,source"]
    for name, split in (("a", "train"), ("b", "train"), ("c", "val")):
        Image.fromarray(np.random.default_rng(0).integers(0, 256, (48, 40, 3), np.uint8)).save(
            folder / "photos" / f"{name}.jpg"
        )
        Image.fromarray(np.eye(48, 40, dtype=np.uint8) * 255).save(folder / "masks" / f"{name}.png")
        rows.append(f"{name},40,48,1,{split},CC0-1.0,here")
    (folder / "manifest.csv").write_text("\n".join(rows))
    done = CliRunner().invoke(main, [str(folder), str(tmp_path / "out"), "--takes", "2"])
    assert done.exit_code == 0 and "2 groups of 2 takes with 6 sources each" in done.output
    pairs = find_pairs(tmp_path / "out", "train", "a")
    assert [(pair.name, pair.group) for pair in pairs] == [("0_0", "0"), ("0_1", "0"), ("1_0", "1"), ("1_1", "1")]
    sources = [pairs[0].load(version)[0] for version in range(6)]
    assert len({source.tobytes() for source in sources}) > 3, "errors of their own"
    assert sources[0].shape[0] in range(38, 49) and pairs[0].load()[2].any()

import numpy as np
import pytest
from PIL import Image
from skimage.data import astronaut


@pytest.fixture
def ppr10k(tmp_path):
    """A small train split in PPR10K's layout: four groups of two photos with two versions, finished brighter."""
    root = tmp_path / "ppr10k"
    for kind in ("source_aug", "target_a", "masks"):
        (root / "train" / kind).mkdir(parents=True)
    photo = astronaut()
    for group in range(4):
        for index in range(2):
            name, left = f"{group}_{index}", 60 * group + 20 * index
            target = photo[40:140, left : left + 80]
            Image.fromarray(target).save(root / "train" / "target_a" / f"{name}.tif")
            Image.fromarray((target[..., 0] > 120).astype(np.uint8) * 255).save(
                root / "train" / "masks" / f"{name}.png"
            )
            for version, light in (("", 0.7), ("_0", 0.5)):
                source = (target * np.array([light, 0.7, 0.8])).astype(np.uint8)
                Image.fromarray(source).save(root / "train" / "source_aug" / f"{name}{version}.tif")
    return root


@pytest.fixture
def small_toml(tmp_path):
    """A config that trains in seconds, without dropout."""
    path = tmp_path / "small.toml"
    path.write_text("""
summary = "small"
[model]
n_luts = 2
grid_size = 5
thumbnail_size = 32
predictor = "zeng-unpaired"
context_channels = 4
voxel_channels = 4
[losses]
gam = 1e-3
[training]
batch = 4
side = 24
lr = 1e-3
steps = 12
report_every = 2
snapshot_every = 2
""")
    return path

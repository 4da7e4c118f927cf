"""Public checkpoints, from the two files to a rendered photo."""

import numpy as np
import pytest
import torch
from PIL import Image
from tifffile import imread, imwrite

from lutbridge.research.known_models import MARKS, MISSING
from lutbridge.train.inference import retouch_whole
from lutbridge.train.networks import checkpoint

from ...research import public_files


@pytest.fixture
def photo(tmp_path):
    """Smooth colours, fine detail that resizing without antialiasing trips over, black and white: 16 bit."""
    y, x = np.mgrid[0:300, 0:410]
    waves = [np.sin(x / 37 + c) * np.cos(y / 23 - c) + 0.4 * np.sin(x * (1.3 + c)) for c in range(3)]
    rgb = np.clip(np.stack(waves, -1) * 0.4 + 0.5, 0, 1)
    rgb[:8, :8], rgb[:8, 8:16] = 0, 1
    imwrite(tmp_path / "photo.tif", np.rint(rgb * 65535).astype(np.uint16), photometric="rgb")
    Image.fromarray(np.rint(rgb * 255).astype(np.uint8)).save(tmp_path / "photo.png")
    return tmp_path / "photo.png"


@pytest.mark.parametrize("layout", public_files.LAYOUTS)
def test_a_render_is_the_public_codes_on_every_pixel(lutbridge, tmp_path, photo, layout):
    paths = public_files.write(tmp_path, layout)
    ran = lutbridge("import-checkpoint", *paths, "-o", tmp_path / "model.safetensors")
    assert ran.code == 0 and ran.out == f"{tmp_path / 'model.safetensors'}\n", ran.err
    assert "basis LUTs of grid 33" in ran.err

    photos = photo, photo.with_suffix(".tif")
    assert lutbridge("render", *photos, "-o", tmp_path / "out", "--model", ran.out.strip()).code == 0
    luts, classifier = public_files.checkpoint(layout)
    for source, read, top in ((photos[0], lambda p: np.asarray(Image.open(p)), 255), (photos[1], imread, 65535)):
        expected = public_files.reference(layout, luts, classifier, read(source)).clip(0, 1)
        assert 0.02 < np.abs(expected - read(source) / top).mean() < 0.3, "it does something"
        (written,) = (tmp_path / "out").glob(f"*{source.suffix}")
        rendered = read(written)
        assert np.abs(rendered - np.rint(expected * top)).max() <= (1 if top == 255 else 2)


def test_a_cube_of_it_is_its_one_lut(lutbridge, tmp_path, photo):
    """There is no local context, so the fitted LUT loses nothing but the lattice's own reading."""
    paths = public_files.write(tmp_path, "fivek")
    model = tmp_path / "model.safetensors"
    assert lutbridge("import-checkpoint", *paths, "-o", model).code == 0
    assert lutbridge("cube", photo, "-o", tmp_path / "cubes", "--model", model).code == 0
    assert lutbridge("lut", "apply", next((tmp_path / "cubes").iterdir()), photo, "-o", tmp_path / "through").code == 0
    luts, classifier = public_files.checkpoint("fivek")
    pixels = np.asarray(Image.open(photo))
    expected = public_files.reference("fivek", luts, classifier, pixels).clip(0, 1)
    (through,) = (tmp_path / "through").glob("[!.]*")
    assert np.abs(np.asarray(Image.open(through)) / 255 - expected).mean() < 0.005


def test_the_file_says_where_it_comes_from(lutbridge, tmp_path):
    paths = public_files.write(tmp_path, "fivek-unpaired", M=5)
    model = tmp_path / "model.safetensors"
    assert lutbridge("import-checkpoint", *paths, "-o", model).code == 0
    history = checkpoint.read(model).history
    assert history["command"] == "lutbridge import-checkpoint"
    assert len(history["LUTs.pth, SHA-256"]) == len(history["classifier.pth, SHA-256"]) == 64


def test_a_file_that_is_there_is_kept(lutbridge, tmp_path):
    paths = public_files.write(tmp_path, "fivek", M=5)
    model = tmp_path / "model.safetensors"
    model.write_bytes(b"mine")
    ran = lutbridge("import-checkpoint", *paths, "-o", model)
    assert (ran.code, model.read_bytes()) == (2, b"mine") and "already exists" in ran.err
    assert lutbridge("import-checkpoint", *paths, "-o", model, "--existing", "overwrite").code == 0
    assert checkpoint.read(model).config.grid_size == 5


def test_the_result_must_be_named_as_a_model(lutbridge, tmp_path):
    ran = lutbridge("import-checkpoint", "LUTs.pth", "classifier.pth", "-o", tmp_path / "model.pth")
    assert ran.code == 2 and "must end in .safetensors" in ran.err


def test_swapped_files_are_told(lutbridge, tmp_path):
    luts, classifier = public_files.write(tmp_path, "fivek", M=5)
    ran = lutbridge("import-checkpoint", classifier, luts, "-o", tmp_path / "model.safetensors")
    assert ran.code == 1 and "classifier.pth: holds model.1.bias, model.1.weight" in ran.err
    assert len(ran.err.splitlines()) == 1 and not (tmp_path / "model.safetensors").exists()


def test_a_damaged_file_leaves_no_model(lutbridge, tmp_path):
    luts, classifier = public_files.write(tmp_path, "fivek", M=5)
    classifier.write_bytes(classifier.read_bytes()[:-500])
    ran = lutbridge("import-checkpoint", luts, classifier, "-o", tmp_path / "model.safetensors")
    assert ran.code == 1 and "classifier.pth: is damaged, or no PyTorch file; download it again" in ran.err
    assert not (tmp_path / "model.safetensors").exists()


def test_a_model_of_the_layouts_holds_tensors_only(tmp_path):
    """What the generator of this test writes is what the public code writes: dictionaries of tensors."""
    for path in public_files.write(tmp_path, "ppr10k", M=3):
        assert torch.load(path, weights_only=True)


def test_a_resnet18_becomes_a_system_to_train(lutbridge, tmp_path):
    _, classifier = public_files.checkpoint("ppr10k", M=3)
    path = tmp_path / "resnet18.pth"
    torch.save({name.removeprefix("model."): tensor for name, tensor in classifier.items()}, path)
    model = tmp_path / "lam.safetensors"
    ran = lutbridge("import-checkpoint", path, "--config", "lam", "-o", model)
    assert ran.code == 0 and "not trained yet; a start for lutbridge train --config lam" in ran.err
    network = checkpoint.read(model).network
    assert torch.equal(network.predictor.conv1.weight, classifier["model.conv1.weight"])

    ran = lutbridge("import-checkpoint", path, "--config", "3dlut", "-o", tmp_path / "other.safetensors")
    assert ran.code == 2 and "3dlut: this system has no ResNet-18 to start" in ran.err


@pytest.mark.parametrize("files", [["1.pth", "2.pth", "3.pth"], ["1.pth", "2.pth", "--config", "lam"]])
def test_the_number_of_files_says_what_is_meant(lutbridge, tmp_path, files):
    ran = lutbridge("import-checkpoint", *files, "-o", tmp_path / "model.safetensors")
    assert ran.code == 2 and "or --config, and the one file of a ResNet-18 to start from" in ran.err


def test_a_clut_net_is_imported_and_renders_as_published(lutbridge, tmp_path, photo):
    file, model = tmp_path / "model0361.pth", tmp_path / "clut.safetensors"
    state = public_files.clut_checkpoint(N=20, M=33)
    torch.save(state, file)
    ran = lutbridge("import-checkpoint", file, "-o", model)
    assert ran.code == 0 and ran.err.strip().endswith("CLUT-Net, 21 basis LUTs of grid 33"), ran.err
    photos = photo, photo.with_suffix(".tif")
    assert lutbridge("render", *photos, "-o", tmp_path / "out", "--model", model).code == 0
    for source, read, top in ((photos[0], lambda p: np.asarray(Image.open(p)), 255), (photos[1], imread, 65535)):
        expected = public_files.clut_reference(state, read(source)).clip(0, 1)
        assert 0.02 < np.abs(expected - read(source) / top).mean() < 0.4, "it does something"
        (written,) = (tmp_path / "out").glob(f"*{source.suffix}")
        assert np.abs(read(written) - np.rint(expected * top)).max() <= (1 if top == 255 else 2)


@pytest.mark.parametrize("name", public_files.CURVES)
def test_adaint_and_seplut_are_imported_to_be_measured(lutbridge, tmp_path, photo, name):
    file, model = tmp_path / "public.pth", tmp_path / "model.safetensors"
    state = public_files.curves_checkpoint(name, 8)
    torch.save({"meta": {"epoch": 3}, "state_dict": state}, file)
    ran = lutbridge("import-checkpoint", file, "-o", model)
    assert ran.code == 0 and f"{name}, 3 basis LUTs of grid 17; only to be measured" in ran.err
    pixels = np.asarray(Image.open(photo))
    expected = public_files.curves_reference(name, state, pixels).clip(0, 1)
    rendered = retouch_whole(checkpoint.read(model).network, pixels)
    assert np.abs(rendered - np.rint(expected * 255)).max() <= 1
    ran = lutbridge("render", photo, "-o", tmp_path / "out", "--model", model)
    assert ran.code != 0 and "this model can only be measured (lutbridge evaluate)" in ran.err


@pytest.mark.parametrize("model", MISSING)
@pytest.mark.parametrize("options", [(), ("--config", "lam")])
def test_what_cannot_be_imported_is_refused_by_name(lutbridge, tmp_path, model, options):
    file = tmp_path / "public.pth"
    torch.save({name: torch.zeros(3, 3) for name in MARKS[model]}, file)
    ran = lutbridge("import-checkpoint", file, *options, "-o", tmp_path / "model.safetensors")
    assert ran.code != 0 and f"public.pth: is a model of {model}, which cannot be imported: {MISSING[model]}" in ran.err
    assert not (tmp_path / "model.safetensors").exists()


def test_one_file_of_no_known_layout_says_what_is_expected(lutbridge, tmp_path):
    torch.save({"a": torch.zeros(3)}, tmp_path / "other.pth")
    ran = lutbridge("import-checkpoint", tmp_path / "other.pth", "-o", tmp_path / "model.safetensors")
    assert ran.code == 2 and "give LUTs.pth and classifier.pth of Image-Adaptive-3DLUT or PPR10K; or the one" in ran.err

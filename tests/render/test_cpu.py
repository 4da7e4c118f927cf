import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numba
import numpy as np
import pytest
import torch
from skimage.data import astronaut

import lutbridge
from lutbridge.color.codes import to_codes, to_float
from lutbridge.lut.footprints import BLOCK
from lutbridge.model.build import build as numpy_build
from lutbridge.model.config import INTERPOLATIONS, ModelConfig
from lutbridge.model.network import Look
from lutbridge.model.regions import SoftMask
from lutbridge.render import cpu
from lutbridge.render.cpu import Renderer
from lutbridge.strength import FULL, Strength
from lutbridge.train.lookup import interpolate_in_torch
from lutbridge.train.networks import checkpoint
from lutbridge.train.networks.build import build
from lutbridge.train.networks.wide import carry_up

TOLERANCE = 7e-6  # half a 16-bit code
PORTRAIT = {"n_luts": 8, "interpolation": "tetrahedral"}  # portrait-v1's kernel
REGIONS = {"predictor": "regions", "pixel_weights": "regions"}
CONFIGS = {
    "portrait": PORTRAIT,
    "paper": {},
    "one LUT, one pixel": {"n_luts": 1, "context": 1, "grid_size": 2},
    "odd widths": {"n_luts": 11, "context": 5, "grid_size": 17, "context_channels": 7, "voxel_channels": 21},
    "one channel each": {"n_luts": 2, "context_channels": 1, "voxel_channels": 1},
    "no local context": {"pixel_weights": "none"},
    "no attention": {"pixel_weights": "lam-without-attention", "context": 5},
    "regions": {"predictor": "regions", "pixel_weights": "regions", "n_luts": 9, "interpolation": "tetrahedral"},
    "regions, trilinear": {"predictor": "regions", "pixel_weights": "regions", "grid_size": 17},
    "regions, styled": REGIONS | {"n_luts": 4, "interpolation": "tetrahedral", "style": True},
    "released widths": {"n_luts": 3, "context_channels": 64, "voxel_channels": 128, "interpolation": "tetrahedral"},
}


@pytest.fixture(autouse=True)
def two_threads(monkeypatch):
    """Also for photos so small that the renderer would go without threads."""
    monkeypatch.setattr(numba.config, "NUMBA_NUM_THREADS", 2)
    monkeypatch.setattr(cpu, "SMALL", 0)


@pytest.fixture(autouse=True)
def reference_in_plain_torch(monkeypatch):
    """On CPUs networks look up by compiled footprints, which are the kernel's too."""
    monkeypatch.setattr("lutbridge.train.networks.network.interpolate", interpolate_in_torch)


def network(**config):
    """Basis LUTs full of noise, and weights that differ much from pixel to pixel, some below zero."""
    torch.manual_seed(0)
    net = build(ModelConfig(thumbnail_size=32, **config)).eval()
    with torch.no_grad():
        net.luts[1:].uniform_(-1, 1)
        if getattr(net, "style", None) is not None:
            net.style.add_(torch.rand_like(net.style) - 0.5)
        for name, factor in (("context", 3), ("attention", 8), ("weights", 10)):
            if layer := getattr(getattr(net, "local_context", None), name, None):
                layer.weight.mul_(factor)
    K = len(net.luts) * (2 if config.get("pixel_weights") == "regions" else 1)
    w_image = torch.linspace(0.9, -0.3, K) / len(net.luts) ** 0.5
    return net, w_image


def look_of(net, w_image):
    """A look with a mask, where the network has one, that changes much from cell to cell and with the colour."""
    mask = None
    if net.config.pixel_weights == "regions":
        lines = np.random.default_rng(3).normal(0.1, 0.5, (4, 32, 32)).astype(np.float32)
        mask = SoftMask(lines)
    return Look(w_image.numpy(), mask)


def renderer(net, w_image):
    return Renderer(numpy_build(net.config, checkpoint.arrays(net)), look_of(net, w_image))


def render(net, w_image, rgb):
    return renderer(net, w_image).strip(rgb, 0, len(rgb), 0, len(rgb))


def expected(net, w_image, rgb):
    """The network's own forward pass in plain torch, of a whole photo (H, W, 3) float32."""
    planes = torch.from_numpy(rgb).movedim(2, 0)[None]
    with torch.inference_mode():
        if net.config.pixel_weights == "regions":
            lines = torch.from_numpy(look_of(net, w_image).mask.lines)[None, None]
            mask = carry_up(lines, planes, 0, len(rgb)).clamp(0, 1)
            output = net.mix_regions(w_image[None], mask, planes)
        else:
            output = net.mix(w_image[None], net.local_context(planes)[0], planes)
        return output[0].clamp(0, 1).movedim(0, 2).numpy()


def mask_of(net, w_image, rgb):
    return look_of(net, w_image).mask.rows(rgb, 0, len(rgb))[..., None]


def noise(height=21, width=BLOCK + 37, seed=0):
    return np.random.default_rng(seed).random((height, width, 3), np.float32)


def lattice_points(M=33):
    axis = np.float32(np.arange(M) / (M - 1))
    return np.random.default_rng(1).choice(axis, (16, 150, 3))


def just_around_lattice_points():
    return np.clip(np.nextafter(lattice_points(), noise(16, 150)), 0, 1)


def ends():
    return np.float32(np.random.default_rng(2).integers(0, 2, (16, 150, 3)))


def flat():
    return np.full((5, 140, 3), 0.37, np.float32)


def real():
    return to_float(astronaut()[60:160, 120:380])


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
def test_every_network_equals_the_reference(config):
    net, w_image = network(**config)
    result = render(net, w_image, noise())
    assert result.dtype == np.float32
    assert np.abs(result - expected(net, w_image, noise())).max() < TOLERANCE
    assert 0.2 < np.mean((result > 0) & (result < 1)), "most values are not hidden by the clamp"


@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
@pytest.mark.parametrize("photo", [real, flat, ends, lattice_points, just_around_lattice_points])
def test_every_kind_of_pixel_equals_the_reference(photo, interpolation):
    net, w_image = network(n_luts=8, interpolation=interpolation)
    rgb = photo()
    assert np.abs(render(net, w_image, rgb) - expected(net, w_image, rgb)).max() < TOLERANCE


def test_a_small_photo_is_the_same_without_threads(monkeypatch):
    net, w_image = network(n_luts=3, grid_size=5)
    rgb = noise(50, 70)
    threaded = render(net, w_image, rgb)
    monkeypatch.setattr(cpu, "SMALL", 50 * 70)
    assert np.array_equal(render(net, w_image, rgb), threaded)


@pytest.mark.parametrize("kind", [{}, REGIONS])
def test_a_renderer_for_another_look_is_that_of_the_other_photo(kind):
    net, w_image = network(n_luts=3, grid_size=5, **kind)
    first = renderer(net, w_image)
    other = first.for_look(look_of(net, 2 * w_image))
    rgb = noise(9, 12)
    assert np.array_equal(other.strip(rgb, 0, 9, 0, 9), render(net, 2 * w_image, rgb))
    assert not np.array_equal(first.strip(rgb, 0, 9, 0, 9), other.strip(rgb, 0, 9, 0, 9))


@pytest.mark.parametrize("shape", [(1, 1), (1, 3), (3, 1), (2, BLOCK), (17, BLOCK + 1)])
@pytest.mark.parametrize("k", [1, 3, 5])
def test_tiny_photos_and_the_edges_of_blocks(shape, k):
    net, w_image = network(n_luts=3, context=k, grid_size=5)
    rgb = noise(*shape)
    assert np.abs(render(net, w_image, rgb) - expected(net, w_image, rgb)).max() < TOLERANCE


def test_attention_as_sharp_as_it_gets():
    """Logits far apart: all but one share of the softmax vanish."""
    net, w_image = network(**PORTRAIT)
    with torch.no_grad():
        net.local_context.attention.weight.mul_(1000)
    assert np.abs(render(net, w_image, noise()) - expected(net, w_image, noise())).max() < TOLERANCE


def whole(renderer, codes, strength=FULL):
    out = np.empty_like(codes)
    return out, renderer.codes(codes, 0, out, 0, len(codes), strength)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("kind", [PORTRAIT, PORTRAIT | REGIONS])
@pytest.mark.parametrize("strength", [0, 0.35, 1])
def test_codes_are_the_rounded_blend(dtype, kind, strength):
    net, w_image = network(**kind)
    codes = to_codes(noise(), dtype)
    result, _ = whole(renderer(net, w_image), codes, Strength.of(strength))
    before = to_float(codes)
    exact = before + strength * (expected(net, w_image, before) - before)
    top = np.iinfo(dtype).max
    assert result.dtype == dtype
    assert np.abs(result - exact * float(top)).max() < 0.5 + TOLERANCE * top
    if strength == 0:
        assert np.array_equal(result, codes)


@pytest.mark.parametrize(("person", "background"), [(1, 0), (0.2, 0.9)])
def test_the_two_dials_go_over_with_the_mask(person, background):
    net, w_image = network(**PORTRAIT, **REGIONS)
    codes = to_codes(noise(), np.uint16)
    result, _ = whole(renderer(net, w_image), codes, Strength(person, background))
    before = to_float(codes)
    strength = background + mask_of(net, w_image, before) * (person - background)
    exact = before + strength * (expected(net, w_image, before) - before)
    assert np.abs(result - exact * 65535).max() < 0.5 + TOLERANCE * 65535


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("kind", [PORTRAIT, {}, PORTRAIT | REGIONS, REGIONS])
def test_monochrome_stays_monochrome_to_the_bit(dtype, kind):
    net, w_image = network(**kind)
    in_numpy = numpy_build(net.config, checkpoint.arrays(net))
    codes = np.repeat(to_codes(noise()[..., :1], dtype), 3, -1)
    result, _ = whole(Renderer(in_numpy.monochrome, look_of(net, w_image)), codes, Strength.of(0.7))
    assert np.array_equal(result[..., 0], result[..., 1]) and np.array_equal(result[..., 0], result[..., 2])
    assert not np.array_equal(result, codes)
    coloured, _ = whole(Renderer(in_numpy, look_of(net, w_image)), codes, Strength.of(0.7))
    assert not np.array_equal(coloured[..., 0], coloured[..., 1])


def test_the_result_may_take_the_place_of_the_photo_and_be_turned():
    net, w_image = network(**PORTRAIT | REGIONS)
    codes = to_codes(noise(40, 300), np.uint8)
    expected, _ = whole(renderer(net, w_image), codes)
    for place in (codes.copy(), codes.swapaxes(0, 1).copy().swapaxes(0, 1)):
        renderer(net, w_image).codes(place, 0, place, 0, len(place), FULL)
        assert np.array_equal(place, expected)


def test_newly_clipped_pixels_are_counted():
    net, w_image = network(**PORTRAIT)
    codes = to_codes(noise(40, 300), np.uint8)
    codes[:, 100:200] = 255
    result, clipped = whole(renderer(net, w_image), codes)
    newly = ((result == 0) & (codes != 0)) | ((result == 255) & (codes != 255))
    assert clipped == newly.any(-1).sum() > 0


@pytest.mark.parametrize("kind", [{"context": 1}, {"context": 3}, {"context": 5}, REGIONS])
@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("height", [1, 7, 16, 50])
def test_strips_are_the_whole_photo_to_the_bit(monkeypatch, kind, threads, height):
    monkeypatch.setattr(numba.config, "NUMBA_NUM_THREADS", threads)
    net, w_image = network(n_luts=5, **kind)
    own, rgb = renderer(net, w_image), noise(50, 300)
    photo = own.strip(rgb, 0, 50, 0, 50)
    for top in range(0, 50, height):
        bottom, first = min(50, top + height), max(0, top - own.edge)
        strip = own.strip(rgb[first : bottom + own.edge], top - first, bottom - top, top, 50)
        assert np.array_equal(strip, photo[top:bottom])


def test_views_of_turned_photos_and_arrays_that_cannot_be_written():
    net, w_image = network(**PORTRAIT)
    rgb = noise(20, 30)
    turned = noise(20, 30).swapaxes(0, 1).copy().swapaxes(0, 1)
    turned.flags.writeable = False
    assert np.array_equal(render(net, w_image, turned), render(net, w_image, rgb))
    assert np.array_equal(rgb, noise(20, 30)), "the input is not changed"


def test_renders_in_several_threads_do_not_meet():
    jobs = [(*network(**config), noise(90, 200, seed)) for seed, config in enumerate([PORTRAIT, {}] * 3)]
    alone = [render(*job) for job in jobs]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda job: render(*job), jobs))
    assert all(np.array_equal(a, b) for a, b in zip(alone, together, strict=True))


def test_values_that_are_no_colours_read_no_foreign_memory():
    net, w_image = network(**PORTRAIT)
    rgb = noise()
    rgb[3, :5] = [[np.nan] * 3, [np.inf] * 3, [-np.inf] * 3, [1e30, -5, 2], [-1e-9, 1.0001, 0.5]]
    assert np.array_equal(render(net, w_image, rgb)[6:], render(net, w_image, noise())[6:])


PROGRAM = """
import sys
import lutbridge.retouch
assert "numba" not in sys.modules, "numba is imported before anything is rendered"
import numpy as np
from pathlib import Path
from lutbridge.image.photo import Container, Photo
from lutbridge.render.local_context import render_rows
photo = Photo(Path("x"), np.zeros((2, 2, 3), np.uint8), None, Container("png"))
print(lutbridge.__file__, lutbridge.retouch.Retoucher.load("portrait-v1", "cpu").render(photo).pixels.shape)
print("kept:", render_rows.stats.cache_path)
"""


@pytest.mark.parametrize("home_is_writable", [True, False])
def test_an_installation_that_cannot_be_written_renders(tmp_path, home_is_writable):
    """A file where the cache folder would be stands for a read-only folder, which would not stop the superuser."""
    source = Path(lutbridge.__file__).parent
    package = shutil.copytree(source, tmp_path / "lutbridge", ignore=shutil.ignore_patterns("__pycache__"))
    (package / "render" / "__pycache__").write_bytes(b"")
    home = tmp_path / "home"
    home.mkdir() if home_is_writable else home.write_bytes(b"")
    variables = {"HOME": str(home), "PYTHONPATH": str(tmp_path), "PATH": "", "NUMBA_NUM_THREADS": "1"}
    command = [sys.executable, "-W", "error", "-P", "-c", PROGRAM]
    result = subprocess.run(command, env=variables, cwd=tmp_path, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    first, second = result.stdout.splitlines()
    assert first == f"{package / '__init__.py'} (2, 2, 3)"
    assert (str(home) in second) == home_is_writable

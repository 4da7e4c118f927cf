"""The GPU renderer on the CPU: in plain torch, and its Triton kernel through Triton's interpreter."""

import os
import subprocess
import sys

import numpy as np
import pytest
import torch

from lutbridge.model.build import build as numpy_build
from lutbridge.model.config import ModelConfig
from lutbridge.model.network import Look
from lutbridge.model.regions import SoftMask
from lutbridge.render import gpu
from lutbridge.render.reference import render
from lutbridge.train.networks import checkpoint
from lutbridge.train.networks.build import build

TOLERANCE = 3e-5
CONFIGS = {
    "portrait": {"n_luts": 8, "interpolation": "tetrahedral"},
    "paper": {},
    "one LUT, one pixel": {"n_luts": 1, "context": 1, "grid_size": 2},
    "odd widths": {"n_luts": 17, "context": 5, "grid_size": 9, "context_channels": 7, "voxel_channels": 21},
    "released widths": {"context_channels": 64, "voxel_channels": 128},
    "without attention": {"pixel_weights": "lam-without-attention", "grid_size": 9},
    "regions": {"predictor": "regions", "pixel_weights": "regions", "interpolation": "tetrahedral"},
    "regions, trilinear": {"predictor": "regions", "pixel_weights": "regions", "grid_size": 9},
}
needs_triton = pytest.mark.skipif(sys.platform != "linux", reason="Triton is for Linux")


def network(**config):
    """A network in numpy, and a look."""
    torch.manual_seed(0)
    net = build(ModelConfig(thumbnail_size=32, **config)).eval()
    with torch.no_grad():
        net.luts[1:].uniform_(-1, 1)
        if hasattr(net, "local_context"):
            net.local_context.weights.weight.mul_(10)
    regions = 2 if config.get("pixel_weights") == "regions" else 1
    w_image = np.linspace(0.9, -0.3, regions * len(net.luts), dtype=np.float32) / len(net.luts) ** 0.5
    lines = np.random.default_rng(3).normal(0.1, 0.5, (4, 32, 32)).astype(np.float32)
    return numpy_build(net.config, checkpoint.arrays(net)), Look(w_image, SoftMask(lines) if regions > 1 else None)


def photo(height=11, width=29, seed=0):
    rgb = np.random.default_rng(seed).random((height, width, 3), np.float32)
    rgb[:4] = np.linspace(0, 1, 33, dtype=np.float32)[np.random.default_rng(1).integers(0, 33, (4, width, 3))]
    return rgb


@pytest.mark.parametrize("triton", [pytest.param(True, marks=needs_triton), False])
@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
def test_a_photo_equals_the_reference(monkeypatch, triton, config):
    if not triton:
        monkeypatch.setattr(gpu, "find_spec", lambda name: None)
    net, look = network(**config)
    result, expected = gpu.Renderer(net, look, "cpu").strip(photo(), 0, 11, 0, 11), render(net, look, photo())
    assert result.dtype == np.float32 and np.abs(result - expected).max() < TOLERANCE
    assert 0.2 < np.mean((expected > 0) & (expected < 1)), "most values are not hidden by the clamp"


@needs_triton
@pytest.mark.filterwarnings("ignore:invalid value encountered:RuntimeWarning")
@pytest.mark.parametrize("config", [{}, CONFIGS["regions"]])
def test_values_that_are_no_colours_read_no_foreign_memory(config):
    net, look = network(**config | {"grid_size": 5})
    rgb = np.full((5, 5, 3), np.nan, np.float32)
    rgb[3:] = np.inf
    assert gpu.Renderer(net, look, "cpu").strip(rgb, 0, 5, 0, 5).shape == (5, 5, 3)


@pytest.mark.parametrize("triton", [pytest.param(True, marks=needs_triton), False])
@pytest.mark.parametrize("config", [{"context": 1}, {"context": 3}, {"context": 5}, CONFIGS["regions"]])
def test_strips_are_parts_of_the_photo(monkeypatch, triton, config):
    if not triton:
        monkeypatch.setattr(gpu, "find_spec", lambda name: None)
    net, look = network(**{"n_luts": 3, "grid_size": 5} | config)
    rgb, edge, on_gpu = photo(12), net.edge, gpu.Renderer(net, look, "cpu")
    whole = render(net, look, rgb)
    for top, bottom in ((0, 12), (0, 5), (5, 7), (7, 12)):
        first = max(0, top - edge)
        strip = on_gpu.strip(rgb[first : bottom + edge], top - first, bottom - top, top, 12)
        assert strip.dtype == np.float32 and np.abs(strip - whole[top:bottom]).max() < TOLERANCE


COMPILE = """
import triton
from triton.backends.compiler import GPUTarget
from lutbridge.render import triton_context, triton_regions

def size(module, **constants):
    kernel = module.render_pixels
    numbers = dict.fromkeys(("pixels", "width", "pitch", "plane"), "i32")
    numbers |= dict.fromkeys(("row_first", "column_first"), "*i32") | dict.fromkeys(constants, "constexpr")
    kinds = {name: numbers.get(name, "*fp32") for name in kernel.arg_names}
    source = triton.compiler.ASTSource(kernel, kinds, constants)
    return len(triton.compile(source, GPUTarget("cuda", 90, 32), {"enable_fp_fusion": True}).asm["cubin"])

common = dict(M=33, TETRAHEDRAL=True)
context = size(triton_context, k=3, AREA=16, C=16, V=16, N=16, BLOCK=triton_context.BLOCK, **common)
print(context, size(triton_regions, CELLS=128, BLOCK=triton_regions.BLOCK, **common))
"""


@needs_triton
def test_triton_compiles_both_for_a_gpu(tmp_path):
    """In a process of its own, as this one interprets; neither needs the GPU."""
    environment = os.environ | {"TRITON_CACHE_DIR": str(tmp_path)}
    environment.pop("TRITON_INTERPRET", None)
    command = [sys.executable, "-W", "error", "-c", COMPILE]
    result = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    context, regions = map(int, result.stdout.split())
    assert context > 10_000 and regions > 5_000

"""The GPU renderer on the CPU: in plain torch, and its Triton kernel through Triton's interpreter."""

import os
import subprocess
import sys

import numpy as np
import pytest
import torch

from lutbridge.model.config import ModelConfig
from lutbridge.render import gpu, reference
from lutbridge.render.cpu import Renderer
from lutbridge.train.networks.build import build

TOLERANCE = 3e-5
CONFIGS = {
    "portrait": {"n_luts": 8, "interpolation": "tetrahedral"},
    "paper": {},
    "one LUT, one pixel": {"n_luts": 1, "context": 1, "grid_size": 2},
    "odd widths": {"n_luts": 17, "context": 5, "grid_size": 9, "context_channels": 7, "voxel_channels": 21},
    "released widths": {"context_channels": 64, "voxel_channels": 128},
    "without attention": {"pixel_weights": "lam-without-attention", "grid_size": 9},
}
needs_triton = pytest.mark.skipif(sys.platform != "linux", reason="Triton is for Linux")


def network(**config):
    torch.manual_seed(0)
    net = build(ModelConfig(thumbnail_size=32, **config)).eval()
    with torch.no_grad():
        net.luts[1:].uniform_(-1, 1)
        net.local_context.weights.weight.mul_(10)
    return net, torch.linspace(0.9, -0.3, len(net.luts)) / len(net.luts) ** 0.5


def photo(height=11, width=29, seed=0):
    rgb = np.random.default_rng(seed).random((height, width, 3), np.float32)
    rgb[:4] = np.linspace(0, 1, 33, dtype=np.float32)[np.random.default_rng(1).integers(0, 33, (4, width, 3))]
    return rgb


@needs_triton
@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
def test_the_triton_kernel_equals_the_reference(config):
    net, w_image = network(**config)
    k = net.local_context.k
    rgb = torch.from_numpy(photo(9 + k, 30 + k)).movedim(2, 0)
    with torch.inference_mode():
        result, expected = gpu.Fused(net, w_image)(rgb), reference.render(net, w_image, rgb)
    assert (result - expected).abs().max() < TOLERANCE
    assert 0.2 < ((expected > 0) & (expected < 1)).float().mean(), "most values are not hidden by the clamp"


@needs_triton
@pytest.mark.filterwarnings("ignore:invalid value encountered:RuntimeWarning")
def test_values_that_are_no_colours_read_no_foreign_memory():
    net, w_image = network(grid_size=5)
    rgb = torch.full((3, 7, 7), torch.nan)
    rgb[:, 3:] = torch.inf
    assert gpu.Fused(net, w_image)(rgb).shape == (3, 5, 5)


@pytest.mark.parametrize("triton", [pytest.param(True, marks=needs_triton), False])
@pytest.mark.parametrize("k", [1, 3, 5])
def test_strips_are_those_of_the_cpu_renderer(monkeypatch, triton, k):
    if not triton:
        monkeypatch.setattr(gpu, "find_spec", lambda name: None)
    net, w_image = network(n_luts=3, context=k, grid_size=5)
    rgb, edge = photo(12), k // 2
    whole = Renderer(net, w_image).strip(rgb, 0, 12)
    on_gpu = gpu.Renderer(net, w_image.numpy())
    for top, bottom in ((0, 12), (0, 5), (5, 7), (7, 12)):
        first = max(0, top - edge)
        strip = on_gpu.strip(rgb[first : bottom + edge], top - first, bottom - first)
        assert strip.dtype == np.float32 and np.abs(strip - whole[top:bottom]).max() < TOLERANCE


COMPILE = """
import triton
from triton.backends.compiler import GPUTarget
from lutbridge.render.triton_fused import BLOCK, render_pixels
constants = dict(k=3, AREA=16, C=16, V=16, N=16, M=33, TETRAHEDRAL=True, BLOCK=BLOCK)
numbers = dict.fromkeys(("pixels", "width", "pitch", "plane"), "i32") | dict.fromkeys(constants, "constexpr")
kinds = {name: numbers.get(name, "*fp32") for name in render_pixels.arg_names}
source = triton.compiler.ASTSource(render_pixels, kinds, constants)
compiled = triton.compile(source, GPUTarget("cuda", 90, 32), {"enable_fp_fusion": True})
print(len(compiled.asm["cubin"]))
"""


@needs_triton
def test_triton_compiles_it_for_a_gpu(tmp_path):
    """In a process of its own, as this one interprets; neither needs the GPU."""
    environment = os.environ | {"TRITON_CACHE_DIR": str(tmp_path)}
    environment.pop("TRITON_INTERPRET", None)
    command = [sys.executable, "-W", "error", "-c", COMPILE]
    result = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert int(result.stdout) > 10_000

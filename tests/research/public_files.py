"""Checkpoints in public layouts, made up here, and what the public code would make of a photo with them.

All of it from the description of the layouts, and none of it by way of lutbridge.
"""

import itertools

import numpy as np
import torch
import torch.nn.functional as F

PAIRED = {1: (16, 3), 4: (32, 16), 7: (64, 32), 10: (128, 64), 13: (128, 128)}
UNPAIRED = {1: (16, 3), 4: (32, 16), 6: (64, 32), 8: (128, 64), 10: (128, 128)}
LAYOUTS = ("fivek", "fivek-unpaired", "ppr10k")


def checkpoint(layout, M=33, seed=0):
    """What a layout's two files hold: (LUTs, classifier)."""
    random = torch.Generator().manual_seed(seed)

    def draw(*shape, scale=1.0):
        return torch.randn(*shape, generator=random) * scale

    def smooth(scale):
        return F.interpolate(draw(1, 3, 4, 4, 4, scale=scale), (M, M, M), mode="trilinear", align_corners=True)[0]

    N, first = (5, 1) if layout == "ppr10k" else (3, 0)
    axis = torch.linspace(0, 1, M)
    b, g, r = torch.meshgrid(axis, axis, axis, indexing="ij")
    luts = {str(first): {"LUT": torch.stack([r, g, b]) + smooth(0.05)}}
    for n in range(1, N):
        luts[str(first + n)] = {"LUT": smooth(0.3)}
    return luts, _resnet18(draw, N) if layout == "ppr10k" else _sequence(draw, N, paired=layout == "fivek")


def write(folder, layout, **options):
    """The two files in a folder: (LUTs.pth, classifier.pth)."""
    luts, classifier = checkpoint(layout, **options)
    paths = folder / "LUTs.pth", folder / "classifier.pth"
    torch.save(luts, paths[0])
    torch.save(classifier, paths[1])
    return paths


def flat(luts):
    return {f"{n}.{name}": tensor for n, inside in luts.items() for name, tensor in inside.items()}


def reference(layout, luts, classifier, pixels):
    """The public rendering of a photo (H, W, 3), codes, to (H, W, 3) float, not clamped."""
    rgb = torch.from_numpy(pixels / np.float32(np.iinfo(pixels.dtype).max)).movedim(2, 0)[None]
    if layout == "ppr10k":
        weights = _run_resnet18(classifier, F.interpolate(rgb, (224, 224), mode="bilinear"))
    else:
        weights = _run_sequence(classifier, F.interpolate(rgb, (256, 256), mode="bilinear"), layout == "fivek")
    lut = sum(w * entry["LUT"] for w, entry in zip(weights, luts.values(), strict=True))
    return _trilinear(lut.double().numpy(), rgb[0].movedim(0, 2).double().numpy())


def _sequence(draw, N, paired):
    convs = PAIRED if paired else UNPAIRED
    state = {}
    for i, (n_out, n_in) in convs.items():
        state |= {f"model.{i}.weight": draw(n_out, n_in, 3, 3, scale=n_in**-0.5 / 3), f"model.{i}.bias": draw(n_out)}
    for i in (3, 6, 9, 12) if paired else (3,):
        channels = convs[i - 2][0]
        state |= {f"model.{i}.weight": 1 + draw(channels, scale=0.1), f"model.{i}.bias": draw(channels, scale=0.1)}
    last = 16 if paired else 12
    state |= {f"model.{last}.weight": draw(N, 128, 8, 8, scale=0.003), f"model.{last}.bias": _near_first(draw, N)}
    return state


def _run_sequence(state, x, paired):
    for i in PAIRED if paired else UNPAIRED:
        x = F.conv2d(x, state[f"model.{i}.weight"], state[f"model.{i}.bias"], stride=2, padding=1)
        x = F.leaky_relu(x, 0.2)
        if i in ((1, 4, 7, 10) if paired else (1,)):
            x = F.instance_norm(x, weight=state[f"model.{i + 2}.weight"], bias=state[f"model.{i + 2}.bias"])
    last = 16 if paired else 12
    return F.conv2d(x, state[f"model.{last}.weight"], state[f"model.{last}.bias"]).flatten()


def _near_first(draw, N):
    return torch.eye(N)[0] + draw(N, scale=0.05)


def _resnet18(draw, N):
    state = {}

    def conv(name, n_out, n_in, k):
        state[f"model.{name}.weight"] = draw(n_out, n_in, k, k, scale=(2 / (n_in * k * k)) ** 0.5)

    def norm(name, channels):
        state[f"model.{name}.weight"] = 1 + draw(channels, scale=0.1)
        state[f"model.{name}.bias"] = draw(channels, scale=0.1)
        state[f"model.{name}.running_mean"] = draw(channels, scale=0.1)
        state[f"model.{name}.running_var"] = 1 + draw(channels, scale=0.1).abs()
        state[f"model.{name}.num_batches_tracked"] = torch.tensor(7)

    conv("conv1", 64, 3, 7)
    norm("bn1", 64)
    for layer, (before, width) in enumerate([(64, 64), (64, 128), (128, 256), (256, 512)], 1):
        for block, n_in in enumerate((before, width)):
            name = f"layer{layer}.{block}"
            conv(f"{name}.conv1", width, n_in, 3)
            norm(f"{name}.bn1", width)
            conv(f"{name}.conv2", width, width, 3)
            norm(f"{name}.bn2", width)
            if n_in != width:
                conv(f"{name}.downsample.0", width, n_in, 1)
                norm(f"{name}.downsample.1", width)
    state |= {"model.fc.weight": draw(N, 512, scale=0.003), "model.fc.bias": _near_first(draw, N)}
    return state


def _run_resnet18(state, x):
    return F.linear(_features_resnet18(state, x), state["model.fc.weight"], state["model.fc.bias"])[0]


def _features_resnet18(state, x):
    def conv(name, x, stride, padding):
        return F.conv2d(x, state[f"model.{name}.weight"], stride=stride, padding=padding)

    def norm(name, x):
        kept = [state[f"model.{name}.{part}"] for part in ("running_mean", "running_var", "weight", "bias")]
        return F.batch_norm(x, *kept)

    x = F.max_pool2d(F.relu(norm("bn1", conv("conv1", x, 2, 3))), 3, stride=2, padding=1)
    for layer in range(1, 5):
        for block in range(2):
            name, stride = f"layer{layer}.{block}", 2 if layer > 1 and block == 0 else 1
            y = F.relu(norm(f"{name}.bn1", conv(f"{name}.conv1", x, stride, 1)))
            y = norm(f"{name}.bn2", conv(f"{name}.conv2", y, 1, 1))
            if stride == 2:
                x = norm(f"{name}.downsample.1", conv(f"{name}.downsample.0", x, 2, 0))
            x = F.relu(x + y)
    return x.mean((2, 3))


def _trilinear(lut, rgb):
    """lut (3, M, M, M) indexed [channel, blue, green, red], rgb (H, W, 3): looked up as the public code does."""
    place = rgb / (1.000001 / (lut.shape[-1] - 1))
    corner = np.floor(place).astype(int)
    share = place - corner
    out = np.zeros_like(rgb)
    for steps in np.ndindex(2, 2, 2):
        part = np.prod([share[..., c] if step else 1 - share[..., c] for c, step in enumerate(steps)], 0)
        r, g, b = (corner[..., c] + step for c, step in enumerate(steps))
        out += part[..., None] * np.moveaxis(lut[:, b, g, r], 0, -1)
    return out


def _zeng_blocks(draw, width, name):
    """Zeng's five convolutions, four of them with a norm, named by block and part, or by their number in a sequence."""
    state = {}
    for block, (n_in, n_out) in enumerate(itertools.pairwise((3, *(width * 2**i for i in (0, 1, 2, 3, 3))))):
        layer, norm = (name.format(block=block, part=part, number=3 * block + part) for part in (0, 2))
        state |= {f"{layer}.weight": draw(n_out, n_in, 3, 3, scale=n_in**-0.5 / 3), f"{layer}.bias": draw(n_out)}
        if block < 4:
            state |= {f"{norm}.weight": 1 + draw(n_out, scale=0.1), f"{norm}.bias": draw(n_out, scale=0.1)}
    return state


CURVES = {"AdaInt": ("adaint.intervals_generator", "lut_generator"),
          "SepLUT": ("lut1d_generator.lut1d_generator", "lut3d_generator")}  # fmt: skip


def curves_checkpoint(name, backbone, M=17, seed=0):
    """What the one file of AdaInt or SepLUT holds, with three basis LUTs; backbone is "resnet18" or a CNN's width."""
    random = torch.Generator().manual_seed(seed)

    def draw(*shape, scale=1.0):
        return torch.randn(*shape, generator=random) * scale

    curve, lut = CURVES[name]
    if backbone == "resnet18":
        resnet = {key: value for key, value in _resnet18(draw, 3).items() if not key.startswith("model.fc.")}
        state, seen = {key.replace("model.", "backbone.net."): value for key, value in resnet.items()}, 512
    else:
        state, seen = _zeng_blocks(draw, backbone, "backbone.{block}.{part}"), 8 * backbone * 4
    numbers = 3 * (M - 1 if name == "AdaInt" else M)
    coarse = draw(3, 3, 4, 4, 4, scale=0.2)
    luts = F.interpolate(coarse, (M, M, M), mode="trilinear", align_corners=True)
    axis = torch.linspace(0, 1, M)
    b, g, r = torch.meshgrid(axis, axis, axis, indexing="ij")
    luts[0] += torch.stack([r, g, b])
    bias = torch.zeros(3, M - 1) if name == "AdaInt" else torch.linspace(-3, 3, M).expand(3, M)
    state |= {
        f"{lut}.weights_generator.weight": draw(3, seen, scale=0.003),
        f"{lut}.weights_generator.bias": _near_first(draw, 3),
        f"{lut}.basis_luts_bank.weight": luts.flatten(1).T.contiguous(),
        f"{curve}.weight": draw(numbers, seen, scale=0.01),
        f"{curve}.bias": bias.flatten() + draw(numbers, scale=0.5),
    }
    return state | ({"cnt_iters": torch.zeros(1)} if name == "AdaInt" else {})


def curves_reference(name, state, pixels):
    """The public rendering of a photo (H, W, 3), codes, to (H, W, 3) float, not clamped."""
    curve, lut = CURVES[name]
    image = torch.from_numpy(pixels / np.float32(np.iinfo(pixels.dtype).max)).movedim(2, 0)[None]
    if "backbone.net.conv1.weight" in state:
        seen = _features_resnet18(
            {key.replace("backbone.net.", "model."): value for key, value in state.items()},
            F.interpolate(image, (224, 224), mode="bilinear"),
        )
    else:
        seen = F.interpolate(image, (256, 256), mode="bilinear")
        for block in range(5):
            parts = state[f"backbone.{block}.0.weight"], state[f"backbone.{block}.0.bias"]
            seen = F.leaky_relu(F.conv2d(seen, *parts, stride=2, padding=1), 0.2)
            if block < 4:
                norm = state[f"backbone.{block}.2.weight"], state[f"backbone.{block}.2.bias"]
                seen = F.instance_norm(seen, weight=norm[0], bias=norm[1])
        seen = F.adaptive_avg_pool2d(seen, 2).flatten(1)

    def linear(layer):
        return F.linear(seen, state[f"{layer}.weight"], state[f"{layer}.bias"])[0]

    M = round((len(state[f"{lut}.basis_luts_bank.weight"]) / 3) ** (1 / 3))
    table = (state[f"{lut}.basis_luts_bank.weight"] @ linear(f"{lut}.weights_generator")).view(3, M, M, M)
    numbers = linear(curve).view(3, -1)
    rgb = image[0].movedim(0, 2).double().numpy()
    if name == "AdaInt":  # places between 0 and 1, further apart where the softmax is greater
        places = [np.concatenate([[0], np.cumsum(channel)]) for channel in numbers.softmax(1).double().numpy()]
        mapped = [np.interp(rgb[..., c], places[c], np.linspace(0, 1, M)) for c in range(3)]
    else:
        values = numbers.sigmoid().double().numpy()
        mapped = [np.interp(rgb[..., c], np.linspace(0, 1, len(values[c])), values[c]) for c in range(3)]
    return _trilinear(table.double().numpy(), np.stack(mapped, -1))


def clut_checkpoint(N=6, M=9, seed=0):
    """What the one file of CLUT-Net holds."""
    random = torch.Generator().manual_seed(seed)

    def draw(*shape, scale=1.0):
        return torch.randn(*shape, generator=random) * scale

    s, w = 5, 10
    state = _zeng_blocks(draw, 16, "backbone.model.{number}")
    smooth = F.interpolate(draw(1, w, 3, 3), (M, M), mode="bilinear", align_corners=True)[0].flatten(1)
    return state | {
        "classifier.0.weight": draw(128, 128, 1, 1, scale=0.2),
        "classifier.0.bias": draw(128),
        "classifier.3.weight": draw(N, 128, 1, 1, scale=0.02),
        "classifier.3.bias": draw(N, scale=0.3),
        "CLUTs.s_Layers": F.interpolate(draw(1, s, 3), M, mode="linear", align_corners=True)[0].T.contiguous(),
        "CLUTs.w_Layers": smooth,
        "CLUTs.LUTs": draw(s * N * 3, w, scale=0.006),
    }


def clut_reference(state, pixels):
    """The public rendering of a photo (H, W, 3), codes, to (H, W, 3) float, not clamped."""
    image = torch.from_numpy(pixels / np.float32(np.iinfo(pixels.dtype).max)).movedim(2, 0)[None]
    x = F.interpolate(image, (256, 256), mode="bilinear")
    x = (x - torch.tensor([0.485, 0.456, 0.406]).view(3, 1, 1)) / torch.tensor([0.229, 0.224, 0.225]).view(3, 1, 1)
    for at in (0, 3, 6, 9, 12):
        parts = state[f"backbone.model.{at}.weight"], state[f"backbone.model.{at}.bias"]
        x = F.leaky_relu(F.conv2d(x, *parts, stride=2, padding=1), 0.2)
        if at < 12:
            norm = state[f"backbone.model.{at + 2}.weight"], state[f"backbone.model.{at + 2}.bias"]
            x = F.instance_norm(x, weight=norm[0], bias=norm[1])
    x = F.hardswish(F.conv2d(F.adaptive_avg_pool2d(x, 1), state["classifier.0.weight"], state["classifier.0.bias"]))
    weights = F.conv2d(x, state["classifier.3.weight"], state["classifier.3.bias"]).flatten()
    N, M = len(weights), len(state["CLUTs.s_Layers"])
    rows = (state["CLUTs.LUTs"] @ state["CLUTs.w_Layers"]).reshape(-1, N * 3 * M * M)
    cubes = (state["CLUTs.s_Layers"] @ rows).reshape(M, N * 3, M, M).movedim(0, 1).reshape(N, 3, M, M, M)
    cube = torch.einsum("n,nczyx->czyx", weights, cubes)
    lut = torch.stack([cube[0].permute(1, 2, 0), cube[1].permute(1, 0, 2), cube[2]])  # each [blue, green, red]
    rgb = image[0].movedim(0, 2).double().numpy()
    return rgb + _trilinear(lut.double().numpy(), rgb)

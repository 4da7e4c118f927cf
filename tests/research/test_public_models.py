"""Public checkpoints keep their own definition, and odd ones are refused in a sentence."""

import re
from pathlib import Path

import pytest
import torch

from lutbridge.errors import ReadError
from lutbridge.model.config import ModelConfig
from lutbridge.research.public_models import from_public, start_from_imagenet
from lutbridge.train.networks.build import build

from . import public_files

LUTS, CLASSIFIER = Path("LUTs.pth"), Path("classifier.pth")


def imported(layout, change=lambda luts, classifier: None, **options):
    luts, classifier = public_files.checkpoint(layout, **options)
    luts = public_files.flat(luts)
    change(luts, classifier)
    return from_public(luts, classifier, LUTS, CLASSIFIER)


@pytest.mark.parametrize(
    "layout, N, predictor, S", [("fivek", 3, "zeng", 256), ("fivek-unpaired", 3, "zeng-unpaired", 256),
                                ("ppr10k", 5, "resnet18", 224)],
)  # fmt: skip
def test_the_config_says_what_the_public_code_does(layout, N, predictor, S):
    network, config = imported(layout, M=9)
    assert (config.n_luts, config.grid_size, config.predictor, config.thumbnail_size) == (N, 9, predictor, S)
    assert (config.thumbnail, config.pixel_weights, config.interpolation) == ("bilinear", "none", "trilinear")
    assert network.thumbnail == "bilinear" and not network.training


@pytest.mark.parametrize("layout", public_files.LAYOUTS)
def test_the_weights_are_the_public_codes_own(layout):
    luts, classifier = public_files.checkpoint(layout, M=5)
    network, config = from_public(public_files.flat(luts), classifier, LUTS, CLASSIFIER)
    S = config.thumbnail_size
    thumbnail = torch.rand(1, 3, S, S, generator=torch.Generator().manual_seed(1))
    run = public_files._run_resnet18 if layout == "ppr10k" else public_files._run_sequence
    expected = run(classifier, thumbnail, *([layout == "fivek"] if layout != "ppr10k" else []))
    with torch.inference_mode():
        assert torch.allclose(network.predictor(thumbnail)[0], expected, atol=1e-5)


def test_the_axes_are_turned_from_blue_green_red_to_red_green_blue():
    network, _ = imported("fivek", M=5)
    luts, _ = public_files.checkpoint("fivek", M=5)
    assert network.luts[1, 2, 4, 3, 0] == luts["1"]["LUT"][2, 0, 3, 4]


def test_a_file_without_counters_of_batches_is_as_good():
    def drop(_, classifier):
        for name in [name for name in classifier if name.endswith("num_batches_tracked")]:
            del classifier[name]

    thumbnail = torch.rand(1, 3, 224, 224, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        one, other = (imported("ppr10k", change, M=3)[0].predictor(thumbnail) for change in (drop, lambda *_: None))
    assert torch.equal(one, other)


def without(name):
    return lambda luts, classifier: (luts if name in luts else classifier).pop(name)


def with_(**values):
    return lambda luts, classifier: [
        (luts if name in luts or name.endswith("LUT") else classifier).update({name: value})
        for name, value in values.items()
    ]


FAULTS = {
    "a LUT is missing": ("fivek", without("1.LUT"), "LUTs.pth: holds 0.LUT, 2.LUT, and not 0.LUT, 1.LUT, …"),
    "no LUTs": ("fivek", lambda luts, _: luts.clear(), "LUTs.pth: holds no tensors, and not"),
    "somebody else's LUTs": ("fivek", lambda luts, _: luts.update({"0.LUTT": luts.pop("0.LUT")}), "and not 0.LUT"),
    "a flat LUT": ("fivek", with_(**{"1.LUT": torch.zeros(3, 33)}), "1.LUT is 3 × 33, and not 3 × M × M × M"),
    "two grids": ("ppr10k", with_(**{"2.LUT": torch.zeros(3, 9, 9, 9)}), "2.LUT is 3 × 9 × 9 × 9, and not"),
    "whole numbers": ("fivek", with_(**{"0.LUT": torch.zeros(3, 33, 33, 33).int()}), "0.LUT holds torch.int32"),
    "a LUT that is not finite": ("fivek", with_(**{"2.LUT": torch.full((3, 33, 33, 33), torch.nan)}), "not finite"),
    "a bias is missing": ("fivek", without("model.7.bias"), "classifier.pth: model.7.bias is missing"),
    "a layer is missing": (
        "fivek-unpaired",
        lambda _, classifier: [classifier.pop(f"model.6.{part}") for part in ("weight", "bias")],
        "classifier.pth: holds layers 1, 3, 4, 8, 10, 12 of a sequence, which is neither",
    ),
    "a norm is missing": ("ppr10k", without("model.bn1.running_mean"), "model.bn1.running_mean is missing"),
    "a tensor too many": ("ppr10k", with_(**{"model.fc2.bias": torch.zeros(5)}), "model.fc2.bias is unknown"),
    "another classifier": ("fivek", lambda _, c: [c.clear(), c.update(a=torch.zeros(1))], "holds a, which is neither"),
    "another width": ("fivek", with_(**{"model.4.bias": torch.zeros(31)}), "model.4.bias is 31, and not 32"),
    "three weights for five LUTs": (
        "ppr10k",
        with_(**{"model.fc.bias": torch.zeros(3)}),
        "model.fc.bias is 3, and not 5",
    ),
    "a classifier that is not finite": (
        "ppr10k",
        with_(**{"model.fc.bias": torch.full((5,), torch.inf)}),
        "model.fc.bias holds values that are not finite; the training went wrong; use another epoch",
    ),
}


@pytest.mark.parametrize("kind", FAULTS)
def test_a_fault_is_told_in_a_sentence(kind):
    layout, change, message = FAULTS[kind]
    with pytest.raises(ReadError, match=re.escape(message)) as error:
        imported(layout, change)
    assert "\n" not in str(error.value)


def torchvision_resnet18(counters=True):
    """What torchvision's file holds, with noise for weights."""
    _, classifier = public_files.checkpoint("ppr10k", M=3)
    tensors = {name.removeprefix("model."): tensor for name, tensor in classifier.items()}
    tensors |= {"fc.weight": torch.zeros(1000, 512), "fc.bias": torch.zeros(1000)}
    return {name: tensor for name, tensor in tensors.items() if counters or not name.endswith("batches_tracked")}


@pytest.mark.parametrize("counters", [True, False])
def test_a_resnet18_starts_from_imagenet_but_for_its_last_layer(counters):
    torch.manual_seed(0)
    network = build(ModelConfig(n_luts=3, grid_size=3, predictor="resnet18", thumbnail_size=224))
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    tensors = torchvision_resnet18(counters)
    start_from_imagenet(network, tensors, Path("resnet18.pth"))
    for name, tensor in network.state_dict().items():
        given = tensors.get(name.removeprefix("predictor."))
        if name.startswith("predictor.") and ".fc." not in name and not name.endswith("batches_tracked"):
            assert torch.equal(tensor, given)
        else:
            assert torch.equal(tensor, before[name])


def test_another_network_is_no_resnet18():
    network = build(ModelConfig(n_luts=3, grid_size=3, predictor="resnet18", thumbnail_size=224))
    tensors = torchvision_resnet18()
    del tensors["layer3.1.conv2.weight"]
    with pytest.raises(ReadError, match=r"resnet18\.pth: layer3\.1\.conv2\.weight is missing; expected torchvision's"):
        start_from_imagenet(network, tensors, Path("resnet18.pth"))
    tensors["layer3.1.conv2.weight"] = torch.zeros(256, 256, 1, 1)
    with pytest.raises(ReadError, match="is 256 × 256 × 1 × 1, and not 256 × 256 × 3 × 3"):
        start_from_imagenet(network, tensors, Path("resnet18.pth"))


def test_a_deeper_network_is_no_resnet18():
    """A ResNet-34 holds every tensor of a ResNet-18, in the same shapes, and more blocks."""
    network = build(ModelConfig(n_luts=3, grid_size=3, predictor="resnet18", thumbnail_size=224))
    deeper = torchvision_resnet18() | {"layer1.2.conv1.weight": torch.zeros(64, 64, 3, 3)}
    with pytest.raises(ReadError, match=r"layer1\.2\.conv1\.weight is unknown; expected torchvision's resnet18"):
        start_from_imagenet(network, deeper, Path("resnet34.pth"))

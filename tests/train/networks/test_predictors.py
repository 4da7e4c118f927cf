import pytest
import torch

from lutbridge.train.networks.predictors import (
    CLUTPredictor,
    HistogramCNNPredictor,
    ResNet18Predictor,
    ZengPredictor,
    colour_extremes,
    colour_histograms,
    colour_quantiles,
)

PREDICTORS = {
    "zeng": (lambda: ZengPredictor(5, 256), 256),
    "resnet18": (lambda: ResNet18Predictor(5), 224),
    "clut": (lambda: CLUTPredictor(5), 256),
    "histogram-cnn": (lambda: HistogramCNNPredictor(5, 128), 128),
}


@pytest.mark.parametrize("kind", sorted(PREDICTORS))
def test_one_weight_a_lut_and_gradients_for_every_parameter(kind):
    torch.manual_seed(0)
    build, S = PREDICTORS[kind]
    predictor = build()
    w_image = predictor(torch.rand(2, 3, S, S))
    assert w_image.shape == (2, 5)
    w_image.square().sum().backward()
    assert all(p.grad is not None for p in predictor.parameters())


@pytest.mark.parametrize("kind", sorted(PREDICTORS))
def test_it_starts_near_the_identity(kind):
    torch.manual_seed(0)
    build, S = PREDICTORS[kind]
    w_image = build().eval()(torch.rand(4, 3, S, S))
    assert (w_image[:, 0] - 1).abs().max() < 0.3


def test_published_parameter_counts():
    def count(module):
        return sum(p.numel() for p in module.parameters())

    # Zeng et al. 2020, table 1, print 269 k for N = 3 without saying how they count the last layer's 8 x 8 window.
    assert abs(count(ZengPredictor(3, 256)) / 269_000 - 1) < 0.02
    convolutions = [layer for layer in CLUTPredictor(20).features if isinstance(layer, torch.nn.Conv2d)]
    assert sum(map(count, convolutions)) == 245_024  # in a comment of CLUT-Net's public code, without the norms
    # torchvision's ResNet-18 has 11,689,512 with 1000 classes; the last layer here has N.
    assert count(ResNet18Predictor(5)) == 11_689_512 - 513 * 1000 + 513 * 5


def test_a_brighter_or_warmer_photo_is_told_apart_by_the_quantiles():
    thumbnail = torch.rand(1, 3, 64, 64) * 0.5
    plain = colour_quantiles(thumbnail, 16)
    brighter = colour_quantiles(thumbnail + 0.2, 16)
    warmer = colour_quantiles(thumbnail * torch.tensor([1.2, 1, 0.8]).view(1, 3, 1, 1), 16)
    assert torch.allclose(brighter[:, :48] - plain[:, :48], torch.full((1, 48), 0.4), atol=1e-5)
    assert torch.allclose(brighter[:, 48:], plain[:, 48:], atol=1e-5)
    assert (warmer[:, 48:] - plain[:, 48:]).abs().max() > 0.2


def test_extremes_that_last_are_told_from_sparkles():
    thumbnail = torch.full((1, 3, 8, 8), 0.5)
    thumbnail[0, :, 0, 0] = 1  # one pixel
    thumbnail[0, :, 4:, 4:] = 0  # a quarter
    extremes = colour_extremes(thumbnail, 3).view(3, 2, 6)  # level, least and greatest, opponent
    assert extremes[:, 0, 0].tolist() == [-1, -1, -1], "the black quarter stays black"
    assert extremes[:, 1, 0].tolist() == [1, 0.25, 0.0625], "the white pixel fades"
    assert (extremes[..., 3:] == 0).all(), "greys have no differences"


def test_histograms_count_every_pixel_once_where_it_lies():
    thumbnail = torch.zeros(1, 3, 2, 2)
    thumbnail[0, :, 0, 0] = torch.tensor([1.0, 0.5, 0])
    thumbnail[0, :, 1, 1] = 0.25  # half-way between black and middle grey at three bins an axis
    places = torch.tensor([[0.25, 1.0], [0.25, 0], [0.25, 0], [0.25, 0]])
    even, first = colour_histograms(thumbnail, places, 3).view(2, 3, 3, 3)
    assert even.sum().item() == pytest.approx(1) and first.sum().item() == pytest.approx(1)
    assert first[2, 1, 0] == 1
    assert even[2, 1, 0] == 0.25 and even[0, 0, 0] == 0.5 + 0.125 and even[1, 1, 1] == 0.125

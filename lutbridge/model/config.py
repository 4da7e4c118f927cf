"""The configuration of a network, saved with its weights, so that a checkpoint can be built from its file alone."""

from dataclasses import asdict, dataclass, fields
from typing import ClassVar

PREDICTORS = ("zeng", "zeng-unpaired", "resnet18", "histogram-cnn", "clut", "regions")
INTERPOLATIONS = ("trilinear", "tetrahedral")
PIXEL_WEIGHTS = ("lam", "lam-without-attention", "none", "regions", "unet", "wide", "released", "released-scrambled")
THUMBNAILS = ("area", "bilinear")
LUT_STARTS = ("zeros", "noise")
CURVES = ("intervals", "values")  # between the places of evenly valued points; or the values of evenly placed ones


@dataclass(frozen=True)
class ModelConfig:
    """Basis LUTs and what weighs them: the paper's system, its ablations, and the 3D LUT baselines.

    The defaults are the paper's, with the channel widths it leaves open chosen for speed.
    Raises ValueError, naming the field, for a value that cannot be built.
    """

    architecture: ClassVar[str] = "lut"

    n_luts: int = 5  # N, basis LUTs (paper's Table 2c)
    grid_size: int = 33  # M, lattice points per axis (Table 2d)
    context: int = 3  # k, odd side of the local window in pixels (Table 2a)
    context_channels: int = 16  # width of f_ctx; not printed in the paper, 64 in the authors' code
    voxel_channels: int = 16  # width of f_vox; not printed, 128 in the authors' code
    predictor: str = "zeng"  # what predicts w_image: one of PREDICTORS
    thumbnail_size: int = 256  # S, side of the square, area-averaged thumbnail the predictor sees, in pixels
    interpolation: str = "trilinear"  # lookup in the basis LUTs: one of INTERPOLATIONS
    color_space: str = "srgb"  # encoding of input and output, D65, [0, 1]
    pixel_weights: str = "lam"  # what predicts w_pixel: one of PIXEL_WEIGHTS
    thumbnail: str = "area"  # how the thumbnail is made, one of THUMBNAILS; imported models have "bilinear"
    lut_start: str = "zeros"  # what all basis LUTs but the first start as: one of LUT_STARTS
    restraint: float = 0.0  # of "regions": edits up to this mean ΔE*ab are not made; full from twice that
    style: bool = False  # whether the LUT of a style follows, of "regions"

    def __post_init__(self):
        _check(
            self,
            n_luts=1 <= self.n_luts <= 64,
            grid_size=2 <= self.grid_size <= 129,
            context=self.context % 2 == 1 and 1 <= self.context <= 15,
            context_channels=1 <= self.context_channels <= 1024,
            voxel_channels=1 <= self.voxel_channels <= 1024,
            predictor=self.predictor in PREDICTORS
            and (self.predictor == "regions") == (self.pixel_weights == "regions"),
            thumbnail_size=32 <= self.thumbnail_size <= 1024 and self.thumbnail_size % 32 == 0,
            interpolation=self.interpolation in INTERPOLATIONS,
            color_space=self.color_space == "srgb",
            pixel_weights=self.pixel_weights in PIXEL_WEIGHTS,
            thumbnail=self.thumbnail in THUMBNAILS,
            lut_start=self.lut_start in LUT_STARTS,
            restraint=self.restraint == 0 or (0 < self.restraint <= 20 and self.pixel_weights == "regions"),
            style=not self.style or self.pixel_weights == "regions",
        )

    @property
    def has_mask(self) -> bool:
        """Whether the model separates person and background."""
        return self.pixel_weights == "regions"

    def to_dict(self) -> dict:
        """Plain values, ready for JSON."""
        return {"architecture": self.architecture, **asdict(self)}


@dataclass(frozen=True)
class HDRNetConfig:
    """HDRNet (Gharbi et al. 2017) at its published size."""

    architecture: ClassVar[str] = "hdrnet"

    thumbnail_size: int = 256  # S, side of the thumbnail that the grid is predicted from, in pixels

    def __post_init__(self):
        _check(self, thumbnail_size=self.thumbnail_size == 256)

    to_dict = ModelConfig.to_dict


@dataclass(frozen=True)
class CSRNetConfig:
    """CSRNet (He et al. 2020) at its published size."""

    architecture: ClassVar[str] = "csrnet"

    thumbnail_size: int = 256  # S, side of the thumbnail that the condition network sees, in pixels

    def __post_init__(self):
        _check(self, thumbnail_size=32 <= self.thumbnail_size <= 1024 and self.thumbnail_size % 32 == 0)

    to_dict = ModelConfig.to_dict


@dataclass(frozen=True)
class CurvesConfig:
    """AdaInt or SepLUT (Yang et al. 2022): a curve for each channel before a 3D LUT, both image-adaptive."""

    architecture: ClassVar[str] = "curves"

    n_luts: int = 5  # N, basis LUTs
    grid_size: int = 33  # M, lattice points per axis
    curves: str = "intervals"  # what is predicted of each curve: one of CURVES
    curve_outputs: int = 32  # numbers that are predicted of each curve
    predictor: str = "resnet18"  # or "zeng"
    thumbnail_size: int = 224  # S, side of the thumbnail, made as by "bilinear", in pixels
    width: int = 16  # of Zeng's first convolution

    def __post_init__(self):
        _check(
            self,
            n_luts=1 <= self.n_luts <= 64,
            grid_size=2 <= self.grid_size <= 129,
            curves=self.curves in CURVES,
            curve_outputs=1 <= self.curve_outputs <= 129,
            predictor=self.predictor in ("zeng", "resnet18"),
            thumbnail_size=32 <= self.thumbnail_size <= 1024 and self.thumbnail_size % 32 == 0,
            width=1 <= self.width <= 64,
        )

    to_dict = ModelConfig.to_dict


AnyConfig = ModelConfig | HDRNetConfig | CSRNetConfig | CurvesConfig
ARCHITECTURES = {config.architecture: config for config in (ModelConfig, HDRNetConfig, CSRNetConfig, CurvesConfig)}

# Fields that the first checkpoints do not have, which were of the one kind there was.
_LATER = ("pixel_weights", "thumbnail", "lut_start", "restraint", "style")


def config_from_dict(values: dict) -> AnyConfig:
    """Rebuild a config from its `to_dict`.

    Raises:
        ValueError: a field is unknown, missing or of another type.
    """
    values = dict(values)
    architecture = values.pop("architecture", "lut")
    if architecture not in ARCHITECTURES:
        raise ValueError(f"architecture = {architecture!r} is unknown")
    config = ARCHITECTURES[architecture]
    defaults = {field.name: field.default for field in fields(config)}
    wrong = (set(values) ^ set(defaults)) - (set(_LATER) - set(values))
    if wrong:
        raise ValueError(f"unknown or missing fields: {', '.join(sorted(wrong))}")
    for name, value in values.items():
        if type(value) is not type(defaults[name]):
            raise ValueError(f"{name} = {value!r} has the wrong type")
    return config(**values)


def _check(config, **checks):
    for field, fits in checks.items():
        if not fits:
            raise ValueError(f"{field} = {getattr(config, field)!r} cannot be built")

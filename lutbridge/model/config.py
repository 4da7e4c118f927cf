"""What a network is made of; saved with its weights, so that a checkpoint says how to build itself."""

from dataclasses import asdict, dataclass

PREDICTORS = ("zeng", "resnet18", "histogram-cnn")
INTERPOLATIONS = ("trilinear", "tetrahedral")


@dataclass(frozen=True)
class ModelConfig:
    """The architecture. The defaults are the paper's, with the channel widths it leaves open chosen for speed.

    Raises ValueError, naming the field, where a value cannot be built.
    """

    n_luts: int = 5  # N, basis LUTs (paper's Table 2c)
    grid_size: int = 33  # M, lattice points per axis (Table 2d)
    context: int = 3  # k, odd side of the local window in pixels (Table 2a)
    context_channels: int = 16  # width of f_ctx; not printed in the paper, 64 in the authors' code
    voxel_channels: int = 16  # width of f_vox; not printed, 128 in the authors' code
    predictor: str = "zeng"  # what predicts w_image: one of PREDICTORS
    thumbnail_size: int = 256  # S, side of the square, area-averaged thumbnail the predictor sees, in pixels
    interpolation: str = "trilinear"  # lookup in the basis LUTs: one of INTERPOLATIONS
    color_space: str = "srgb"  # encoding of input and output, D65, [0, 1]

    def __post_init__(self):
        checks = {
            "n_luts": 1 <= self.n_luts <= 64,
            "grid_size": 2 <= self.grid_size <= 129,
            "context": self.context % 2 == 1 and 1 <= self.context <= 15,
            "context_channels": 1 <= self.context_channels <= 1024,
            "voxel_channels": 1 <= self.voxel_channels <= 1024,
            "predictor": self.predictor in PREDICTORS,
            "thumbnail_size": 32 <= self.thumbnail_size <= 1024 and self.thumbnail_size % 32 == 0,
            "interpolation": self.interpolation in INTERPOLATIONS,
            "color_space": self.color_space == "srgb",
        }
        for field, fits in checks.items():
            if not fits:
                raise ValueError(f"{field} = {getattr(self, field)!r} cannot be built")

    def to_dict(self) -> dict:
        """Plain values, ready for JSON."""
        return asdict(self)


def config_from_dict(values: dict) -> ModelConfig:
    """Rebuild a config from `ModelConfig.to_dict`.

    Raises:
        ValueError: a field is unknown, missing or of another type.
    """
    fields = ModelConfig.__dataclass_fields__
    if set(values) != set(fields):
        raise ValueError(f"unknown or missing fields: {', '.join(sorted(set(values) ^ set(fields)))}")
    for name, value in values.items():
        if type(value) is not type(fields[name].default):
            raise ValueError(f"{name} = {value!r} has the wrong type")
    return ModelConfig(**values)


# Named configs: "paper" is the paper's own choice, "portrait" what the shipped weights use (docs/training-log.md
# has the numbers that decided).
CONFIGS = {
    "paper": ModelConfig(),
    "paper-resnet18": ModelConfig(predictor="resnet18", thumbnail_size=224),
    "portrait": ModelConfig(n_luts=8, predictor="histogram-cnn", thumbnail_size=128, interpolation="tetrahedral"),
}

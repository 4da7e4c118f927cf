"""How a run is optimised."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TrainConfig:
    """The [training] table of a config. The defaults are the paper's.

    Raises ValueError, naming the field, for a value that makes no sense.
    """

    epochs: int = 200  # how often every photo is seen
    steps: int = 0  # batches in all; 0 for as many as the epochs take
    minutes: float = 0.0  # of training, over all parts of an interrupted run; 0 for no limit
    batch: int = 16  # photos a step, over all processes
    side: int = 448  # px, side of the square that a crop is resized to; 0 for whole photos, all of one size
    least_crop: float = 0.6  # least share of each side of the photo that a crop keeps
    lr: float = 1e-4  # Adam's step
    luts_rate: float = 1.0  # times lr: the basis LUTs' step
    weight_decay: float = 0.0  # on the predictor
    warm_up: int = 0  # steps over which the rates rise from zero
    decay_steps: int = 0  # steps over which they fall to a hundredth, along half a cosine; 0 for constant rates
    averaging: float = 0.0  # decay of the exponential moving average of the weights that is kept; 0 for none
    clip: float = 0.0  # largest norm of the gradient; 0 for any
    fixed_identity: bool = False  # whether the first basis LUT stays the identity
    mixed_precision: bool = False  # networks in half precision, losses and LUTs in single
    held_out: float = 0.0  # share of the groups that are not trained on, but judge which weights are kept
    judge_start: bool = False  # whether the weights that a run starts from are judged as well
    judge_every: int = 0  # steps between two judgements; 0 for once an epoch
    keep_best: bool = True  # whether the weights that a judge likes best are kept, and not the last
    least_gain: float = 0.0  # by which a judge must like weights better than all before, for that to count as a gain
    patience: int = 0  # judgements without a gain after which a run ends; 0 for no such end
    report_every: int = 100  # steps between two lines of the log
    snapshot_every: int = 500  # steps
    seed: int = 1

    def __post_init__(self):
        checks = {
            "epochs": self.epochs >= 1,
            "steps": self.steps >= 0,
            "minutes": self.minutes >= 0,
            "batch": self.batch >= 1,
            "side": self.side == 0 or 8 <= self.side <= 4096,
            "least_crop": 0 < self.least_crop <= 1,
            "lr": self.lr > 0,
            "luts_rate": self.luts_rate >= 0,
            "weight_decay": self.weight_decay >= 0,
            "averaging": 0 <= self.averaging < 1,
            "clip": self.clip >= 0,
            "held_out": 0 <= self.held_out < 1,
            "least_gain": self.least_gain >= 0,
            "report_every": self.report_every >= 1,
            "snapshot_every": self.snapshot_every >= 1,
        }
        for field, fits in checks.items():
            if not fits:
                raise ValueError(f"{field} = {getattr(self, field)!r} makes no sense")

"""Public models by other names and in other layouts: recognised by their tensors, and what is missing for some."""

from collections.abc import Collection

# Of each model, two tensors that no other has; of those that are refused, why.
MARKS = {
    "AdaInt": ("lut_generator.basis_luts_bank.weight", "adaint.intervals_generator.weight"),
    "SepLUT": ("lut3d_generator.basis_luts_bank.weight", "lut1d_generator.lut1d_generator.weight"),
    "CLUT-Net": ("CLUTs.LUTs", "classifier.0.weight"),
    "SVDLUT": ("gen_2d_lut.basis_luts_bank.weight", "gen_2d_bilateral.basis_grids_bank.weight"),
    "LUTwithBGrid": ("gen_3d_lut.basis_luts_bank.weight", "gen_bilateral.basis_grids_bank.weight"),
}
MISSING = {
    "SVDLUT": "lutbridge has no 2D LUTs and no bilateral grids to slice before them",
    "LUTwithBGrid": "lutbridge has no bilateral grids to slice before the LUT",
}


def recognise(names: Collection[str]) -> str:
    """The model that a file's tensors are of, a key of `MARKS`; "" if it is none of these."""
    return next((model for model, marks in MARKS.items() if set(marks) <= set(names)), "")

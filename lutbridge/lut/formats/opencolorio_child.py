"""The separate process in which OpenColorIO reads a LUT file: some damaged ones keep its parser busy for ever.

    python -P opencolorio_child.py LUT RESULT.npz MOST_BYTES_OF_MEMORY

Knows nothing of lutbridge, so that it starts in a fifth of a second. The result holds what a `Lut3D` is made of, or the
error that OpenColorIO gave.
"""

import sys

import numpy as np
import PyOpenColorIO as ocio  # noqa: N813

_BAKED_GRID = 65  # least number of lattice points per axis for steps baked into a lattice
_CURVE = 4096  # points of a curve that takes over the work of steps
_DENSE = 48  # colours along an axis at which the error of baking is measured; no multiple of the grid's steps
_SAME = 1e-6  # as no curve at all: rounding of float32
_FAR_OUTSIDE = 1e6  # of the lattice; places are clamped to it after they are interpolated

_INTEGERS = (ocio.BIT_DEPTH_UINT8, ocio.BIT_DEPTH_UINT10, ocio.BIT_DEPTH_UINT12, ocio.BIT_DEPTH_UINT16)


def main(source: str, result: str, most_memory: str) -> None:
    _limit_memory(int(most_memory))
    remarks = []
    ocio.SetLoggingLevel(ocio.LOGGING_LEVEL_WARNING)
    ocio.SetLoggingFunction(remarks.append)
    try:
        found = _read(source)
    except (ocio.Exception, ValueError, MemoryError) as error:
        found = {"error": str(error) or type(error).__name__}
    finally:
        ocio.ResetToDefaultLoggingFunction()
    np.savez(result, remarks=np.array(remarks, str), **{name: np.asarray(value) for name, value in found.items()})


def _limit_memory(most):
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _read(source):
    group = ocio.Config.CreateRaw().getProcessor(ocio.FileTransform(src=source)).createGroupTransform()
    steps = list(group)
    for step in steps:
        if isinstance(step, ocio.Lut1DTransform | ocio.Lut3DTransform) and not np.isfinite(step.getData()).all():
            return {"error": "a number in its table is not finite"}
    lattices = [step for step in steps if isinstance(step, ocio.Lut3DTransform)]
    linear = any(step.getInterpolation() == ocio.INTERP_LINEAR for step in lattices)
    for step in lattices:
        if step.getInterpolation() != ocio.INTERP_LINEAR:
            step.setInterpolation(ocio.INTERP_TETRAHEDRAL)
    facts = {
        "steps": np.array([type(step).__name__.removesuffix("Transform") for step in steps], str),
        "grids": np.array([step.getGridSize() for step in lattices], int),
        "linear": linear,
        "title": _title(group),
        "integer_codes": any(step.getFileOutputBitDepth() in _INTEGERS for step in lattices),
    }
    return {**facts, **_baked(steps)}


def _title(group):
    metadata = group.getFormatMetadata()
    children = metadata.getChildElements()
    texts = (child.getElementValue() for child in children if child.getElementName() == "Description")
    return next(filter(None, texts), metadata.getName())


def _baked(steps):
    """Domain, shaper (or none), lattice, and whether they are the file's own or were sampled."""
    at, domain = _domain(steps)
    end = at
    while end < len(steps) and not _crosstalk(steps[at : end + 1]):
        end += 1
    before, rest = steps[at:end], steps[end:]
    curves, exact = _curves(before)
    if not rest:  # curves only: into a lattice of eight corners that spans their range
        if curves is None:
            curves = np.array([[0.0] * 3, [1.0] * 3])
        low, high = np.minimum(curves.min(0), 0), np.maximum(curves.max(0), 1)
        lattice, shaper = _grid(2, low, high), (curves - low) / (high - low)
    elif _is_table(rest[0]):  # it clamps to 0 and 1, as a lattice does
        own = rest[0]
        M, exact = own.getGridSize(), exact and len(rest) == 1
        lattice = np.asarray(own.getData()).reshape(M, M, M, 3)
        if len(rest) > 1:
            lattice = _apply(rest, _grid(max(M, _BAKED_GRID)))
        shaper = curves
    else:
        M = max([_BAKED_GRID, *(step.getGridSize() for step in rest if _is_table(step))])
        if curves is None:
            low, high, shaper = np.zeros(3), np.ones(3), None
        else:
            low, high = curves.min(0), curves.max(0)
            high = np.where(high > low, high, low + 1)
            shaper = (curves - low) / (high - low)
        lattice, exact = _apply(rest, _grid(M, low, high)), False
    made = {"domain": domain, "lattice": lattice.astype(np.float32), "exact": exact}
    if shaper is not None:
        made["shaper"] = np.clip(shaper, -_FAR_OUTSIDE, _FAR_OUTSIDE)
    if not all(np.isfinite(value).all() for value in made.values()):
        raise ValueError("its steps lead to numbers that are not finite")
    return made if exact else {**made, "off": _off(steps, made)}


def _is_table(step):
    return isinstance(step, ocio.Lut3DTransform) and step.getDirection() == ocio.TRANSFORM_DIR_FORWARD


def _is_curve(step):
    return (
        isinstance(step, ocio.Lut1DTransform)
        and step.getDirection() == ocio.TRANSFORM_DIR_FORWARD
        and not step.getInputHalfDomain()
        and step.getHueAdjust() == ocio.HUE_NONE
    )


def _domain(steps):
    """How many steps only say the domain (0 or 1), and the domain; the next one has to clamp to it."""
    unit = np.array([[0.0] * 3, [1.0] * 3])
    if len(steps) < 2 or not (_is_table(steps[1]) or _is_curve(steps[1])):
        return 0, unit
    first = steps[0]
    if isinstance(first, ocio.MatrixTransform) and first.getDirection() == ocio.TRANSFORM_DIR_FORWARD:
        matrix, offset = np.reshape(first.getMatrix(), (4, 4)), np.array(first.getOffset())[:3]
        scale = np.diag(matrix)[:3]
        if not (scale > 0).all() or np.count_nonzero(matrix - np.diag(np.diag(matrix))):
            return 0, unit
        ends = np.array([-offset / scale, (1 - offset) / scale])
    elif isinstance(first, ocio.RangeTransform) and first.getDirection() == ocio.TRANSFORM_DIR_FORWARD:
        has = (first.hasMinInValue(), first.hasMaxInValue(), first.hasMinOutValue(), first.hasMaxOutValue())
        if not all(has) or (first.getMinOutValue(), first.getMaxOutValue()) != (0.0, 1.0):
            return 0, unit
        ends = np.array([[first.getMinInValue()] * 3, [first.getMaxInValue()] * 3])
    else:
        return 0, unit
    sound = np.isfinite(ends).all() and (ends[1] - ends[0] > 1e-9 * np.abs(ends).max()).all()
    return (1, ends) if sound else (0, unit)


def _curves(before):
    """(S, 3): 0 to 1 through the steps that mix no channels, or None without such steps; and whether that is exact."""
    if not before:
        return None, True
    if len(before) == 1 and _is_curve(before[0]):
        own = np.asarray(before[0].getData()).reshape(-1, 3).astype(np.float64)
        return (None if np.abs(own - np.linspace(0, 1, len(own))[:, None]).max() < _SAME else own), True
    points = max([_CURVE, *(step.getLength() for step in before if isinstance(step, ocio.Lut1DTransform))])
    return _apply(before, np.linspace([0.0] * 3, [1.0] * 3, points)).astype(np.float64), False


def _grid(M, low=(0, 0, 0), high=(1, 1, 1)):
    axes = np.linspace(low, high, M).T
    return np.stack(np.meshgrid(*axes, indexing="ij"), -1).astype(np.float32)


def _processor(steps):
    group = ocio.GroupTransform()
    for step in steps:
        group.appendTransform(step)
    processor = ocio.Config.CreateRaw().getProcessor(group)
    return processor.getOptimizedCPUProcessor(ocio.OPTIMIZATION_LOSSLESS)


def _crosstalk(steps):
    return _processor(steps).hasChannelCrosstalk()


def _apply(steps, colours):
    result = np.array(colours, np.float32, order="C")
    _processor(steps).applyRGB(result)
    return result


def _off(steps, made):
    """Mean and largest difference from the steps themselves, of 1, over the domain."""
    domain = made["domain"]
    colours = np.concatenate([_grid(_DENSE, *domain).reshape(-1, 3), np.linspace(*domain, 1021, dtype=np.float32)])
    scale = 1 / (domain[1] - domain[0])
    matrix, offset = np.diag([*scale, 1.0]), [*(-domain[0] * scale), 0.0]
    again = [ocio.MatrixTransform(matrix=matrix.ravel().tolist(), offset=offset)]
    if "shaper" in made:
        curve = ocio.Lut1DTransform(len(made["shaper"]), False)
        curve.setData(np.ascontiguousarray(made["shaper"], np.float32).ravel())
        again.append(curve)
    table = ocio.Lut3DTransform(len(made["lattice"]))
    table.setData(np.ascontiguousarray(made["lattice"]).ravel())
    table.setInterpolation(ocio.INTERP_TETRAHEDRAL)
    difference = np.abs(_apply([*again, table], colours) - _apply(steps, colours)).max(-1)
    return [difference.mean(), difference.max()]


if __name__ == "__main__":
    main(*sys.argv[1:])

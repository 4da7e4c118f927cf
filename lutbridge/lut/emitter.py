"""Σ share · point in LLVM's own vectors: the one sum of every compiled lookup, and its few steps.

With LLVM's automatic vectors this takes five to nine times as long, as LLVM cannot tell that arrays do not overlap.
These functions run while an intrinsic is compiled, and add instructions to its `builder`; lookups of one LUT, of N LUTs
or of two mixed ones only differ in what they do with the sums.
"""

from collections.abc import Sequence

from llvmlite import ir

from lutbridge.lut.footprints import BLOCK

FLOAT, DOUBLE, I32, I64 = ir.FloatType(), ir.DoubleType(), ir.IntType(32), ir.IntType(64)

Corner = tuple[ir.Value, ir.Value]  # index of its points, an i64, and its share in every lane of a vector


def floats(width: int, element: ir.Type = FLOAT) -> ir.VectorType:
    """The type of a vector of `width` lanes."""
    return ir.VectorType(element, width)


def data(context, builder, signature, args, i: int) -> ir.Value:
    """Where the values of an intrinsic's argument i, an array, begin."""
    return context.make_array(signature.args[i])(context, builder, args[i]).data


def at(builder: ir.IRBuilder, array: ir.Value, index: ir.Value, vector: ir.VectorType) -> ir.Value:
    """The address of a vector in an array."""
    return builder.bitcast(builder.gep(array, [index]), vector.as_pointer())


def load(builder: ir.IRBuilder, array: ir.Value, index: ir.Value, vector: ir.VectorType) -> ir.Value:
    """A vector of an array, wherever it begins."""
    return builder.load(at(builder, array, index, vector), align=4)


def store(builder: ir.IRBuilder, value: ir.Value, array: ir.Value, index: ir.Value) -> None:
    builder.store(value, at(builder, array, index, value.type), align=4)


def everywhere(value: float, vector: ir.VectorType) -> ir.Constant:
    """A vector that holds one number in all lanes."""
    return ir.Constant(vector, [value] * vector.count)


def pick(builder: ir.IRBuilder, vector: ir.Value, lanes: Sequence[int], other: ir.Value | None = None) -> ir.Value:
    """A vector of some lanes of one, or of two that are numbered through."""
    order = ir.Constant(ir.VectorType(I32, len(lanes)), list(lanes))
    return builder.shuffle_vector(vector, vector if other is None else other, order)


def repeated(builder: ir.IRBuilder, array: ir.Value, index: ir.Value, vector: ir.VectorType) -> ir.Value:
    """One value of an array in all lanes of a vector."""
    return pick(builder, load(builder, array, index, floats(1, vector.element)), [0] * vector.count)


def multiply_add(builder: ir.IRBuilder, a: ir.Value, b: ir.Value, total: ir.Value) -> ir.Value:
    """a · b + total, rounded once if the processor can."""
    return builder.fadd(total, builder.fmul(a, b, flags=["contract"]), flags=["contract"])


def footprint(
    builder: ir.IRBuilder, offsets: ir.Value, shares: ir.Value, p: ir.Value, count: int, vector: ir.VectorType
) -> list[Corner]:
    """The first `count` corners of a block's pixel p, from the planes that `lut.footprints` writes."""
    corners = []
    for corner in range(count):
        i = builder.add(p, I64(corner * BLOCK))
        offset = builder.sext(builder.load(builder.gep(offsets, [i])), I64)
        corners.append((offset, repeated(builder, shares, i, vector)))
    return corners


def weighted_sum(
    builder: ir.IRBuilder,
    points: ir.Value,
    corners: Sequence[Corner],
    total: ir.Value,
    first: ir.Value | None = None,
) -> ir.Value:
    """total + Σ_corner share · points[offset + first :], one corner after the other.

    Args:
        points: the array of the lattice's values; as many of a point as `total` has lanes are read at once.
        total: initial value of the sum.
        first: of a point's values, the first one that is read; 0 without it.
    """
    for offset, share in corners:
        place = offset if first is None else builder.add(offset, first)
        total = multiply_add(builder, share, load(builder, points, place, total.type), total)
    return total


def folded(builder: ir.IRBuilder, total: ir.Value, width: int) -> ir.Value:
    """A vector's halves added to each other, down to `width` lanes."""
    while total.type.count > width:
        half = total.type.count // 2
        total = builder.fadd(pick(builder, total, range(half)), pick(builder, total, range(half, 2 * half)))
    return total

"""Steps of the fused CPU kernel in LLVM's own vectors, besides those of `lut.emitter`."""

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from lutbridge.lut import emitter
from lutbridge.lut.emitter import I64, at, data, floats, load, multiply_add, pick, store
from lutbridge.lut.footprints import BLOCK

WIDE = 16  # pixels of a vector
VECTOR, INTEGERS = floats(WIDE), ir.VectorType(ir.IntType(32), WIDE)

# exp(x) = 2^n · exp(r), n = round(x / ln 2): ROUNDER's last bit is worth 1, so adding it rounds, and n is in the
# low bits of the sum. LN2 in two parts, and the polynomial of exp(r) for |r| ≤ ln 2 / 2, from Cephes' expf.
LOG2_E, ROUNDER, LOWEST = 1.44269504, 12582912.0, -87.0
LN2_HIGH, LN2_LOW = 0.693359375, -2.12194440e-4
POLYNOMIAL = (1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1)
EXPONENT_BITS, EXPONENT_BIAS = 23, 127 << 23


def everywhere(value):
    return emitter.everywhere(value, VECTOR)


def largest(builder, a, b):
    return builder.select(builder.fcmp_ordered(">", a, b), a, b)


def exponential(builder, x):
    """exp of a vector of x ≤ 0."""
    x = largest(builder, x, everywhere(LOWEST))
    rounded = multiply_add(builder, x, everywhere(LOG2_E), everywhere(ROUNDER))
    minus_n = builder.fsub(everywhere(ROUNDER), rounded)
    r = multiply_add(builder, minus_n, everywhere(LN2_HIGH), x)
    r = multiply_add(builder, minus_n, everywhere(LN2_LOW), r)
    first, *others = map(everywhere, POLYNOMIAL)
    polynomial = first
    for coefficient in others:
        polynomial = multiply_add(builder, polynomial, r, coefficient)
    value = builder.fadd(multiply_add(builder, polynomial, builder.fmul(r, r), r), everywhere(1.0))
    shift, bias = (ir.Constant(INTEGERS, [n] * WIDE) for n in (EXPONENT_BITS, EXPONENT_BIAS))
    power = builder.add(builder.shl(builder.bitcast(rounded, INTEGERS), shift), bias)
    return builder.fmul(value, builder.bitcast(power, VECTOR))


@intrinsic
def attend(typing, logits, area, window):
    """Softmax over the logits' first `area` planes, into the planes of the window, of each channel: WIDE pixels."""
    signature = types.none(logits, types.int64, window)

    def generate(context, builder, signature, args):
        logits, window = (data(context, builder, signature, args, i) for i in (0, 2))
        area = args[1]

        def plane(array, j):
            return at(builder, array, builder.mul(j, I64(BLOCK)), VECTOR)

        most, total = (cgutils.alloca_once(builder, VECTOR) for _ in range(2))
        builder.store(builder.load(plane(logits, I64(0)), align=4), most)
        with cgutils.for_range(builder, area) as loop:
            logit = builder.load(plane(logits, loop.index), align=4)
            builder.store(largest(builder, logit, builder.load(most)), most)
        builder.store(everywhere(0.0), total)
        with cgutils.for_range(builder, area) as loop:
            into = plane(logits, loop.index)
            power = exponential(builder, builder.fsub(builder.load(into, align=4), builder.load(most)))
            builder.store(power, into, align=4)
            builder.store(builder.fadd(builder.load(total), power), total)
        inverse = builder.fdiv(everywhere(1.0), builder.load(total))
        with cgutils.for_range(builder, area) as loop:
            share = builder.fmul(builder.load(plane(logits, loop.index), align=4), inverse)
            for channel in range(3):
                into = plane(window, builder.add(loop.index, builder.mul(area, I64(channel))))
                builder.store(builder.fmul(builder.load(into, align=4), share), into, align=4)
        return context.get_dummy_value()

    return signature, generate


@intrinsic
def interleave_four(typing, planes, pixels, lanes):
    """Four planes to the first four of `lanes` values of WIDE pixels."""
    signature = types.none(planes, pixels, types.int64)

    def generate(context, builder, signature, args):
        planes, pixels = (data(context, builder, signature, args, i) for i in (0, 1))

        a, b, c, d = (load(builder, planes, I64(i * BLOCK), VECTOR) for i in range(4))
        pairs = [place for i in range(WIDE) for place in (i, WIDE + i)]
        ab, cd = pick(builder, a, pairs, b), pick(builder, c, pairs, d)
        for p in range(WIDE):
            pixel = pick(builder, ab, [2 * p, 2 * p + 1, 2 * WIDE + 2 * p, 2 * WIDE + 2 * p + 1], cd)
            store(builder, pixel, pixels, builder.mul(args[2], I64(p)))
        return context.get_dummy_value()

    return signature, generate

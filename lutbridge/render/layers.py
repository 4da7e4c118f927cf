"""1 × 1 convolutions of the fused CPU kernel: planes of BLOCK inputs to planes of BLOCK outputs, in registers."""

from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

from lutbridge.lut.compiled import COMPILED
from lutbridge.lut.emitter import I64, data, load, multiply_add, repeated, store
from lutbridge.lut.footprints import BLOCK
from lutbridge.lut.numba_internals import has_wide_registers
from lutbridge.render.simd import VECTOR, WIDE, everywhere, largest

TILE = 4  # outputs computed at once
# Vectors of pixels computed at once. With 32 registers of 512 bits, 16 sums keep both multiply-add units busy and need
# no more than 8 loads for 16 multiply-adds; with 16 registers of 256 bits there is room for 4 · 1 · 2.
VECTORS = 4 if has_wide_registers() else 1


@njit(**COMPILED)
def layer(weights, bias, inputs, rectified, outputs):
    """Planes of inputs to planes of outputs.

    Args:
        weights: float32, flat: tiles of TILE outputs, of each its inputs, of each TILE weights.
        bias: (outputs,) float32, a multiple of TILE.
        inputs: planes of BLOCK float32.
        rectified: whether negative outputs become 0.
        outputs: as many planes as there are biases, written.
    """
    n_in = len(weights) // len(bias)
    for o in range(0, len(bias), TILE):
        for p in range(0, BLOCK, VECTORS * WIDE):
            _tile(weights[o * n_in :], bias[o:], inputs[p:], n_in, rectified, outputs[o * BLOCK + p :])


@intrinsic
def _tile(typing, weights, bias, inputs, n_in, rectified, outputs):
    """TILE outputs of VECTORS · WIDE pixels, in LLVM's own vectors, which are faster."""
    signature = types.none(weights, bias, inputs, types.int64, types.boolean, outputs)
    places = [(t, v) for t in range(TILE) for v in range(VECTORS)]

    def generate(context, builder, signature, args):
        weights, bias, inputs, outputs = (data(context, builder, signature, args, i) for i in (0, 1, 2, 5))
        n_in, rectified = args[3], args[4]

        sums = {(t, v): cgutils.alloca_once(builder, VECTOR) for t, v in places}
        for (t, _), total in sums.items():
            builder.store(repeated(builder, bias, I64(t), VECTOR), total)
        with cgutils.for_range(builder, n_in) as loop:
            planes = (builder.add(builder.mul(loop.index, I64(BLOCK)), I64(v * WIDE)) for v in range(VECTORS))
            pixels = [load(builder, inputs, plane, VECTOR) for plane in planes]
            for t in range(TILE):
                place = builder.add(builder.mul(loop.index, I64(TILE)), I64(t))
                weight = repeated(builder, weights, place, VECTOR)
                for v in range(VECTORS):
                    total = sums[t, v]
                    builder.store(multiply_add(builder, weight, pixels[v], builder.load(total)), total)
        for (t, v), total in sums.items():
            total = builder.load(total)
            result = builder.select(rectified, largest(builder, total, everywhere(0.0)), total)
            store(builder, result, outputs, I64(t * BLOCK + v * WIDE))
        return context.get_dummy_value()

    return signature, generate

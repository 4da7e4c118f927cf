"""What lutbridge uses of Numba without being promised it. Where a test fails here, a new Numba has changed that part:
`lut.numba_internals` is the one file to mend, or the bound in pyproject.toml the one to lower."""

import numba
import numpy as np
from numba import njit
from numba.core import event
from numba.core.caching import FunctionCache

from lutbridge.lut.numba_internals import has_wide_registers, when_compiling


def add_one(x):
    return x + 1


def test_a_functions_cache_is_stamped_and_hangs_on_its_dispatcher():
    cache = FunctionCache(add_one)
    assert cache._cache_file._source_stamp, "what kept files are compared by"
    assert hasattr(njit(add_one), "_cache"), "where a dispatcher looks for its cache"
    for name in ("load_overload", "save_overload", "flush"):
        assert callable(getattr(cache, name))


def test_compiling_is_an_event_that_can_be_listened_to():
    assert callable(event.install_listener) and event.Listener
    said = []
    with when_compiling(lambda: said.append(1)):
        assert njit(add_one)(1) == 2
    assert said


def test_the_processors_features_are_still_named():
    from numba.core.registry import cpu_target

    features = cpu_target.target_context.codegen().magic_tuple()[2]
    assert isinstance(features, str) and has_wide_registers() == ("+avx512f" in features.split(","))


def test_vectors_of_llvm_reach_a_kernel():
    """`context.make_array` and the types an intrinsic is given, which every kernel's emitter rests on."""
    from lutbridge.lut.lattice import identity_lattice, interpolate

    colours = np.random.default_rng(0).random((300, 3), np.float32)
    assert np.abs(interpolate(identity_lattice(5), colours) - colours).max() < 1e-6, numba.__version__

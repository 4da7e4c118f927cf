import numpy as np
import pytest

from lutbridge.color.codes import to_codes, to_float


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_every_code_comes_back(dtype):
    codes = np.arange(np.iinfo(dtype).max + 1, dtype=dtype)
    values = to_float(codes)
    assert values.dtype == np.float32 and values[0] == 0 and values[-1] == 1
    assert np.array_equal(to_codes(values, dtype), codes)


def test_rounds_to_nearest_and_clamps():
    values = np.array([-0.5, 0.4 / 255, 0.6 / 255, 254.6 / 255, 7.0])
    assert to_codes(values, np.uint8).tolist() == [0, 0, 1, 255, 255]


def test_strided_codes_give_contiguous_floats():
    codes = np.arange(24, dtype=np.uint16).reshape(2, 4, 3)[:, ::-1].swapaxes(0, 1)
    values = to_float(codes)
    assert values.flags.c_contiguous
    assert np.array_equal(to_codes(values, np.uint16), codes)

import subprocess
import sys
from itertools import product

import numpy as np
import pytest
import torch

from lutbridge.lut.least_squares import fit_difference
from lutbridge.render.torch_footprints import tetrahedral_footprint

SMOOTHNESS, FADING = 3e-2, 1e-4  # in numbers, as shipped LUTs were fitted: others would change every fit


def pixels(count, low=0.0, high=1.0, seed=0):
    """Colours and what is to be added to them, (P, 3) float32 each."""
    random = np.random.default_rng(seed)
    rgb = random.uniform(low, high, (count, 3)).astype(np.float32)
    return rgb, (0.1 * np.sin(5 * rgb) + random.normal(0, 0.02, rgb.shape)).astype(np.float32)


def dense(rgb, residual, M):
    """The equations as a matrix (M³, M³) and a right side (M³, 3), in double."""
    indices, weights = (part.numpy() for part in tetrahedral_footprint(torch.from_numpy(rgb), M))
    A = np.zeros((len(rgb), M**3))
    np.put_along_axis(A, indices, weights, 1)
    step, one = np.diff(np.eye(M), axis=0), np.eye(M)
    along = step.T @ step
    laplacian = sum(np.kron(np.kron(r, g), b) for r, g, b in ((along, one, one), (one, along, one), (one, one, along)))
    share = M**3 / len(rgb)
    left = share * A.T @ A + SMOOTHNESS * laplacian @ laplacian + FADING * np.eye(M**3)
    return left, share * A.T @ residual


@pytest.mark.parametrize("M", [2, 3, 7, 9])
@pytest.mark.parametrize(("count", "low", "high"), [(1, 0, 1), (127, 0.2, 0.5), (3000, 0, 1), (500, -0.2, 1.3)])
def test_it_solves_the_least_squares_written_as_a_matrix(M, count, low, high):
    rgb, residual = pixels(count, low, high)
    left, right = dense(rgb, residual, M)
    solved = fit_difference(rgb, residual, np.zeros((M, M, M, 3), np.float32), 1e-6)
    assert solved.dtype == np.float32 and solved.shape == (M, M, M, 3)
    assert np.linalg.norm(left @ solved.reshape(-1, 3) - right) < 1e-5 * np.linalg.norm(right)
    if count > 127:  # below, float32 cannot tell what fading alone holds
        assert np.abs(solved.reshape(-1, 3) - np.linalg.solve(left, right)).max() < 3e-5


def test_corners_and_greys_of_a_cell_are_coupled_as_they_are_read():
    rgb = np.array(list(product((0, 0.25, 0.5, 1), repeat=3)), np.float32)
    residual = pixels(len(rgb))[1]
    solved = fit_difference(rgb, residual, np.zeros((3, 3, 3, 3), np.float32), 1e-6)
    assert np.abs(solved.reshape(-1, 3) - np.linalg.solve(*dense(rgb, residual, 3))).max() < 3e-5


def test_where_it_starts_makes_no_difference_and_the_solution_is_left_alone():
    rgb, residual = pixels(2000)
    start = np.random.default_rng(1).normal(0, 0.1, (7, 7, 7, 3)).astype(np.float32)
    solved = fit_difference(rgb, residual, start, 1e-6)
    assert np.abs(solved - fit_difference(rgb, residual, 0 * start, 1e-6)).max() < 3e-5
    assert np.array_equal(fit_difference(rgb, residual, solved, 1e-3), solved)


def test_nothing_to_add_adds_nothing():
    rgb, residual = pixels(100)
    assert not fit_difference(rgb, 0 * residual, np.zeros((5, 5, 5, 3), np.float32), 1e-3).any()


PROGRAM = """
import hashlib
import numpy as np
from lutbridge.lut.least_squares import fit_difference
rgb = np.random.default_rng(0).random((5000, 3), np.float32)
print(hashlib.sha256(fit_difference(rgb, np.sin(rgb), np.zeros((17, 17, 17, 3), np.float32), 1e-3)).hexdigest())
"""


def test_two_processes_fit_the_same_bits():
    runs = [subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True) for _ in "12"]
    assert runs[0].stdout == runs[1].stdout != ""

"""Colour differences between CIELAB values, in "reference, sample" order."""

from dataclasses import dataclass

import numpy as np


def delta_e_76(lab_1: np.ndarray, lab_2: np.ndarray) -> np.ndarray:
    """ΔE*ab, the Euclidean distance in CIELAB (CIE 1976).

    Args:
        lab_1, lab_2: (..., 3) arrays, L* [0, 100], a* and b* (about ±128).
    Returns:
        (...) distances, ≥ 0.
    """
    return np.sqrt(((lab_1 - lab_2) ** 2).sum(-1))


def delta_e_2000(lab_1: np.ndarray, lab_2: np.ndarray) -> np.ndarray:
    """ΔE00 with k_L = k_C = k_H = 1 (Sharma, Wu and Dalal 2005; equation numbers are theirs).

    Args:
        lab_1, lab_2: (..., 3) arrays, L* [0, 100], a* and b* (about ±128).
    Returns:
        (...) differences, ≥ 0.
    """
    L_1, a_1, b_1 = np.moveaxis(lab_1, -1, 0)
    L_2, a_2, b_2 = np.moveaxis(lab_2, -1, 0)
    C_mean_7 = ((np.hypot(a_1, b_1) + np.hypot(a_2, b_2)) / 2) ** 7  # (2), (3)
    G = 0.5 * (1 - np.sqrt(C_mean_7 / (C_mean_7 + 25.0**7)))  # (4)
    a_1, a_2 = (1 + G) * a_1, (1 + G) * a_2  # (5)
    C_1, C_2 = np.hypot(a_1, b_1), np.hypot(a_2, b_2)  # (6)
    h_1, h_2 = np.degrees(np.arctan2(b_1, a_1)) % 360, np.degrees(np.arctan2(b_2, a_2)) % 360  # (7)

    grey = C_1 * C_2 == 0
    dL, dC = L_2 - L_1, C_2 - C_1  # (8), (9)
    dh = np.where(grey, 0, (h_2 - h_1 + 180) % 360 - 180)  # (10)
    dH = 2 * np.sqrt(C_1 * C_2) * np.sin(np.radians(dh) / 2)  # (11)

    L_mean, C_mean = (L_1 + L_2) / 2, (C_1 + C_2) / 2  # (12), (13)
    h_sum = h_1 + h_2  # (14)
    h_mean = np.where(np.abs(h_1 - h_2) <= 180, h_sum / 2, np.where(h_sum < 360, h_sum / 2 + 180, h_sum / 2 - 180))
    h_mean = np.where(grey, h_sum, h_mean)
    T = (
        1
        - 0.17 * np.cos(np.radians(h_mean - 30))
        + 0.24 * np.cos(np.radians(2 * h_mean))
        + 0.32 * np.cos(np.radians(3 * h_mean + 6))
        - 0.20 * np.cos(np.radians(4 * h_mean - 63))
    )  # (15)
    d_theta = 30 * np.exp(-(((h_mean - 275) / 25) ** 2))  # (16)
    R_C = 2 * np.sqrt(C_mean**7 / (C_mean**7 + 25.0**7))  # (17)
    S_L = 1 + 0.015 * (L_mean - 50) ** 2 / np.sqrt(20 + (L_mean - 50) ** 2)  # (18)
    S_C = 1 + 0.045 * C_mean  # (19)
    S_H = 1 + 0.015 * C_mean * T  # (20)
    R_T = -np.sin(np.radians(2 * d_theta)) * R_C  # (21)
    sL, sC, sH = dL / S_L, dC / S_C, dH / S_H
    return np.sqrt(np.maximum(sL**2 + sC**2 + sH**2 + R_T * sC * sH, 0))  # (22)


@dataclass(frozen=True)
class Difference:
    """By how much two pictures differ, in ΔE2000 over their pixels.

    Attributes:
        mean: of all pixels.
        high: what 95 % of the pixels stay below.
    """

    mean: float
    high: float

    @classmethod
    def between(cls, lab1: np.ndarray, lab2: np.ndarray) -> "Difference":
        """Of two pictures in CIELAB (..., 3); reference and sample, as of `delta_e_2000`."""
        delta_e = delta_e_2000(lab1, lab2)
        return cls(float(delta_e.mean()), float(np.percentile(delta_e, 95)))

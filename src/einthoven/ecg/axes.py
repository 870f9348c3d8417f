"""Directions of P, QRS and T: in the frontal plane from the limb leads, in space by Kors' regression.

Frontal axis = ``atan2(2 / sqrt(3) * area aVF, area I)`` of the net areas: I measures the horizontal component, aVF the
vertical one times sqrt(3) / 2 (Goldberger 1942). 0 degrees point to the left arm, 90 to the feet. A missing I or aVF
follows from any two limb leads (``leads.derive_limb_leads``); with fewer there is no axis.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.leads import LEAD_SETS, LIMB_LEADS, STANDARD_LEADS, derive_limb_leads

__all__ = [
    "KORS",
    "angle_between_axes",
    "angle_in_space",
    "einthoven_error",
    "frontal_axis",
    "frontal_vectors",
    "spatial_vectors",
]

_LAWS = {("I", "III", "II"): -1, ("aVR", "aVL", "aVF"): 1}

KORS = np.array(
    [
        [0.38, -0.07, -0.13, 0.05, -0.01, 0.14, 0.06, 0.54],
        [-0.07, 0.93, 0.06, -0.02, -0.05, 0.06, -0.17, 0.13],
        [0.11, -0.23, -0.43, -0.06, -0.14, -0.20, -0.11, 0.31],
    ]
)
"""X (left), Y (down), Z (back) from I, II, V1 to V6 (Kors et al., Eur Heart J 1990;11:1083,
doi:10.1093/oxfordjournals.eurheartj.a059647)."""


def frontal_vectors(areas: NDArray[np.float64], rows: Mapping[str, int]) -> NDArray[np.float64] | None:
    """Return float64 (2, ...): components to the left and to the feet; None with fewer than two limb leads.

    Parameters
    ----------
    areas : float64 (lead, ...)
        Net areas, or any other linear measure.
    rows : mapping of lead to row
        Leads that can be relied on.
    """
    present = tuple(lead for lead in LIMB_LEADS if lead in rows)
    if len(present) < 2:
        return None
    vectors: NDArray[np.float64] = _plane(present) @ areas[[rows[lead] for lead in present]]
    return vectors


@lru_cache(maxsize=64)
def _plane(present: tuple[str, ...]) -> NDArray[np.float64]:
    """Return float64 (2, lead): I and 2 / sqrt(3) aVF as sums of the limb leads that are there."""
    complete = derive_limb_leads(np.eye(len(present), dtype=np.float32), present).signal.astype(np.float64)
    return np.stack([complete[LIMB_LEADS.index("I")], 2 / math.sqrt(3) * complete[LIMB_LEADS.index("aVF")]])


def frontal_axis(vector: NDArray[np.float64]) -> float:
    """Return degrees above -180, up to 180, of components to the left and to the feet; NaN without length.

    Examples
    --------
    >>> frontal_axis(np.array([1.0, 1.0])), frontal_axis(np.array([0.0, -2.0]))
    (45.0, -90.0)
    """
    left, down = vector.tolist()
    if left == 0 == down or math.isnan(left + down):
        return math.nan
    return math.degrees(math.atan2(down, left))


def angle_between_axes(first_deg: float, second_deg: float) -> float:
    """Return the angle from the second frontal axis to the first, the shorter way round: -180 up to 180 degrees.

    Examples
    --------
    >>> angle_between_axes(-150.0, 170.0), angle_between_axes(10.0, 50.0)
    (40.0, -40.0)
    """
    return (first_deg - second_deg + 180) % 360 - 180


def einthoven_error(signal: NDArray[np.float32], rows: Mapping[str, int]) -> float:
    """Return what is left of I + III - II, or of aVR + aVL + aVF, relative to the largest of the three; 0 without them.

    0 but for rounding in ECGs whose leads have one scale and their right names; the larger of both laws.

    Parameters
    ----------
    signal : float32 (lead, sample)
        As recorded, without its baseline; no median over beats, which keeps to no sum.
    rows : mapping of lead to row
        Leads that can be relied on.
    """
    largest_error = 0.0
    for (first, second, third), sign in _LAWS.items():
        if first in rows and second in rows and third in rows:
            three = (signal[rows[first]], signal[rows[second]], signal[rows[third]])
            left = three[0] + three[1]
            left += sign * three[2]
            size = max(float(lead @ lead) for lead in three)
            largest_error = max(largest_error, math.sqrt(float(left @ left) / size) if size > 0 else 0.0)
    return largest_error


def spatial_vectors(areas: NDArray[np.float64], rows: Mapping[str, int]) -> NDArray[np.float64] | None:
    """Return float64 (3, ...): X, Y, Z of ``KORS``; None when one of the eight independent leads is missing.

    I and II may follow from two other limb leads.
    """
    present = tuple(lead for lead in STANDARD_LEADS if lead in rows)
    if len(set(present) & set(LIMB_LEADS)) < 2 or not set(present) >= set(LEAD_SETS["8"][2:]):
        return None
    vectors: NDArray[np.float64] = _space(present) @ areas[[rows[lead] for lead in present]]
    return vectors


@lru_cache(maxsize=64)
def _space(present: tuple[str, ...]) -> NDArray[np.float64]:
    """Return float64 (3, lead): ``KORS`` on the leads that are there."""
    complete = derive_limb_leads(np.eye(len(present), dtype=np.float32), present)
    eight = complete.signal[[complete.leads.index(lead) for lead in LEAD_SETS["8"]]]
    weights: NDArray[np.float64] = KORS @ eight
    return weights


def angle_in_space(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Return the angle between two vectors, 0 to 180 degrees; NaN when one has no length.

    Examples
    --------
    >>> angle_in_space(np.array([1.0, 0, 0]), np.array([0, 0, -3.0]))
    90.0
    """
    size = math.sqrt(float(first @ first) * float(second @ second))
    if not size > 0:
        return math.nan
    return math.degrees(math.acos(max(-1.0, min(1.0, float(first @ second) / size))))

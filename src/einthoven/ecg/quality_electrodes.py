"""Exchanged electrodes and leads that contradict Einthoven's law, judged by the slopes of the limb leads and V6.

Slopes rather than amplitudes, since baseline wander and high-pass filters differ between leads.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["ElectrodeNumbers", "measure_electrodes"]

Slopes = Mapping[str, NDArray[np.float32]]

_LAWS = (("I", "III", "II", -1), ("aVR", "aVL", "aVF", 1))
_NEEDED = ("I", "II", "III", "aVR", "aVL", "aVF", "V6")


@dataclass(frozen=True, slots=True)
class ElectrodeNumbers:
    """Three numbers, each None where its leads are missing or all flat.

    Attributes
    ----------
    einthoven_error : float
        Size of I + III - II, or of aVR + aVL + aVF, relative to the largest of the three; the larger of both.
    arm_reversal_score : float in [-1, 1]
        Minus the correlation of I with V6: both look at the heart from the left, unless the arms are exchanged.
    lowest_limb_share : float in [0, 1]
        Size of the smallest of I, II, III relative to the largest: the legs have nearly the same potential, so with the
        electrode of the right leg on an arm one of the three is nearly flat.
    """

    einthoven_error: float | None
    arm_reversal_score: float | None
    lowest_limb_share: float | None


def measure_electrodes(coarse: NDArray[np.float32], rows: Mapping[str, int]) -> ElectrodeNumbers:
    """Return the numbers of one record.

    Parameters
    ----------
    coarse : float32 (lead, sample)
        Coarse copy of the signal (``quality_features``).
    rows : mapping of lead to row
        The leads that have a signal.
    """
    names = tuple(name for name in _NEEDED if name in rows)
    chosen = coarse[[rows[name] for name in names]]
    slopes = chosen[:, 1:] - chosen[:, :-1]
    sizes = dict(zip(names, np.sqrt(np.einsum("ls,ls->l", slopes, slopes)).tolist(), strict=True))
    by_name = dict(zip(names, slopes, strict=True))
    errors = [error for law in _LAWS if (error := _law_error(by_name, sizes, law)) is not None]
    return ElectrodeNumbers(
        max(errors) if errors else None, _arm_reversal_score(by_name, sizes), _lowest_limb_share(sizes)
    )


def _law_error(slopes: Slopes, sizes: Mapping[str, float], law: tuple[str, str, str, int]) -> float | None:
    first, second, third, sign = law
    if not (first in sizes and second in sizes and third in sizes):
        return None
    largest = max(sizes[first], sizes[second], sizes[third])
    rest = slopes[first] + slopes[second]
    rest += sign * slopes[third]
    return math.sqrt(float(rest @ rest)) / largest if largest > 0 else None


def _arm_reversal_score(slopes: Slopes, sizes: Mapping[str, float]) -> float | None:
    size = sizes.get("I", 0.0) * sizes.get("V6", 0.0)
    return -float(slopes["I"] @ slopes["V6"]) / size if size > 0 else None


def _lowest_limb_share(sizes: Mapping[str, float]) -> float | None:
    limb = [sizes[name] for name in ("I", "II", "III") if name in sizes]
    return min(limb) / max(limb) if len(limb) == 3 and max(limb) > 0 else None

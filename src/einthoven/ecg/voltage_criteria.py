"""Voltages that compare leads: hypertrophy, low voltage, growth of R over the chest, terminal force of P.

Sokolow and Lyon (Am Heart J 1949, doi:10.1016/0002-8703(49)90562-1), Cornell voltage (Casale et al. 1987,
doi:10.1161/01.CIR.75.3.565) and product (Molloy et al. 1992, doi:10.1016/0735-1097(92)90376-X; women get 0.6 mV more as
in Hancock et al. 2009, doi:10.1161/CIRCULATIONAHA.108.191097). R is the higher of R and R', S the deepest of S, S' and
QS; a lead without one counts as 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.amplitudes_of_waves import terminal_negative_part
from einthoven.ecg.lead_measurements import COLUMN, LeadNumbers
from einthoven.ecg.leads import LIMB_LEADS, STANDARD_LEADS

__all__ = ["NEEDED_LEADS", "cornell_product", "p_terminal_force", "transition_zone", "voltage_criteria"]

CHEST_LEADS = STANDARD_LEADS[6:]
WOMEN_ADD_MV = 0.6

NEEDED_LEADS = {
    "sokolow_lyon_mv": ("V1", "V5", "V6"),
    "cornell_mv": ("aVL", "V3"),
    "cornell_product_mv_ms": ("aVL", "V3"),
    "qrs_voltage_sum_mv": STANDARD_LEADS,
    "qrs_voltage_limb_mv": LIMB_LEADS,
    "qrs_voltage_precordial_mv": CHEST_LEADS,
    "r_progression_steps": CHEST_LEADS[:4],
    "transition_zone": CHEST_LEADS,
    "p_terminal_force_mv_ms": ("V1",),
    "notched_leads": STANDARD_LEADS,
}
"""Without one of which the number is absent."""

_R = [COLUMN["r_mv"], COLUMN["r_prime_mv"]]
_S = [COLUMN["s_mv"], COLUMN["s_prime_mv"], COLUMN["qs_mv"]]


def voltage_criteria(numbers: LeadNumbers, rows: Mapping[str, int]) -> dict[str, float]:
    """Return the numbers of ``NEEDED_LEADS``, without the product; NaN where a lead is missing.

    Parameters
    ----------
    numbers : LeadNumbers
    rows : mapping of lead to row
        The leads that can be relied on.
    """
    places = _places(tuple(rows.items()))
    return {name: formula(places[name]) if name in places else math.nan for name, formula in _formulas(numbers).items()}


@lru_cache(maxsize=64)
def _places(rows: tuple[tuple[str, int], ...]) -> dict[str, list[int]]:
    """Return the rows of the leads of each number that has all of them."""
    known = dict(rows)
    return {name: [known[lead] for lead in leads] for name, leads in NEEDED_LEADS.items() if known.keys() >= set(leads)}


def _formulas(numbers: LeadNumbers) -> dict[str, Callable[[list[int]], float]]:
    """Return how each number follows from the rows of its leads, in the order of ``NEEDED_LEADS``."""
    r = np.fmax.reduce(numbers.values[:, _R], axis=1, initial=0.0)
    s = -np.fmin.reduce(numbers.values[:, _S], axis=1, initial=0.0)
    height, share, notches = (numbers.of(name) for name in ("qrs_peak_to_peak_mv", "r_share", "qrs_notches"))
    wave = numbers.p_wave
    return {
        "sokolow_lyon_mv": lambda at: float(s[at[0]] + r[at[1:]].max()),
        "cornell_mv": lambda at: float(r[at[0]] + s[at[1]]),
        "qrs_voltage_sum_mv": lambda at: float(height[at].sum()),
        "qrs_voltage_limb_mv": lambda at: float(height[at].max()),
        "qrs_voltage_precordial_mv": lambda at: float(height[at].max()),
        "r_progression_steps": lambda at: float(np.count_nonzero(np.diff(r[at]) > 0)),
        "transition_zone": lambda at: transition_zone(share[at]),
        "notched_leads": lambda at: float(np.count_nonzero(notches[at] > 0)),
        "p_terminal_force_mv_ms": lambda at: math.nan if wave is None else p_terminal_force(wave[at[0]]),
    }


def cornell_product(cornell_mv: float, qrs_ms: float, *, female: bool) -> float:
    """Return the Cornell product in mV ms.

    Examples
    --------
    >>> cornell_product(1.8, 100.0, female=False), cornell_product(1.8, 100.0, female=True)
    (180.0, 240.0)
    """
    return (cornell_mv + WOMEN_ADD_MV * female) * qrs_ms


def p_terminal_force(wave: NDArray[np.float64]) -> float:
    """Return depth (below 0) times duration of the last, negative part of P in V1, mV ms (Morris et al. 1964).

    The 0.04 mm s of the criterion are -4 mV ms.
    """
    depth, duration_ms = terminal_negative_part(wave)
    return depth * duration_ms


def transition_zone(r_share: NDArray[np.float64]) -> float:
    """Return where, from 1 (V1) to 6 (V6), the positive part of QRS becomes as large as the negative one.

    0.5 when it is already in V1, 6.5 when it doesn't even in V6.

    Parameters
    ----------
    r_share : float64 (6,)
        Positive part of the height of QRS, V1 to V6.

    Examples
    --------
    >>> transition_zone(np.array([0.1, 0.2, 0.4, 0.6, 0.8, 0.9]))
    3.5
    """
    if np.isnan(r_share).any():
        return math.nan
    upright = np.flatnonzero(r_share >= 0.5)
    if upright.size == 0:
        return 6.5
    first = int(upright[0])
    if first == 0:
        return 0.5
    below, above = float(r_share[first - 1]), float(r_share[first])
    return first + (0.5 - below) / (above - below)

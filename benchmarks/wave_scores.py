"""Sensitivity, predictive value and errors in time of found P, QRS and T waves against those that a reader marked.

Convention (that of Moskalenko et al. 2019, doi:10.1007/978-3-030-30425-6_29, section 3.2, and of Kalyakulina et al.
2020, doi:10.1109/ACCESS.2020.3029211, made exact where their words leave a choice), lead by lead:

- A border (onset, peak or end of a wave) is found when one of the same kind lies within 150 ms (ANSI/AAMI EC57). Pairs
  are one to one, the nearest first, and each of the three borders is paired by itself.
- A border that was found but has no partner is a false positive only if the peak of its wave (where that is unknown,
  the border itself) lies between the first and the last mark of the lead: readers of LUDB leave the beats at both ends
  unmarked.
- Errors are found minus marked, over the pairs. A border that the reader did not set (-1) beside a peak that he did is
  left out on both sides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["BORDERS", "TOLERANCE_MS", "WAVES", "BorderScore", "Waves", "pair_nearest", "score", "score_rows"]

TOLERANCE_MS = 150.0
WAVES = {"p": "P", "N": "QRS", "t": "T"}
BORDERS = ("on", "peak", "off")
_LEAD_APART_MS = 1e7  # more than a record lasts: leads on one line of time, and no pair across two of them

Waves = Mapping[str, Mapping[str, NDArray[np.float64]]]
"""Lead to wave (``p``, ``N``, ``t``) to float64 (wave, [on, peak, off]), ms from the start; below 0 or NaN: unknown."""


@dataclass(frozen=True, slots=True)
class BorderScore:
    """How well one border of one wave was found.

    Attributes
    ----------
    wave, border : str
    n : int
        Marks of the reader.
    sensitivity, predictive_value : float in [0, 1]
        NaN without marks, or without anything found.
    error_ms : float64 (pair,)
        Found minus marked.
    unpaired : tuple of (record, lead, ms, ``missed`` or ``false``)
        For finding the worst records.
    """

    wave: str
    border: str
    n: int
    sensitivity: float
    predictive_value: float
    error_ms: NDArray[np.float64]
    unpaired: tuple[tuple[int, str, float, str], ...]


def pair_nearest(
    marked: NDArray[np.float64], found: NDArray[np.float64], *, tolerance: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return indices of marks and of found points that belong together: one to one, nearest pairs first.

    Parameters
    ----------
    marked, found : float64 (point,)
        In any order, no NaN.
    tolerance : float
        Of the same unit; a pair this far apart still counts.

    Examples
    --------
    >>> pair_nearest(np.array([100.0, 200.0]), np.array([110.0, 104.0, 500.0]), tolerance=150)
    (array([0, 1]), array([1, 0]))
    """
    order = np.argsort(found, kind="stable")
    low = np.searchsorted(found[order], marked - tolerance, side="left")
    high = np.searchsorted(found[order], marked + tolerance, side="right")
    mark = np.repeat(np.arange(marked.size), high - low)
    offset = np.arange(mark.size) - np.repeat(np.cumsum(high - low) - (high - low), high - low)
    candidate = order[np.repeat(low, high - low) + offset]
    nearest_first = np.argsort(np.abs(marked[mark] - found[candidate]), kind="stable")
    marks_free, found_free = np.ones(marked.size, bool), np.ones(found.size, bool)
    kept = []
    for k in nearest_first:
        if marks_free[mark[k]] and found_free[candidate[k]]:
            marks_free[mark[k]] = found_free[candidate[k]] = False
            kept.append(k)
    chosen = np.sort(np.array(kept, np.int64))
    return mark[chosen], candidate[chosen]


def score(found: Mapping[int, Waves], marked: Mapping[int, Waves], *, records: Iterable[int]) -> list[BorderScore]:
    """Return nine scores (three borders of three waves) over all marked leads of some records together.

    Parameters
    ----------
    found, marked : mapping of record to ``Waves``
        A record or lead that ``found`` lacks has no waves.
    records : iterable of int
    """
    lanes = [
        (record, lead, found.get(record, {}).get(lead, {}), waves)
        for record in records
        for lead, waves in marked[record].items()
    ]
    return [_border_score(lanes, wave, border) for wave in WAVES for border in range(3)]


def score_rows(scores: Iterable[BorderScore]) -> list[tuple[str, ...]]:
    """Return the lines of a table: wave, border, n, sensitivity, predictive value, mean and SD of the error."""
    return [
        (
            WAVES[one.wave],
            one.border,
            f"{one.n:,}",
            f"{100 * one.sensitivity:.2f}",
            f"{100 * one.predictive_value:.2f}",
            f"{one.error_ms.mean():+.1f}" if one.error_ms.size else "",
            f"{one.error_ms.std():.1f}" if one.error_ms.size else "",
        )
        for one in scores
    ]


def _border_score(lanes: list[tuple[int, str, Mapping, Mapping]], wave: str, border: int) -> BorderScore:
    marks, marks_lane, points, points_lane, counted = [], [], [], [], []
    for k, (_, _, found, marked) in enumerate(lanes):
        mark = _known(marked.get(wave), border)
        first, last = _marked_span(marked)
        wave_found = np.asarray(found.get(wave, np.empty((0, 3))), np.float64).reshape(-1, 3)
        wave_found = wave_found[~np.isnan(wave_found[:, border])]
        marks.append(mark)
        marks_lane.append(np.full(mark.size, k))
        points.append(wave_found[:, border])
        points_lane.append(np.full(len(wave_found), k))
        place = np.where(np.isnan(wave_found[:, 1]), wave_found[:, border], wave_found[:, 1])
        counted.append((place >= first) & (place <= last) & ~_beside(place, _peaks_alone(marked.get(wave), border)))
    mark, mark_lane, point, point_lane = (np.concatenate(all_) for all_ in (marks, marks_lane, points, points_lane))
    pairs = pair_nearest(mark + mark_lane * _LEAD_APART_MS, point + point_lane * _LEAD_APART_MS, tolerance=TOLERANCE_MS)
    missed = np.setdiff1d(np.arange(mark.size), pairs[0])
    false = np.setdiff1d(np.flatnonzero(np.concatenate(counted)), pairs[1])
    n_pairs = pairs[0].size
    unpaired = [(*lanes[mark_lane[k]][:2], float(mark[k]), "missed") for k in missed]
    unpaired += [(*lanes[point_lane[k]][:2], float(point[k]), "false") for k in false]
    return BorderScore(
        wave,
        BORDERS[border],
        mark.size,
        n_pairs / mark.size if mark.size else np.nan,
        n_pairs / (n_pairs + false.size) if n_pairs + false.size else np.nan,
        point[pairs[1]] - mark[pairs[0]],
        tuple(unpaired),
    )


def _known(marks: NDArray[np.float64] | None, border: int) -> NDArray[np.float64]:
    values = np.asarray(np.empty((0, 3)) if marks is None else marks, np.float64).reshape(-1, 3)[:, border]
    return values[values >= 0]


def _peaks_alone(marks: NDArray[np.float64] | None, border: int) -> NDArray[np.float64]:
    """Return the peaks of the waves whose border the reader did not set."""
    values = np.asarray(np.empty((0, 3)) if marks is None else marks, np.float64).reshape(-1, 3)
    return values[~(values[:, border] >= 0), 1]


def _beside(place: NDArray[np.float64], peaks: NDArray[np.float64]) -> NDArray[np.bool_]:
    return (np.abs(place[:, None] - peaks[None, :]) <= TOLERANCE_MS).any(axis=1)


def _marked_span(waves: Mapping[str, NDArray[np.float64]]) -> tuple[float, float]:
    """Return the first and the last mark of a lead; an empty span (inf, -inf) without any."""
    values = np.concatenate([_known(marks, border) for marks in waves.values() for border in range(3)] or [np.empty(0)])
    return (values.min(), values.max()) if values.size else (np.inf, -np.inf)

"""What every statistic of survival times checks before it computes, and the table of those at risk.

Times are in days since the ECG. An event and a censoring at the same time: the censored patient was still at risk.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from einthoven.errors import InvalidScoreError, StatisticsError, TooFewObservationsError
from einthoven.evaluation.statistics.binary_outcome import checked_weights, patient_codes

__all__ = ["ROUNDING", "RiskTable", "SurvivalTimes", "checked_scores", "risk_table", "survival_times"]

# a standard error below this is rounding
ROUNDING = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class SurvivalTimes:
    """Checked times.

    Attributes
    ----------
    time : float64 (record,), days
    cause : int64 (record,)
        0 censored, 1 the event, 2 and above competing events.
    patient : int64 (record,)
        Codes 0 .. patients - 1.
    patients : int
    weight : float64 (record,)
        1 where none were given.
    """

    time: NDArray[np.float64]
    cause: NDArray[np.int64]
    patient: NDArray[np.int64]
    patients: int
    weight: NDArray[np.float64]

    @property
    def event(self) -> NDArray[np.bool_]:
        """Whether the event itself was seen, bool (record,)."""
        return np.asarray(self.cause == 1)

    @property
    def counts(self) -> tuple[int, int, int]:
        """Records, events, patients."""
        return self.time.size, int(np.count_nonzero(self.cause == 1)), self.patients

    @property
    def repeated(self) -> bool:
        """Whether some patient has more than one record."""
        return self.patients < self.time.size


@dataclass(frozen=True, slots=True, eq=False)
class RiskTable:
    """The distinct times with the weight of what happens there.

    Attributes
    ----------
    time : float64 (time,), days
        Ascending.
    at_risk : float64 (time,)
        Neither had an event nor were censored before.
    failed : float64 (time,)
        With an event of any cause.
    failed_of_cause : float64 (time,)
        With cause 1.
    place : int64 (record,)
        Where each record's time is among ``time``.
    """

    time: NDArray[np.float64]
    at_risk: NDArray[np.float64]
    failed: NDArray[np.float64]
    failed_of_cause: NDArray[np.float64]
    place: NDArray[np.int64]


def survival_times(
    time: ArrayLike, event: ArrayLike, *, clusters: ArrayLike | None = None, weights: ArrayLike | None = None
) -> SurvivalTimes:
    """Return checked times.

    Parameters
    ----------
    time : (record,), days
        Not negative; NaN and infinity are refused.
    event : (record,)
        0 or False censored, 1 or True the event; whole numbers from 2 on are competing events.
    clusters : (record,), optional
        Patient of each record.
    weights : (record,), optional
        Finite and positive.

    Raises
    ------
    StatisticsError
        Lengths differ, a time is negative or not finite, or an event is none of the above.
    TooFewObservationsError
        There is no record.
    """
    times, causes = np.asarray(time, dtype=np.float64), np.asarray(event, dtype=np.float64)
    if times.ndim != 1 or times.shape != causes.shape:
        raise StatisticsError(f"time and event must be of one length, got {times.shape} and {causes.shape}")
    if times.size == 0:
        raise TooFewObservationsError("there is no record; at least one is needed")
    for name, values, wrong, accepted in (
        ("time", times, ~(np.isfinite(times) & (times >= 0)), "finite and not negative"),
        ("event", causes, ~np.isin(causes, np.arange(10)), "0 (censored), 1 (event) or 2 to 9 (competing events)"),
    ):
        if wrong.any():
            first = int(np.flatnonzero(wrong)[0])
            raise StatisticsError(f"{name} must be {accepted}, got {values[first]} at position {first}")
    codes, patients = patient_codes(clusters, n=times.size)
    weight = checked_weights(weights, n=times.size)
    return SurvivalTimes(
        times, causes.astype(np.int64), codes, patients, np.ones(times.size) if weight is None else weight
    )


def checked_scores(score: ArrayLike, *, n: int) -> NDArray[np.float64]:
    """Return finite scores, one per record; others are refused."""
    scores = np.asarray(score, dtype=np.float64)
    if scores.shape != (n,):
        raise StatisticsError(f"score must be one number for each of the {n} records, got shape {scores.shape}")
    if not np.isfinite(scores).all():
        first = int(np.flatnonzero(~np.isfinite(scores))[0])
        raise InvalidScoreError(f"scores must be finite numbers, got {scores[first]} at position {first}")
    return scores


def risk_table(data: SurvivalTimes) -> RiskTable:
    """Return the table of those at risk, each record counted with its weight.

    Examples
    --------
    >>> risk_table(survival_times([5, 3, 5, 8], [1, 0, 1, 0])).at_risk
    array([4., 3., 1.])
    """
    time, place = np.unique(data.time, return_inverse=True)
    place = place.reshape(-1)
    kinds = (np.ones(data.time.size), data.cause > 0, data.cause == 1)
    leaving, failed, of_cause = (np.bincount(place, data.weight * kind).astype(np.float64) for kind in kinds)
    return RiskTable(time, np.cumsum(leaving[::-1])[::-1], failed, of_cause, place)

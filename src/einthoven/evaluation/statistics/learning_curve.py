"""Learning curves: macro AUROC against the number of labels, over several draws of the labelled records.

Two things make such a curve uncertain: which records were drawn to be labelled, and which patients are in the test set.
Every draw is tested on the same patients, so the two are crossed: a patient who is hard for one draw is hard for all.
``LearningCurve`` keeps what is needed to account for both.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from einthoven.errors import StatisticsError, TooFewObservationsError
from einthoven.evaluation.estimate import Curve
from einthoven.evaluation.statistics.area_replicates import area_replicates
from einthoven.evaluation.statistics.label_table import LabelTable, label_table

__all__ = ["LearningCurve", "learning_band", "learning_curve", "learning_curve_of_areas", "two_way_error"]


@dataclass(frozen=True, slots=True, eq=False)
class LearningCurve:
    """Areas of one arm.

    Attributes
    ----------
    sizes : int64 (size,)
        Numbers of labels, ascending.
    area : float64 (draw, size)
        Macro average.
    influence : float64 (patient, draw, size)
        Of each test patient on each area; no patients where only areas are known.
    replicates : float64 (resample, draw, size)
        Areas when test patients are resampled, the same patients in each draw and size; no rows where areas alone are
        known.
    records, events, patients : int
        Of the test set: records, positives over all labels, patients.
    """

    sizes: NDArray[np.int64]
    area: NDArray[np.float64]
    influence: NDArray[np.float64]
    replicates: NDArray[np.float64]
    records: int = 0
    events: int = 0
    patients: int = 0


def learning_curve(
    scores: ArrayLike,
    truth: ArrayLike,
    *,
    sizes: Sequence[int],
    clusters: ArrayLike | None = None,
    labels: Sequence[str] | None = None,
    resamples: int = 1000,
    seed: int = 0,
) -> LearningCurve:
    """Return the learning curve of an arm from its scores of the test set.

    Arms whose curves are compared have to be given the same truth, patients, resamples and seed: their resamples are
    then of the same patients.

    Parameters
    ----------
    scores : float64 (draw, size, record, label)
        Finite wherever the truth is known; any scale.
    truth : (record, label)
        0, 1, or NaN where unknown. Labels with one class are left out.
    sizes : sequence of int (size,)
        Ascending.
    clusters : (record,), optional
        Patient of each record; without, each record has its own.
    labels : sequence of str (label,), optional
    resamples, seed : int
        Of test patients, within strata of their rarest class (see ``bootstrap``); 0 resamples none.

    Raises
    ------
    StatisticsError
        Arrays don't fit each other, or sizes don't ascend.
    InvalidScoreError, OneClassError
        As ``macro_auroc``.

    Examples
    --------
    >>> scores = np.array([[0.1, 0.4, 0.35, 0.8], [0.1, 0.3, 0.4, 0.8]]).reshape(1, 2, 4, 1)
    >>> learning_curve(scores, [[0], [0], [1], [1]], sizes=[64, 128], resamples=10).area
    array([[0.75, 1.  ]])
    """
    values, known = np.asarray(scores, dtype=np.float64), np.asarray(truth, dtype=np.float64)
    if values.ndim != 4 or known.ndim != 2 or values.shape[2:] != known.shape:
        raise StatisticsError(
            f"scores must be (draw, size, record, label) of a truth (record, label), got {values.shape} and "
            f"{known.shape}"
        )
    draws, n_sizes = values.shape[:2]
    checked = _checked_sizes(sizes, n_sizes)
    clusters = np.arange(known.shape[0]) if clusters is None else clusters
    found = [
        _one(values[draw, size], known, clusters=clusters, labels=labels, resamples=resamples, seed=seed)
        for draw in range(draws)
        for size in range(n_sizes)
    ]
    table = found[0].table
    area = np.array([one.area for one in found]).reshape(draws, n_sizes)
    influence = np.stack([one.influence for one in found], axis=-1).reshape(-1, draws, n_sizes)
    replicates = np.stack([one.replicates for one in found], axis=-1).reshape(-1, draws, n_sizes)
    return LearningCurve(checked, area, influence, replicates, *table.counts)


def learning_curve_of_areas(area: ArrayLike, *, sizes: Sequence[int]) -> LearningCurve:
    """Return the learning curve of areas that were published or kept without scores; test patients can't be resampled.

    Parameters
    ----------
    area : float64 (draw, size)
    sizes : sequence of int (size,)

    Raises
    ------
    StatisticsError
        An area lies outside [0, 1], or sizes don't ascend.

    Examples
    --------
    >>> learning_curve_of_areas([[0.7, 0.8], [0.6, 0.9]], sizes=[64, 128]).area.mean(axis=0)
    array([0.65, 0.85])
    """
    values = np.asarray(area, dtype=np.float64)
    if values.ndim != 2 or not values.size:
        raise StatisticsError(f"areas must be (draw, size), got shape {values.shape}")
    if not ((values >= 0) & (values <= 1)).all():
        raise StatisticsError("areas under the ROC curve lie between 0 and 1, and each draw has one at every size")
    checked = _checked_sizes(sizes, values.shape[1])
    return LearningCurve(checked, values, np.empty((0, *values.shape)), np.empty((0, *values.shape)))


def learning_band(curve: LearningCurve, *, level: float = 0.95) -> Curve:
    """Return the mean over draws at each size, with its interval over draws and test patients.

    Examples
    --------
    >>> learning_band(learning_curve_of_areas([[0.7, 0.8], [0.6, 0.9]], sizes=[64, 128])).y
    array([0.65, 0.85])
    """
    mean = curve.area.mean(axis=0)
    half = np.empty(mean.size)
    for size in range(mean.size):
        error, freedom = two_way_error(curve.area[:, size], curve.influence[:, :, size])
        half[size] = stats.t.ppf((1 + level) / 2, freedom) * error
    names = ("labelled ECGs", "macro AUROC")
    low, high = np.clip(mean - half, 0, 1), np.clip(mean + half, 0, 1)
    return Curve(curve.sizes.astype(np.float64), mean, names, low, high)


def two_way_error(values: NDArray[np.float64], influence: NDArray[np.float64]) -> tuple[float, float]:
    """Return the standard error of a mean over draws, and its degrees of freedom.

    The variance is ``s^2 / D + sum over patients of (mean influence over draws)^2``: the first term holds what differs
    between draws, the second what another set of test patients would change in all of them. What a patient does in one
    draw alone is in both terms, so that the error is never too small, and too large by ``1 / D`` of that part. Degrees
    of freedom are Satterthwaite's [1]_, those of the second term the number of patients less one.

    Parameters
    ----------
    values : float64 (draw,)
    influence : float64 (patient, draw)
        No patients where test scores are not known; then the error is that of draws alone.

    Raises
    ------
    TooFewObservationsError
        With one draw its spread is not known.

    References
    ----------
    .. [1] Satterthwaite, Biometrics Bulletin 2:110 (1946), doi:10.2307/3002019

    Examples
    --------
    >>> error, freedom = two_way_error(np.array([0.7, 0.8, 0.9]), np.empty((0, 3)))
    >>> round(error, 4), freedom
    (0.0577, 2.0)
    """
    draws, patients = values.size, influence.shape[0]
    if draws < 2:
        raise TooFewObservationsError(f"the spread over draws needs at least 2 of them, got {draws}")
    of_draws = float(values.var(ddof=1)) / draws
    of_patients = 0.0
    if patients > 1:
        of_patients = float((influence.mean(axis=1) ** 2).sum()) * patients / (patients - 1)
    together = of_draws + of_patients
    if together == 0:
        return 0.0, float(draws - 1)
    parts = of_draws**2 / (draws - 1) + (of_patients**2 / (patients - 1) if patients > 1 else 0.0)
    return math.sqrt(together), together**2 / parts


@dataclass(frozen=True, slots=True, eq=False)
class _Tested:
    """One draw at one size: area, ``influence`` (patient,), ``replicates`` (resample,)."""

    area: float
    influence: NDArray[np.float64]
    replicates: NDArray[np.float64]
    table: LabelTable


def _one(
    score: NDArray[np.float64],
    truth: NDArray[np.float64],
    *,
    clusters: ArrayLike,
    labels: Sequence[str] | None,
    resamples: int,
    seed: int,
) -> _Tested:
    table = label_table(score, truth, clusters=clusters, labels=labels)
    found = area_replicates(table, "auroc", resamples=max(1, resamples), seed=seed)
    replicates = found.replicates.mean(axis=1)[:resamples]
    return _Tested(float(found.area.mean()), found.influence.mean(axis=1), replicates, table)


def _checked_sizes(sizes: Sequence[int], count: int) -> NDArray[np.int64]:
    checked = np.asarray(sizes, dtype=np.int64)
    if checked.shape != (count,) or checked.size < 1 or checked[0] < 1 or (np.diff(checked) <= 0).any():
        raise StatisticsError(
            f"sizes must be {count} ascending numbers of labels from 1, one for each column, got {list(sizes)}"
        )
    return checked

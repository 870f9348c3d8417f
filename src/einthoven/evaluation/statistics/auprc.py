"""Area under the precision-recall curve as average precision."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.statistics.area_replicates import area_replicates
from einthoven.evaluation.statistics.bca_interval import Interval, Resampled, bca_interval
from einthoven.evaluation.statistics.binary_outcome import BinaryOutcome, binary_outcome
from einthoven.evaluation.statistics.label_table import label_table

__all__ = ["auprc"]

# with fewer patients with the outcome the bootstrap covers too rarely (90 % at 20 of 400, 82 % at 3 of 200)
FEW_PATIENTS = 30


def auprc(
    score: ArrayLike,
    truth: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> Estimate:
    """Return the average precision: ``sum over thresholds of (recall_k - recall_(k-1)) * precision_k``.

    No interpolation between points, which would be optimistic [1]_; equal scores are one threshold. A score without
    information has an average precision near the prevalence, not 0.5.

    The interval is BCa [2]_ over patients resampled within their class, or what stands in for it (see
    ``bca_interval``); it is that of the average precision at this sample's prevalence. With fewer than 30 patients
    with the outcome it is Boyd's logit interval [3]_, ``logit(A) -+ t / sqrt(m A (1 - A))`` with m those patients; with
    fewer than 2 there is none. At exactly 1 no resample differs: there the lower bound is the exact binomial one of the
    share of positives that rank above all these negatives, which all did: the average precision is at least that share.

    Parameters
    ----------
    score : float64 (record,)
        Higher means more likely positive; any scale.
    truth : 0 or 1 (record,)
    clusters : (record,), optional
        Patient of each record.
    weights : (record,), optional
        How much each record counts; all records of a patient are drawn together with their weights.
    level : float in (0, 1)
    resamples, seed : int
        From a million records on nothing is resampled: the interval is the linearised one.

    Raises
    ------
    InvalidScoreError
        A score is NaN or infinite.
    OneClassError
        No positives or no negatives.

    References
    ----------
    .. [1] Davis and Goadrich, ICML (2006), doi:10.1145/1143844.1143874
    .. [2] Efron, Journal of the American Statistical Association 82:171 (1987), doi:10.1080/01621459.1987.10478410
    .. [3] Boyd, Eng and Page, ECML PKDD (2013), doi:10.1007/978-3-642-40994-3_29

    Examples
    --------
    >>> round(auprc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]).value, 4)
    0.8333
    """
    data = binary_outcome(score, truth, clusters=clusters, weights=weights)
    known = data.truth.astype(np.float64)[:, None]
    patient = None if clusters is None else data.patient
    table = label_table(data.score[:, None], known, clusters=patient, weights=data.weight)
    with_outcome = int(np.unique(data.patient[data.truth]).size)
    drawn = resamples if with_outcome >= FEW_PATIENTS else 1
    found = area_replicates(table, "average_precision", resamples=drawn, seed=seed)
    value = float(found.area[0])
    if math.isclose(value, 1.0, abs_tol=1e-12):
        low = ((1 - level) / 2) ** (1 / with_outcome)
        method = f"exact binomial on {with_outcome} patients with the outcome (the bootstrap has no width at 1)"
        interval = Interval(low, 1.0, method)
    elif with_outcome < FEW_PATIENTS:
        interval = _few(data, value, patients=with_outcome, level=level)
    else:
        resampled = Resampled(value, found.replicates[:, 0], found.influence[:, 0], found.stratum)
        interval = bca_interval(resampled, level=level)
    return Estimate(value, interval.low, interval.high, data.n, data.events, data.patients, interval.method, level)


def _few(data: BinaryOutcome, value: float, *, patients: int, level: float) -> Interval:
    if patients < 2:
        return Interval(0.0, 1.0, "no interval: fewer than 2 patients with the outcome")
    effective = float(patients)
    if data.weight is not None:
        # Kish's effective number of the patients with the outcome
        total = np.bincount(data.patient[data.truth], data.weight[data.truth])
        effective = float(total.sum() ** 2 / (total**2).sum())
    centre = math.log(value / (1 - value))
    reach = float(stats.t.ppf((1 + level) / 2, patients - 1)) / math.sqrt(effective * value * (1 - value))
    low, high = (1 / (1 + math.exp(-limit)) for limit in (centre - reach, centre + reach))
    return Interval(low, high, f"logit (Boyd) on {patients} patients with the outcome")

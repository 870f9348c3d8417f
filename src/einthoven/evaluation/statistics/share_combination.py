"""A weighted sum of shares of the same records, such as net benefit, with an interval that few events don't break.

The shares are those of exclusive or overlapping kinds of records (true positives, false positives), so they are
correlated, and each is seldom. Their normal interval is too short where one of them rests on a handful of records.
MOVER (method of variance estimates recovery) joins the binomial interval of each share with their correlation instead;
where counts are large it is the normal interval.

References
----------
.. [1] Zou, Huang and Zhang, Computational Statistics & Data Analysis 53:1080 (2009), doi:10.1016/j.csda.2008.09.033
.. [2] Rao and Scott, Biometrics 48:577 (1992), doi:10.2307/2532311
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

from einthoven.evaluation.statistics.binary_outcome import BinaryOutcome

__all__ = ["FEW", "ShareMoments", "combination_interval", "combination_p_value", "few", "interval_method", "moments"]

# with fewer events, or fewer non-events, the binomial interval is the exact one, which covers at least its level
FEW = 30


@dataclass(frozen=True, slots=True, eq=False)
class ShareMoments:
    """Shares of the same records with their covariance.

    Attributes
    ----------
    share : float64 (..., share)
    covariance : float64 (..., share, share)
        With sums over patients.
    spread : float64 (..., share)
        The variance of each, were every record of another patient.
    records, patients : int
    effective : float
        Independent records that the weights of the patients amount to; used where a share of 0 or 1 shows no variance.
    """

    share: NDArray[np.float64]
    covariance: NDArray[np.float64]
    spread: NDArray[np.float64]
    records: int
    patients: int
    effective: float


def moments(hits: NDArray[np.bool_], data: BinaryOutcome) -> ShareMoments:
    """Return the shares of hits, bool (share, record), with their covariance over patients.

    A share is ``sum(w * hit) / sum(w)``. Its deviations are summed within each patient (linearisation), and the
    covariance has the factor ``patients / (patients - 1)``; it is NaN with a single patient.
    """
    weight = np.ones(data.n) if data.weight is None else data.weight
    of_patient = np.bincount(data.patient, weight, data.patients)
    total = float(of_patient.sum())
    sums = np.stack([np.bincount(data.patient, weight * hit, data.patients) for hit in hits])
    share = sums.sum(axis=1) / total
    deviation = sums - share[:, None] * of_patient
    factor = data.patients / (data.patients - 1) if data.patients > 1 else np.nan
    covariance = deviation @ deviation.T * (factor / total**2)
    spread = np.array([np.sum((weight * (hit - p)) ** 2) for hit, p in zip(hits, share, strict=True)])
    spread *= data.n / max(data.n - 1, 1) / total**2
    return ShareMoments(share, covariance, spread, data.n, data.patients, total**2 / float(of_patient @ of_patient))


def few(data: BinaryOutcome) -> bool:
    """Return whether there are fewer than 30 events or fewer than 30 non-events."""
    return min(data.events, data.n - data.events) < FEW


def interval_method(data: BinaryOutcome) -> str:
    """Return in words how the interval of a combination is made on these data."""
    binomial = f"exact binomial intervals (fewer than {FEW} events or non-events)" if few(data) else "Wilson intervals"
    clustered = ", clustered by patient" if data.repeated else ""
    return f"MOVER of {binomial}{clustered}"


def combination_interval(
    found: ShareMoments, coefficient: NDArray[np.float64], *, exact: bool, level: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return value, low and high of ``sum(coefficient * share)``.

    ``low = value - sqrt(sum over i, j of r_ij d_i d_j)``, where ``d_i`` is ``coefficient_i`` times the distance from
    share i to the limit of its own binomial interval that lowers the sum, and ``r_ij`` the correlation of the shares
    [1]_. A share's number of records is the one that gives its variance over patients (design effect, never below 1)
    [2]_; quantiles are Student's with ``patients - 1`` degrees of freedom.

    Parameters
    ----------
    found : ShareMoments
        At least 2 patients.
    coefficient : float64 (..., share)
    exact : bool
        Clopper and Pearson's interval of each share instead of Wilson's.
    level : float in (0, 1)
    """
    share = np.clip(found.share, 0.0, 1.0)
    variance = np.maximum(np.diagonal(found.covariance, axis1=-2, axis2=-1), 0.0)
    # a share of 0 or 1 has no variance but for rounding
    seen = (variance > 1e-15 / found.records) & (share > 0) & (share < 1)
    size = np.full(share.shape, found.effective)
    # a design effect of repeated patients below 1 is chance
    np.divide(share * (1 - share), np.maximum(variance, found.spread), out=size, where=seen)
    reach = float(-special.stdtrit(found.patients - 1, (1 - level) / 2))
    low, high = (_exact if exact else _wilson)(share, size, reach)
    down = np.where(coefficient > 0, share - low, high - share) * np.abs(coefficient)
    up = np.where(coefficient > 0, high - share, share - low) * np.abs(coefficient)
    error = np.where(seen, np.sqrt(variance), np.inf)
    correlation = found.covariance / (error[..., :, None] * error[..., None, :])
    correlation = correlation * np.sign(coefficient)[..., :, None] * np.sign(coefficient)[..., None, :]
    places = np.arange(share.shape[-1])
    correlation[..., places, places] = 1.0
    value = np.sum(coefficient * share, axis=-1)
    return value, value - _length(down, correlation), value + _length(up, correlation)


def combination_p_value(found: ShareMoments, coefficient: NDArray[np.float64], *, exact: bool) -> float:
    """Return the p value of a sum of 0: 1 - the level whose interval just reaches 0, so that both always agree."""
    if float(np.sum(coefficient * found.share)) == 0.0:
        return 1.0

    def margin(log_p: float) -> float:
        value, low, high = combination_interval(found, coefficient, exact=exact, level=1 - np.exp(log_p))
        return float(low if value > 0 else -high)

    smallest = np.log(1e-14)
    if margin(smallest) > 0:
        return 1e-14
    if margin(np.log1p(-1e-9)) <= 0:
        return 1.0
    return float(np.exp(optimize.brentq(margin, smallest, np.log1p(-1e-9), xtol=1e-9)))


def _wilson(share: Any, size: Any, reach: float) -> tuple[Any, Any]:
    shrunk = 1 + reach**2 / size
    centre = (share + reach**2 / (2 * size)) / shrunk
    half = reach * np.sqrt(share * (1 - share) / size + reach**2 / (4 * size**2)) / shrunk
    return np.minimum(centre - half, share), np.maximum(centre + half, share)


def _exact(share: Any, size: Any, reach: float) -> tuple[Any, Any]:
    tail = float(special.ndtr(-reach))
    hits = share * size
    low = np.where(hits > 0, special.betaincinv(np.maximum(hits, 1e-12), size - hits + 1, tail), 0.0)
    high = np.where(hits < size, special.betainccinv(hits + 1, np.maximum(size - hits, 1e-12), tail), 1.0)
    return np.minimum(low, share), np.maximum(high, share)


def _length(step: Any, correlation: Any) -> Any:
    return np.sqrt(np.maximum(np.einsum("...i,...ij,...j->...", step, correlation, step), 0.0))

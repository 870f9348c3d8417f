"""Observed against expected events by a horizon: calibration in the large of predicted risks of survival.

References
----------
.. [1] McLernon et al., Annals of Internal Medicine 176:105 (2023), doi:10.7326/M22-0844
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from einthoven.errors import InvalidScoreError
from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.statistics.cumulative_incidence import incidence_estimate, incidence_influence
from einthoven.evaluation.statistics.survival_times import checked_scores, risk_table, survival_times

__all__ = ["observed_expected"]


def observed_expected(
    risk: ArrayLike,
    time: ArrayLike,
    event: ArrayLike,
    *,
    horizon: float,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate:
    """Return the cumulative incidence by ``horizon`` divided by the mean predicted risk; 1 is calibrated in the large.

    The interval is normal on the log scale, with the infinitesimal jackknife's error of both, sums over patients.

    Parameters
    ----------
    risk : float64 (record,)
        Predicted probability of the event by the horizon, in [0, 1]; NaN is refused.
    time : float64 (record,), days
    event : int (record,)
        0 censored, 1 the event, 2 to 9 competing events.
    horizon : float, days
        Without an event by then, or beyond the follow-up, the ratio is undefined with a reason.
    clusters, weights : (record,), optional
        Patient of each record, and positive sampling weights.
    level : float in (0, 1)

    Examples
    --------
    >>> round(observed_expected([0.5, 0.2, 0.3, 0.4], [5, 20, 10, 30], [1, 0, 1, 0], horizon=15).value, 3)
    1.429
    """
    data = survival_times(time, event, clusters=clusters, weights=weights)
    predicted = checked_scores(risk, n=data.time.size)
    if ((predicted < 0) | (predicted > 1)).any():
        first = int(np.flatnonzero((predicted < 0) | (predicted > 1))[0])
        raise InvalidScoreError(f"risks must lie in [0, 1], got {predicted[first]} at position {first}")
    table = risk_table(data)
    observed = incidence_estimate(data, table, horizon=horizon, level=level)
    records, events, patients = data.counts
    method = "log scale, infinitesimal jackknife" + (", clustered by patient" if data.repeated else "")
    expected = float(np.average(predicted, weights=data.weight))
    if observed.reason or observed.value <= 0 or expected <= 0 or patients < 2:
        nobody = f"nobody has the event by {horizon:g} days, no risk is predicted, or there is a single patient"
        reason = observed.reason or nobody
        return Estimate.undefined(reason, n=records, events=events, clusters=patients, method=method)
    _, influence = incidence_influence(data, table, horizon=horizon)
    share = data.weight / data.weight.sum()
    sums = np.bincount(data.patient, influence / observed.value - share * (predicted / expected - 1), patients)
    reach = float(special.ndtri((1 + level) / 2)) * math.sqrt(float(sums @ sums))
    value = observed.value / expected
    return Estimate(value, value * math.exp(-reach), value * math.exp(reach), *data.counts, method, level)

"""Each patient's influence on a metric of a group: its derivative by how often the patient counts.

Its sum of squares over patients is the variance by linearisation (infinitesimal jackknife [1]_); intervals of
``bca_interval`` take their acceleration from it.

References
----------
.. [1] Jaeckel, The Infinitesimal Jackknife (1972); Efron, Biometrika 68:589 (1981), doi:10.1093/biomet/68.3.589
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from einthoven.evaluation.statistics.binary_outcome import BinaryOutcome
from einthoven.evaluation.statistics.ranked_scores import area_influence, rank_scores

__all__ = ["group_influence", "share_members"]


def group_influence(
    metric: str,
    data: BinaryOutcome,
    member: NDArray[np.bool_],
    *,
    called: NDArray[np.bool_] | None = None,
    probability: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """Return the influence of each patient on a metric of ``group_bootstrap``, float64 (patient,); it sums to 0.

    Parameters
    ----------
    metric : str
        ``auroc``, one of ``SHARES`` (needs ``called``), or ``observed_expected`` (needs ``probability``).
    data : BinaryOutcome
    member : bool (record,)
        The group; the metric must be defined on it.
    called, probability : (record,), optional

    Examples
    --------
    >>> data = BinaryOutcome(np.arange(4.0), np.array([True, True, True, False]), np.arange(4), 4)
    >>> group_influence("sensitivity", data, np.ones(4, dtype=bool), called=np.array([True, True, False, True]))
    array([ 0.1111,  0.1111, -0.2222,  0.    ])
    """
    weight = np.ones(data.n) if data.weight is None else data.weight
    inside = np.flatnonzero(member)
    if metric == "auroc":
        ranked = rank_scores(data.score[inside], data.truth[inside])
        records = inside[ranked.order]
        values = area_influence(ranked, weight[records], area="auroc")
    elif metric == "observed_expected" and probability is not None:
        records, expected = inside, float(weight[inside] @ probability[inside])
        observed = float(weight[inside] @ data.truth[inside])
        values = weight[inside] * (data.truth[inside] - observed / expected * probability[inside]) / expected
    else:
        hit, counted = share_members(metric, data.truth, called)
        records = np.flatnonzero(member & counted)
        total = float(weight[records].sum())
        share = float(weight[records] @ hit[records]) / total
        values = weight[records] * (hit[records] - share) / total
    return np.asarray(np.bincount(data.patient[records], values, data.patients), dtype=np.float64)


def share_members(
    metric: str, truth: NDArray[np.bool_], called: NDArray[np.bool_] | None
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which records are a hit of a share, and which are counted in its denominator.

    Examples
    --------
    >>> hit, counted = share_members("ppv", np.array([True, False, True]), np.array([True, True, False]))
    >>> hit, counted
    (array([ True, False, False]), array([ True,  True, False]))
    """
    if called is None:
        raise ValueError(f"{metric} needs the calls")  # our own mistake, never the user's
    right = called == truth
    counted = {
        "sensitivity": truth,
        "specificity": ~truth,
        "ppv": called,
        "npv": ~called,
        "accuracy": np.ones(truth.size, dtype=np.bool_),
    }[metric]
    return right & counted, counted

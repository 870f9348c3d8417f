"""Net reclassification improvement of one risk over another, with cut-offs or without.

Never the only evidence. A net reclassification can be positive for a marker that is pure noise, if it makes risks more
extreme or is not calibrated [2]_ [3]_, and the continuous one most of all; no proper scoring rule lies behind it. Both
risks have to be calibrated on these records, and the parts have to be read one by one: their sum weighs an event and a
non-event alike, whatever each decision costs. Say beside it the change in AUROC, in net benefit and in calibration. The
intervals hold for risks that were fitted elsewhere, never for models fitted on these very records.

References
----------
.. [1] Pencina, D'Agostino and Steyerberg, Statistics in Medicine 30:11 (2011), doi:10.1002/sim.4085
.. [2] Hilden and Gerds, Statistics in Medicine 33:3405 (2014), doi:10.1002/sim.5804
.. [3] Pepe, Fan, Feng, Gerds and Hilden, Statistics in Biosciences 7:282 (2015), doi:10.1007/s12561-014-9118-0
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from einthoven.errors import SpecificationError
from einthoven.evaluation.estimate import TestResult
from einthoven.evaluation.statistics.area_difference import FEW_PATIENTS
from einthoven.evaluation.statistics.binary_outcome import BinaryOutcome, binary_outcome
from einthoven.evaluation.statistics.class_change import ClassChange, class_change
from einthoven.evaluation.statistics.mcnemar_test import mcnemar_test

__all__ = ["net_reclassification"]


def net_reclassification(
    risks_a: ArrayLike,
    risks_b: ArrayLike,
    truth: ArrayLike,
    *,
    cut_offs: Sequence[float] = (),
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> ClassChange:
    """Return the net reclassification improvement of risk ``a`` over risk ``b``, by class and in total.

    Events: ``P(up | event) - P(down | event)``; non-events: ``P(down | non-event) - P(up | non-event)``; total: their
    sum, between -2 and 2. Up means a higher category with ``cut_offs``, and any higher value without (the continuous
    version). Variance and edge cases as in ``class_change``; the part of a class with fewer than 30 patients is tested
    exactly, as McNemar does. The module says why it is never the only evidence.

    Parameters
    ----------
    risks_a, risks_b : float64 (record,)
        On one scale, as a rule probabilities: the new risk and the old one. Without ``cut_offs`` they may be categories
        already, for example the 0/1 calls of two scores at their own cut-offs; the total is then the change in
        sensitivity + specificity.
    truth : 0 or 1 (record,)
    cut_offs : sequence of float
        Ascending; a risk of at least a cut-off lies above it.
    clusters, weights : (record,), optional
    level : float in (0, 1)

    Raises
    ------
    InvalidScoreError, OneClassError
        A risk is NaN; a class is missing.
    SpecificationError
        The cut-offs don't ascend.

    References
    ----------
    .. [1] Pencina et al., Statistics in Medicine 30:11 (2011), doi:10.1002/sim.4085

    Examples
    --------
    >>> found = net_reclassification(
    ...     [0.3, 0.6, 0.1, 0.1], [0.2, 0.7, 0.3, 0.1], [1, 1, 0, 0], cut_offs=[0.25])
    >>> found.events.difference.value, found.nonevents.difference.value, found.total.difference.value
    (0.5, 0.5, 1.0)
    """
    new = binary_outcome(risks_a, truth, clusters=clusters, weights=weights)
    old = binary_outcome(risks_b, truth)
    borders = np.asarray(cut_offs, dtype=np.float64)
    if (np.diff(borders) <= 0).any() or not np.isfinite(borders).all():
        raise SpecificationError(f"cut-offs must ascend, got {', '.join(f'{one:g}' for one in borders)}")
    up, down = (new.score, old.score)
    if borders.size:
        up, down = (np.digitize(one, borders).astype(np.float64) for one in (up, down))
    what = f"net reclassification at {', '.join(f'{one:g}' for one in borders)}" if borders.size else ""
    change = np.sign(up - down)
    method = what or "net reclassification"
    found = class_change(change, new, method=method, level=level, sample_variance=False)
    events = _exact_if_few(found.events, change, new, chosen=new.truth, level=level)
    nonevents = _exact_if_few(found.nonevents, -change, new, chosen=~new.truth, level=level)
    return ClassChange(events, nonevents, found.total)


def _exact_if_few(
    part: TestResult, gain: NDArray[np.float64], data: BinaryOutcome, *, chosen: NDArray[np.bool_], level: float
) -> TestResult:
    # who moves the right way against who moves the wrong way is McNemar's question
    if part.difference.clusters >= FEW_PATIENTS:
        return part
    weight = None if data.weight is None else data.weight[chosen]
    exact = mcnemar_test(gain[chosen] > 0, gain[chosen] < 0, clusters=data.patient[chosen], weights=weight, level=level)
    method = f"net reclassification, {exact.method}"
    estimate = dataclasses.replace(exact.difference, events=part.difference.events, method=method)
    return TestResult(estimate, exact.statistic, exact.p_value, method)

"""Tests of the difference between two areas under the ROC curve (DeLong 1988)."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from einthoven.errors import SpecificationError
from einthoven.evaluation.estimate import Estimate, TestResult
from einthoven.evaluation.statistics.auroc import delong_method
from einthoven.evaluation.statistics.binary_outcome import binary_outcome
from einthoven.evaluation.statistics.delong import delong_covariance, placements

__all__ = ["Alternative", "delong_test", "delong_test_unpaired"]

Alternative = Literal["two-sided", "greater", "less"]


def delong_test(
    scores_a: ArrayLike,
    scores_b: ArrayLike,
    truth: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    alternative: Alternative = "two-sided",
    level: float = 0.95,
) -> TestResult:
    """Return the test of ``AUROC(a) - AUROC(b)`` on the same records.

    ``z = (A_a - A_b) / sqrt(var_a + var_b - 2 cov_ab)`` against the normal distribution [1]_. Two scores that rank the
    records alike differ by nothing: statistic 0, p = 1. Where the areas differ but the variance is 0 (one of them
    perfect, the other constant, say) no p value exists: it is NaN, and the difference says why.

    Parameters
    ----------
    scores_a, scores_b : float64 (record,)
        In the same order of records; the scales may differ.
    truth : 0 or 1 (record,)
    clusters : (record,), optional
        Patient of each record; with repeated patients the covariance is Obuchowski's [2]_.
    alternative : {"two-sided", "greater", "less"}
        ``greater``: a's area is the greater one.
    level : float in (0, 1)
        Coverage of the interval of the difference, two-sided whatever the alternative.

    Raises
    ------
    InvalidScoreError, OneClassError
        As for the area itself.

    References
    ----------
    .. [1] DeLong et al., Biometrics 44:837 (1988), doi:10.2307/2531595
    .. [2] Obuchowski, Biometrics 53:567 (1997), doi:10.2307/2533958

    Examples
    --------
    >>> truth = [0, 0, 1, 1, 1, 0]
    >>> result = delong_test([0.1, 0.4, 0.35, 0.8, 0.7, 0.2], [0.3, 0.4, 0.2, 0.6, 0.7, 0.5], truth)
    >>> round(result.difference.value, 3), round(result.statistic, 3), round(result.p_value, 3)
    (0.222, 0.894, 0.371)
    """
    data = binary_outcome(scores_a, truth, clusters=clusters)
    other = binary_outcome(scores_b, truth, clusters=clusters)
    ranked = [placements(data.score, data.truth), placements(other.score, data.truth)]
    covariance = delong_covariance(ranked, data.truth, patient=data.patient, patients=data.patients)
    difference = ranked[0].auroc - ranked[1].auroc
    variance = float(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1])
    # equal rankings leave a variance of rounding errors, which must not become a p value
    if difference == 0.0 and variance <= 1e-12 * float(np.trace(covariance)):
        variance = 0.0
    method = f"paired {delong_method(data)}"
    return _result(
        difference, variance, counts=(data.n, data.events, data.patients), method=method, level=level,
        alternative=alternative,
    )  # fmt: skip


def delong_test_unpaired(
    sample_a: tuple[ArrayLike, ArrayLike],
    sample_b: tuple[ArrayLike, ArrayLike],
    *,
    alternative: Alternative = "two-sided",
    level: float = 0.95,
) -> TestResult:
    """Return the test of ``AUROC(a) - AUROC(b)`` on two independent groups of patients, one record each.

    ``D = (A_a - A_b) / sqrt(var_a + var_b)`` against Student's t with Welch's degrees of freedom, as R's
    pROC does [1]_.

    Parameters
    ----------
    sample_a, sample_b : pair of (score, truth), each (record,)
        The groups must not share patients.
    alternative : {"two-sided", "greater", "less"}
    level : float in (0, 1)

    Raises
    ------
    InvalidScoreError, OneClassError
        As for the area itself.

    References
    ----------
    .. [1] Robin et al., BMC Bioinformatics 12:77 (2011), doi:10.1186/1471-2105-12-77

    Examples
    --------
    >>> women = ([0.1, 0.4, 0.35, 0.8, 0.7, 0.2], [0, 0, 1, 1, 1, 0])
    >>> men = ([0.3, 0.4, 0.2, 0.6, 0.7, 0.5], [0, 0, 1, 1, 1, 0])
    >>> round(delong_test_unpaired(women, men).p_value, 3)
    0.565
    """
    groups = [binary_outcome(*sample) for sample in (sample_a, sample_b)]
    ranked = [placements(group.score, group.truth) for group in groups]
    variances = [
        float(delong_covariance([r], g.truth, patient=g.patient, patients=g.patients)[0, 0])
        for r, g in zip(ranked, groups, strict=True)
    ]
    total = sum(variances)
    welch = sum(v**2 / (g.n - 1) for v, g in zip(variances, groups, strict=True))
    counts = (sum(g.n for g in groups), sum(g.events for g in groups), sum(g.patients for g in groups))
    return _result(
        ranked[0].auroc - ranked[1].auroc, total, counts=counts, method="unpaired DeLong", level=level,
        alternative=alternative, degrees=total**2 / welch if welch > 0 else math.inf,
    )  # fmt: skip


def _result(
    difference: float,
    variance: float,
    *,
    counts: tuple[int, int, int],
    method: str,
    level: float,
    alternative: Alternative,
    degrees: float = math.inf,
) -> TestResult:
    if variance > 0:
        reach = float(stats.norm.ppf((1 + level) / 2)) * math.sqrt(variance)
        estimate = Estimate(difference, difference - reach, difference + reach, *counts, method, level)
        statistic = difference / math.sqrt(variance)
        return TestResult(estimate, statistic, _p_value(statistic, degrees, alternative), method)
    if difference == 0.0 and variance == 0.0:
        estimate = Estimate(0.0, 0.0, 0.0, *counts, method, level)
        return TestResult(estimate, 0.0, 1.0, method)
    reason = "the variance of the difference is 0 or not defined on these data, so there is no interval and no p value"
    return TestResult(Estimate(difference, -1.0, 1.0, *counts, method, level, reason), math.nan, math.nan, method)


def _p_value(statistic: float, degrees: float, alternative: Alternative) -> float:
    law = stats.norm if math.isinf(degrees) else stats.t(degrees)
    if alternative == "two-sided":
        return float(2 * law.sf(abs(statistic)))
    if alternative == "greater":
        return float(law.sf(statistic))
    if alternative == "less":
        return float(law.cdf(statistic))
    raise SpecificationError(f"alternative must be 'two-sided', 'greater' or 'less', got {alternative!r}")

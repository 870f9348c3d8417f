"""Tests of the difference between two areas under the ROC curve (DeLong 1988), by patient where records repeat."""

from __future__ import annotations

import math
from typing import Literal

from numpy.typing import ArrayLike

from einthoven.errors import SpecificationError
from einthoven.evaluation.estimate import TestResult
from einthoven.evaluation.statistics.area_difference import AreaDifference, Sample, paired_areas, unpaired_areas

__all__ = ["Alternative", "delong_test", "delong_test_unpaired"]

Alternative = Literal["two-sided", "greater", "less"]


def delong_test(
    scores_a: ArrayLike,
    scores_b: ArrayLike,
    truth: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    alternative: Alternative = "two-sided",
    level: float = 0.95,
) -> TestResult:
    """Return the test of ``AUROC(a) - AUROC(b)`` on the same records.

    ``z = (A_a - A_b) / sqrt(var_a + var_b - 2 cov_ab)`` against the normal distribution [1]_; with repeated patients
    the covariance is Obuchowski's, with sums over patients [2]_. With repeated patients, and with fewer than 30
    patients in a class, the normal distribution claims too much: there Student's t is used, with Satterthwaite's
    degrees of freedom [3]_, of repeated patients one less than the patients in the smaller class (their effective
    number, ``sum(n)**2 / sum(n**2)`` of their ``n`` records or weights). ``method`` says so.
    Two scores that rank the records alike differ by nothing: statistic 0, p = 1. Where the areas differ but the
    variance is 0 (one of them perfect, the other constant, say) no p value exists: it is NaN, and the difference says
    why; ``permutation_test`` has one.

    Parameters
    ----------
    scores_a, scores_b : float64 (record,)
        In the same order of records; the scales may differ.
    truth : 0 or 1 (record,)
    clusters : (record,), optional
        Patient of each record.
    weights : (record,), optional
        How much each record counts; the variance is the linearised one.
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
    .. [3] Brunner and Munzel, Biometrical Journal 42:17 (2000),
       doi:10.1002/(SICI)1521-4036(200001)42:1<17::AID-BIMJ17>3.0.CO;2-U

    Examples
    --------
    >>> truth = [0, 0, 1, 1, 1, 0]
    >>> result = delong_test([0.1, 0.4, 0.35, 0.8, 0.7, 0.2], [0.3, 0.4, 0.2, 0.6, 0.7, 0.5], truth)
    >>> round(result.difference.value, 3), round(result.statistic, 3), round(result.p_value, 3)
    (0.222, 0.894, 0.438)
    """
    areas = paired_areas(scores_a, scores_b, truth, clusters=clusters, weights=weights)
    return _result(areas, alternative=alternative, level=level)


def delong_test_unpaired(
    sample_a: Sample,
    sample_b: Sample,
    *,
    clusters: tuple[ArrayLike, ArrayLike] | None = None,
    weights: tuple[ArrayLike | None, ArrayLike | None] = (None, None),
    alternative: Alternative = "two-sided",
    level: float = 0.95,
) -> TestResult:
    """Return the test of ``AUROC(a) - AUROC(b)`` on two groups of records.

    ``D = (A_a - A_b) / sqrt(var_a + var_b - 2 cov_ab)`` against Student's t. Without ``clusters`` each record is its
    own patient, the covariance is 0, and the degrees of freedom are Welch's, as in R's pROC [1]_. With them the
    variances have sums over patients [2]_, and patients that are in both groups (first and second ECGs, say) make the
    covariance; patients take the place of records in the degrees of freedom. With repeated patients, and with fewer
    than 30 patients in a class of a group, these are as in ``delong_test``, over the four classes.

    Parameters
    ----------
    sample_a, sample_b : pair of (score, truth), each (record,)
    clusters : pair of (record,), optional
        Patient of each record of either group; a name in both is the same patient.
    weights : pair of (record,), optional
    alternative : {"two-sided", "greater", "less"}
    level : float in (0, 1)

    Raises
    ------
    InvalidScoreError, OneClassError
        As for the area itself.

    References
    ----------
    .. [1] Robin et al., BMC Bioinformatics 12:77 (2011), doi:10.1186/1471-2105-12-77
    .. [2] Obuchowski, Biometrics 53:567 (1997), doi:10.2307/2533958

    Examples
    --------
    >>> women = ([0.1, 0.4, 0.35, 0.8, 0.7, 0.2], [0, 0, 1, 1, 1, 0])
    >>> men = ([0.3, 0.4, 0.2, 0.6, 0.7, 0.5], [0, 0, 1, 1, 1, 0])
    >>> round(delong_test_unpaired(women, men).p_value, 3)
    0.59
    """
    areas = unpaired_areas(sample_a, sample_b, clusters=clusters, weights=weights)
    return _result(areas, alternative=alternative, level=level)


def _result(areas: AreaDifference, *, alternative: Alternative, level: float) -> TestResult:
    difference = areas.estimate(level=level)
    if areas.variance > 0:
        statistic = areas.value / math.sqrt(areas.variance)
        return TestResult(difference, statistic, _p_value(areas, statistic, alternative), areas.method)
    if difference.reason is None:
        return TestResult(difference, 0.0, 1.0, areas.method)
    return TestResult(difference, math.nan, math.nan, areas.method)


def _p_value(areas: AreaDifference, statistic: float, alternative: Alternative) -> float:
    if alternative == "two-sided":
        return float(2 * areas.law.sf(abs(statistic)))
    if alternative == "greater":
        return float(areas.law.sf(statistic))
    if alternative == "less":
        return float(areas.law.cdf(statistic))
    raise SpecificationError(f"alternative must be 'two-sided', 'greater' or 'less', got {alternative!r}")

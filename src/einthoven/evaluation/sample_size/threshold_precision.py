"""How precisely n records will show sensitivity, specificity and predictive values at a cut-off.

References
----------
.. [1] Clopper and Pearson, Biometrika 26:404 (1934), doi:10.1093/biomet/26.4.404: the interval whose width it is
.. [2] Whittle et al., BMC Med Res Methodol 25 (2025), doi:10.1186/s12874-025-02592-4: the same question by Wald's width
"""

from __future__ import annotations

from scipy import stats

from einthoven.errors import SpecificationError
from einthoven.evaluation.sample_size.risk_distribution import check_share
from einthoven.evaluation.sample_size.sizes import smallest_size

__all__ = ["exact_width", "expected_counts", "size_for_proportion"]

METRICS = ("sensitivity", "specificity", "ppv", "npv")


def expected_counts(
    n: float, *, prevalence: float, sensitivity: float, specificity: float
) -> dict[str, tuple[float, float]]:
    """Return each metric's expected numerator and denominator.

    Examples
    --------
    >>> expected_counts(1000, prevalence=0.1, sensitivity=0.9, specificity=0.8)["ppv"]
    (90.0, 270.0)
    """
    check_share(prevalence, "the prevalence")
    check_share(sensitivity, "the sensitivity")
    check_share(specificity, "the specificity")
    cases, controls = n * prevalence, n * (1 - prevalence)
    found, spared = cases * sensitivity, controls * specificity
    return {
        "sensitivity": (found, cases),
        "specificity": (spared, controls),
        "ppv": (found, found + controls - spared),
        "npv": (spared, spared + cases - found),
    }


def exact_width(positives: float, n: float, *, level: float = 0.95) -> float:
    """Return the width of the Clopper-Pearson interval at an expected count, which needs not be whole.

    Examples
    --------
    >>> round(exact_width(90, 100), 3)
    0.127
    """
    tail = (1 - level) / 2
    low = stats.beta.ppf(tail, positives, n - positives + 1)
    return float(stats.beta.ppf(1 - tail, positives + 1, n - positives) - low)


def size_for_proportion(
    metric: str,
    *,
    width: float,
    prevalence: float,
    sensitivity: float,
    specificity: float,
    level: float = 0.95,
) -> int:
    """Return how many independent records make a metric's exact interval at most so wide.

    Examples
    --------
    >>> size_for_proportion("sensitivity", width=0.1, prevalence=0.1, sensitivity=0.9, specificity=0.8)
    1572
    """
    if metric not in METRICS:
        raise SpecificationError(f"the metric must be among {', '.join(METRICS)}, got {metric!r}")
    # of a numerator below one observation the width isn't monotonic
    shares = expected_counts(1, prevalence=prevalence, sensitivity=sensitivity, specificity=specificity)[metric]
    least = max(2, int(1 / min(shares[0], shares[1] - shares[0])) + 1)
    return smallest_size(
        lambda n: exact_width(n * shares[0], n * shares[1], level=level) <= width,
        what=f"a width of {width:g} of {metric}",
        least=least,
    )

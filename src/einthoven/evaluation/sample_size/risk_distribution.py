"""The distribution of predicted risks that a well calibrated model will have; what every precision depends on.

References
----------
.. [1] Riley et al., Stat Med 40:4230 (2021), doi:10.1002/sim.9025
.. [2] Riley et al., Stat Med 40:859 (2021), doi:10.1002/sim.8806: from an AUROC to a distribution
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

from einthoven.errors import SpecificationError

__all__ = ["RiskDistribution", "check_share"]

# equally likely parts that the distribution is cut into
PARTS = 20_000


@dataclass(frozen=True, eq=False)
class RiskDistribution:
    """Linear predictors (log odds of the predicted risk) that are equally likely; predictions are right on average.

    Attributes
    ----------
    linear_predictor : float64 (part,)
        Sorted.
    """

    linear_predictor: NDArray[np.float64]

    @classmethod
    def from_auroc(cls, auroc: float, prevalence: float) -> RiskDistribution:
        """Return the distribution that gives this AUROC, normal with one variance in cases and in controls.

        ``LP | case ~ N(logit(prevalence) + s**2 / 2, s**2)``, ``LP | control ~ N(logit(prevalence) - s**2 / 2, s**2)``
        with ``s = sqrt(2) * normal quantile of the AUROC``, which is calibrated.

        Examples
        --------
        >>> found = RiskDistribution.from_auroc(0.85, 0.1)
        >>> round(found.prevalence, 4), round(found.auroc, 3)
        (0.1, 0.85)
        """
        check_share(auroc, "the expected AUROC", lowest=0.5)
        check_share(prevalence, "the prevalence")
        spread = np.sqrt(2) * stats.norm.ppf(auroc)
        centre = special.logit(prevalence)

        def below(value: NDArray[np.float64]) -> NDArray[np.float64]:
            cases = special.ndtr((value - centre - spread**2 / 2) / spread)
            controls = special.ndtr((value - centre + spread**2 / 2) / spread)
            return np.asarray(prevalence * cases + (1 - prevalence) * controls)

        reach = spread**2 / 2 + 9 * spread
        return cls(_quantiles(below, centre - reach, centre + reach))

    @classmethod
    def from_normal(cls, mean: float, sd: float) -> RiskDistribution:
        """Return normally distributed linear predictors, as a development study reports them."""
        if sd <= 0:
            raise SpecificationError(f"the standard deviation of the linear predictor must be positive, got {sd}")
        return cls(np.asarray(mean + sd * special.ndtri(_levels())))

    @classmethod
    def from_beta(cls, alpha: float, beta: float) -> RiskDistribution:
        """Return risks with a beta distribution."""
        if alpha <= 0 or beta <= 0:
            raise SpecificationError(f"both parameters of a beta distribution must be positive, got {alpha}, {beta}")
        return cls(np.asarray(special.logit(stats.beta.ppf(_levels(), alpha, beta))))

    @cached_property
    def risk(self) -> NDArray[np.float64]:
        """Predicted risks, sorted."""
        return np.asarray(special.expit(self.linear_predictor))

    @property
    def prevalence(self) -> float:
        """The mean risk."""
        return float(self.risk.mean())

    @property
    def auroc(self) -> float:
        """The probability that a case has the higher risk than a control."""
        case, control = self.risk / self.risk.sum(), (1 - self.risk) / (1 - self.risk).sum()
        return float(np.sum(case * (np.cumsum(control) - control / 2)))

    def sensitivity_and_specificity(self, threshold: float) -> tuple[float, float]:
        """Return both where a risk of at least ``threshold`` is called positive."""
        called = self.risk >= threshold
        sensitivity = self.risk[called].sum() / self.risk.sum()
        return float(sensitivity), float((1 - self.risk)[~called].sum() / (1 - self.risk).sum())

    @cached_property
    def information(self) -> NDArray[np.float64]:
        """Fisher information of one patient on intercept and slope of the calibration line, float64 (2, 2)."""
        variance = self.risk * (1 - self.risk)
        line = self.linear_predictor
        moments = [float(np.mean(variance * line**power)) for power in range(3)]
        return np.array([[moments[0], moments[1]], [moments[1], moments[2]]])


def check_share(value: float, what: str, *, lowest: float = 0.0) -> None:
    """Refuse what isn't strictly between ``lowest`` and 1.

    Raises
    ------
    SpecificationError
        It names the quantity.
    """
    if not lowest < value < 1:
        raise SpecificationError(f"{what} must lie between {lowest:g} and 1, got {value:g}")


def _levels() -> NDArray[np.float64]:
    return (np.arange(PARTS) + 0.5) / PARTS


def _quantiles(
    below: Callable[[NDArray[np.float64]], NDArray[np.float64]], low: float, high: float
) -> NDArray[np.float64]:
    """Return the middle of each of the equally likely parts of a continuous distribution function."""
    grid = np.linspace(low, high, 20 * PARTS)
    return np.asarray(np.interp(_levels(), below(grid), grid))

"""The three results that every statistic returns: an estimate with its interval, a test, a curve."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Curve", "Estimate", "TestResult"]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its confidence interval.

    Attributes
    ----------
    value, low, high : float
        ``low <= value <= high``; NaN only together with a ``reason``.
    level : float
        Coverage of the interval, 0.95 by default.
    n, events, clusters : int
        Observations, positives among them, independent patients.
    method : str
        How the interval was made, for example ``DeLong``.
    reason : str, optional
        Why there is no number; beside a number, why it is in doubt and stands in grey.
    """

    value: float
    low: float
    high: float
    n: int
    events: int
    clusters: int
    method: str
    level: float = 0.95
    reason: str | None = None

    def __post_init__(self) -> None:
        if math.isnan(self.value) and not self.reason:
            raise ValueError(f"an estimate without a value needs a reason (method {self.method})")

    @classmethod
    def undefined(cls, reason: str, *, n: int, events: int, clusters: int, method: str) -> Estimate:
        """Return the estimate of a quantity that is not defined on these data."""
        return cls(math.nan, math.nan, math.nan, n, events, clusters, method, reason=reason)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON; NaN and a limit at infinity become None."""
        values = dataclasses.asdict(self).items()
        return {k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in values}


@dataclass(frozen=True, slots=True)
class TestResult:
    """A comparison of two quantities."""

    __test__ = False  # not a pytest class

    difference: Estimate
    statistic: float
    p_value: float
    method: str


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Points of a line, optionally with a band; ``names`` are what the x and y axis show."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    names: tuple[str, str]
    low: NDArray[np.float64] | None = None
    high: NDArray[np.float64] | None = None

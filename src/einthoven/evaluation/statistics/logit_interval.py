"""The interval of a share on the scale of its logit, which stays within 0 and 1 and holds its estimate.

References
----------
.. [1] Agresti, Categorical Data Analysis (2013), section 3.1, doi:10.1002/0471249688
"""

from __future__ import annotations

from dataclasses import dataclass

from scipy import special

__all__ = ["LogitInterval", "logit_interval"]


@dataclass(frozen=True, slots=True)
class LogitInterval:
    """Both limits; ``edge`` says how they were made where the share is 0 or 1, otherwise it is empty."""

    low: float
    high: float
    edge: str


def logit_interval(value: float, reach: float, *, worth: float, level: float = 0.95) -> LogitInterval:
    """Return ``expit(logit(value) -+ reach / (value (1 - value)))``.

    A share of 0 or 1, or one without a spread, has no logit interval: there it is the exact binomial bound,
    ``((1 - level) / 2) ** (1 / worth)`` away from 0.

    Parameters
    ----------
    value : float in [0, 1]
    reach : float
        Half the width on the share's own scale.
    worth : float
        How many records the share is worth.
    level : float in (0, 1)

    Examples
    --------
    >>> found = logit_interval(0.9, 0.06, worth=100)
    >>> round(found.low, 3), round(found.high, 3)
    (0.822, 0.946)
    >>> round(logit_interval(1.0, 0.0, worth=100).low, 3)
    0.964
    """
    if 0 < value < 1 and reach > 0:
        on_logit = reach / (value * (1 - value))
        low, high = (float(special.expit(special.logit(value) + side * on_logit)) for side in (-1, 1))
        return LogitInterval(min(low, value), max(high, value), "")
    bound = ((1 - level) / 2) ** (1 / max(worth, 1.0))
    edge = f"; at {value:g} the exact bound of {worth:.3g} records"
    if value in {0.0, 1.0}:
        return LogitInterval(bound, 1.0, edge) if value == 1.0 else LogitInterval(0.0, 1 - bound, edge)
    return LogitInterval(0.0, 1.0, "; no interval: the records show no spread")

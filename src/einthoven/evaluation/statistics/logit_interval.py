"""The interval of a share on the scale of its logit, which stays within 0 and 1 and holds its estimate.

References
----------
.. [1] Agresti, Categorical Data Analysis (2013), section 3.1, doi:10.1002/0471249688
"""

from __future__ import annotations

from dataclasses import dataclass

from scipy import special

__all__ = ["LogitInterval", "edge_of_share", "logit_interval"]


@dataclass(frozen=True, slots=True)
class LogitInterval:
    """Both limits; ``edge`` says how they were made where the share is 0 or 1, otherwise it is empty."""

    low: float
    high: float
    edge: str


def logit_interval(value: float, reach: float, edge: LogitInterval) -> LogitInterval:
    """Return ``expit(logit(value) -+ reach / (value (1 - value)))``, and ``edge`` where the share is 0 or 1.

    Parameters
    ----------
    value : float in [0, 1]
    reach : float
        Half the width on the share's own scale.
    edge : LogitInterval
        What holds where there is no logit.

    Examples
    --------
    >>> found = logit_interval(0.9, 0.06, edge_of_share(100, 100))
    >>> round(found.low, 3), round(found.high, 3)
    (0.822, 0.946)
    """
    if 0 < value < 1 and reach > 0:
        on_logit = reach / (value * (1 - value))
        low, high = (float(special.expit(special.logit(value) + side * on_logit)) for side in (-1, 1))
        return LogitInterval(min(low, value), max(high, value), "")
    if value == 1.0:
        return edge
    if value == 0.0:
        return LogitInterval(1 - edge.high, 1 - edge.low, edge.edge)
    return LogitInterval(0.0, 1.0, "; no interval: the records show no spread")


def edge_of_share(
    seen: float, looked_at: float, *, weight_of_seen: float = 1.0, weight: float = 1.0, level: float = 0.95
) -> LogitInterval:
    """Return the interval of a share of 1: nobody was missed among those who could have been.

    Of ``looked_at`` verified records on the other side none counted against the share, so the part of them that does
    is at most ``p = 1 - ((1 - level) / 2) ** (1 / looked_at)`` (Clopper and Pearson), and the share at least
    ``seen weight_of_seen / (seen weight_of_seen + p looked_at weight)``. Where one of these weighs more than one that
    was seen, the bound is lower than that of the records' mere number.

    Parameters
    ----------
    seen : float
        Records that count for the share.
    looked_at : float
        Verified records on the other side; none makes the share all but unknown.
    weight_of_seen, weight : float
        What a record of either stands for.
    level : float in (0, 1)

    Examples
    --------
    >>> round(edge_of_share(50, 100).low, 3)
    0.932
    >>> round(edge_of_share(50, 100, weight=10).low, 3)
    0.58
    """
    if looked_at <= 0:
        return LogitInterval(0.0, 1.0, "; no interval: nobody on the other side was verified")
    part = 1 - ((1 - level) / 2) ** (1 / looked_at)
    against = part * looked_at * weight
    low = seen * weight_of_seen / (seen * weight_of_seen + against)
    return LogitInterval(low, 1.0, f"; exact bound, none of {looked_at:.3g} verified on the other side")

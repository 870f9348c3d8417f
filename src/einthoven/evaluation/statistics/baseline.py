"""Cells of a baseline table: what a variable is in a group of patients (STROBE, doi:10.1016/S0140-6736(07)61602-X)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Summary", "describe_number", "describe_share"]


@dataclass(frozen=True, slots=True)
class Summary:
    """One cell.

    Attributes
    ----------
    kind : str
        ``mean (SD)``, ``median (IQR)`` or ``n (%)``.
    value, low, high : float
        Mean, SD, SD; or median and both quartiles; or count, percentage, percentage. NaN where nobody has a value.
    """

    kind: str
    value: float
    low: float
    high: float


def describe_number(values: NDArray[np.float64], *, skewed: bool) -> Summary:
    """Return mean and standard deviation, or of a skewed number median and quartiles (R's default, type 7).

    Parameters
    ----------
    values : float64 (patient,)
        Without NaN.
    skewed : bool

    Examples
    --------
    >>> describe_number(np.array([1.0, 2, 3, 10]), skewed=True)
    Summary(kind='median (IQR)', value=2.5, low=1.75, high=4.75)
    """
    kind = "median (IQR)" if skewed else "mean (SD)"
    if values.size == 0:
        return Summary(kind, np.nan, np.nan, np.nan)
    if skewed:
        low, middle, high = (float(q) for q in np.quantile(values, [0.25, 0.5, 0.75]))
        return Summary(kind, middle, low, high)
    deviation = float(values.std(ddof=1)) if values.size > 1 else np.nan
    return Summary(kind, float(values.mean()), deviation, deviation)


def describe_share(count: int, of: int) -> Summary:
    """Return a count and the percentage that it is of the patients whose category is known.

    Examples
    --------
    >>> describe_share(3, 12)
    Summary(kind='n (%)', value=3.0, low=25.0, high=25.0)
    """
    share = 100 * count / of if of else np.nan
    return Summary("n (%)", float(count), share, share)

"""Chance of not being censored, whose inverse makes up for the patients who were.

References
----------
.. [1] Robins and Finkelstein, Biometrics 56:779 (2000), doi:10.1111/j.0006-341X.2000.00779.x
.. [2] Uno et al., Statistics in Medicine 30:1105 (2011), doi:10.1002/sim.4154
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from einthoven.evaluation.statistics.survival_times import RiskTable, SurvivalTimes

__all__ = ["uncensored_before"]


def uncensored_before(data: SurvivalTimes, table: RiskTable) -> NDArray[np.float64]:
    """Return the Kaplan-Meier chance ``G(t-)`` of not being censored before each distinct time, float64 (time,).

    Those who have an event at a time can't be censored there any more, so they don't count as at risk of it.

    Examples
    --------
    >>> from einthoven.evaluation.statistics.survival_times import risk_table, survival_times
    >>> data = survival_times([1, 2, 2, 3], [0, 1, 0, 1])
    >>> uncensored_before(data, risk_table(data))
    array([1.   , 0.75 , 0.375])
    """
    censored = np.bincount(table.place, data.weight * (data.cause == 0), table.time.size)
    at_risk = table.at_risk - table.failed
    share = np.divide(censored, at_risk, out=np.zeros_like(at_risk), where=at_risk > 0)
    return np.concatenate([[1.0], np.cumprod(1 - np.minimum(share, 1.0))[:-1]])

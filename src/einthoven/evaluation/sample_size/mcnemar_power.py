"""Power of McNemar's test of two yes/no calls on the same records, such as two sensitivities.

References
----------
.. [1] Miettinen, Biometrics 24:339 (1968), doi:10.2307/2528039
.. [2] Connor, Biometrics 43:207 (1987), doi:10.2307/2531961
"""

from __future__ import annotations

import math

from scipy import special

from einthoven.errors import SpecificationError
from einthoven.evaluation.sample_size.risk_distribution import check_share
from einthoven.evaluation.sample_size.sizes import smallest_size

__all__ = ["mcnemar_power", "size_for_mcnemar"]


def mcnemar_power(n: float, only_first: float, only_second: float, *, level: float = 0.95) -> float:
    """Return the power of the test, two-sided at ``1 - level``, without continuity correction.

    ``Phi((|d| sqrt(n) - z sqrt(s)) / sqrt(s - d**2))`` with ``d`` the difference and ``s`` the sum of the two shares.

    Parameters
    ----------
    n : float
        Independent records on which both called: the cases, when sensitivities are compared.
    only_first, only_second : float in [0, 1)
        Shares of them that only the one and only the other called right; their difference is that of the
        sensitivities.

    Examples
    --------
    >>> round(mcnemar_power(200, 0.15, 0.06), 2)
    0.8
    """
    _check(only_first, only_second)
    total, difference = only_first + only_second, abs(only_first - only_second)
    z = special.ndtri((1 + level) / 2)
    spread = math.sqrt(total - difference**2)
    upper = special.ndtr((difference * math.sqrt(n) - z * math.sqrt(total)) / spread)
    return float(upper + special.ndtr((-difference * math.sqrt(n) - z * math.sqrt(total)) / spread))


def size_for_mcnemar(only_first: float, only_second: float, *, power: float = 0.8, level: float = 0.95) -> int:
    """Return how many independent records give the test this power.

    Examples
    --------
    >>> size_for_mcnemar(0.15, 0.06)
    202
    """
    check_share(power, "the power")
    _check(only_first, only_second)
    if only_first == only_second:
        raise SpecificationError("two equal shares have no difference to find")
    return smallest_size(
        lambda n: mcnemar_power(n, only_first, only_second, level=level) >= power, what=f"a power of {power:g}"
    )


def _check(only_first: float, only_second: float) -> None:
    if min(only_first, only_second) < 0 or not 0 < only_first + only_second < 1:
        raise SpecificationError(
            f"the shares that only one called right must not be negative and add up to less than 1, got {only_first:g} "
            f"and {only_second:g}"
        )

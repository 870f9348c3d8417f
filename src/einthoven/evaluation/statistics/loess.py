"""Local regression (loess): a smooth curve through a cloud of points, without a formula for its shape.

At each place a line or parabola is fitted to the nearest share ``span`` of the records, weighted by the tricube of
their distance [1]_. It is R's ``loess(surface = "direct", family = "gaussian")``; two differences: with ``span * n``
not whole the neighbourhood is rounded up, not down, which makes weights mean repeated records; and where the neighbours
hold too few different values for a parabola, a line or their mean takes its place (R: a pseudo-inverse).

References
----------
.. [1] Cleveland and Devlin, JASA 83:596 (1988), doi:10.1080/01621459.1988.10478639
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from einthoven.errors import SpecificationError

__all__ = ["LocalRegression", "local_regression", "loess"]

# relative size of the determinant under which the neighbours can't carry a polynomial of this degree
SINGULAR = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class LocalRegression:
    """A local regression whose neighbourhoods are fixed; it is linear in the outcomes.

    Attributes
    ----------
    moments : float64 (power, place, point)
        Kernel times distance in bandwidths to the power 0, 1 ... twice the degree.
    degree : int
    """

    moments: NDArray[np.float64]
    degree: int

    def fit(self, weight: NDArray[np.float64], total: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the curve, (..., place), from weight and weighted sum of outcomes of each point, (..., point)."""
        s = [weight @ moment.T for moment in self.moments]
        t = [total @ moment.T for moment in self.moments[: self.degree + 1]]
        with np.errstate(invalid="ignore", divide="ignore"):
            curve = t[0] / s[0]
            for degree in range(1, self.degree + 1):
                value, enough = (_line, _parabola)[degree - 1](s, t)
                curve = np.where(enough, value, curve)
        return np.asarray(curve)


def loess(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    *,
    at: NDArray[np.float64] | None = None,
    weight: NDArray[np.float64] | None = None,
    span: float = 0.75,
    degree: int = 2,
) -> NDArray[np.float64]:
    """Return the exact local regression of ``y`` on ``x`` at each place; time and memory grow with places times points.

    Parameters
    ----------
    x, y : float64 (point,)
        Finite.
    at : float64 (place,), optional
        Where to evaluate; the points themselves by default.
    weight : float64 (point,), optional
        How often each point counts; equal ones are the same as none.
    span : float in (0, 1]
    degree : {0, 1, 2}

    Examples
    --------
    >>> x = np.array([0.0, 0.1, 0.3, 0.6, 1.0])
    >>> loess(x, 1 + 2 * x, span=0.8, degree=1).round(6)
    array([1. , 1.2, 1.6, 2.2, 3. ])
    """
    mass = np.ones_like(x) if weight is None else weight
    places = x if at is None else at
    return local_regression(x, places, weight=mass, span=span, degree=degree).fit(mass, mass * y)


def local_regression(
    x: NDArray[np.float64], at: NDArray[np.float64], *, weight: NDArray[np.float64], span: float, degree: int
) -> LocalRegression:
    """Return the regression whose neighbourhood at each place holds a share ``span`` of the weight."""
    if not 0 < span <= 1 or degree not in {0, 1, 2}:
        raise SpecificationError(f"loess needs a span in (0, 1] and a degree of 0, 1 or 2, got {span} and {degree}")
    distance = x[None, :] - at[:, None]
    reach = _bandwidth(np.abs(distance), weight, span=span)
    u = distance / reach[:, None]
    kernel = (1 - np.minimum(np.abs(u), 1.0) ** 3) ** 3
    moments = np.empty((2 * degree + 1, *u.shape))
    moments[0] = kernel
    for power in range(1, 2 * degree + 1):
        moments[power] = moments[power - 1] * u
    # far beyond the neighbourhood 0 times a great power is still 0
    moments[:, kernel == 0] = 0.0
    return LocalRegression(moments, degree)


def _bandwidth(distance: NDArray[np.float64], weight: NDArray[np.float64], *, span: float) -> NDArray[np.float64]:
    order = np.argsort(distance, axis=1)
    within = np.cumsum(weight[order], axis=1)
    last = np.argmax(within >= span * within[:, -1:] * (1 - 1e-9), axis=1)
    rows = np.arange(distance.shape[0])
    reach = distance[rows, order[rows, last]]
    # neighbours that are all equally far have no weight at the edge of their own width; any wider one gives their mean
    return np.asarray(np.maximum(reach, np.maximum(1.001 * distance.min(axis=1), np.finfo(np.float64).tiny ** 0.25)))


def _line(s: list[NDArray[np.float64]], t: list[NDArray[np.float64]]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    determinant = s[0] * s[2] - s[1] ** 2
    return (s[2] * t[0] - s[1] * t[1]) / determinant, determinant > SINGULAR * s[0] * s[2]


def _parabola(
    s: list[NDArray[np.float64]], t: list[NDArray[np.float64]]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    # first row of the inverse of the 3 x 3 matrix of moments, by cofactors
    a, b, c = s[2] * s[4] - s[3] ** 2, s[2] * s[3] - s[1] * s[4], s[1] * s[3] - s[2] ** 2
    determinant = s[0] * a + s[1] * b + s[2] * c
    return (a * t[0] + b * t[1] + c * t[2]) / determinant, determinant > SINGULAR * s[0] * s[2] * s[4]

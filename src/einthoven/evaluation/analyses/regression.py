"""Labels that are numbers: errors, agreement (Bland and Altman), correlation, calibration, and points of two plots."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from einthoven.errors import TooFewObservationsError
from einthoven.evaluation.context import Context
from einthoven.evaluation.estimate import Curve, Estimate
from einthoven.evaluation.label_scores import LabelScores
from einthoven.evaluation.rows import CurveRow, ResultRow, Rows
from einthoven.evaluation.statistics.concordance_correlation import concordance_correlation
from einthoven.evaluation.statistics.correlation import pearson_correlation, spearman_correlation
from einthoven.evaluation.statistics.limits_of_agreement import limits_of_agreement
from einthoven.evaluation.statistics.mean_absolute_error import mean_absolute_error
from einthoven.evaluation.statistics.mean_difference import mean_difference
from einthoven.evaluation.statistics.r_squared import r_squared
from einthoven.evaluation.statistics.root_mean_squared_error import root_mean_squared_error
from einthoven.evaluation.statistics.value_calibration import value_calibration

__all__ = ["analyse"]

METRICS: dict[str, Callable[..., Estimate]] = {
    "mean_absolute_error": mean_absolute_error,
    "root_mean_squared_error": root_mean_squared_error,
    "r_squared": r_squared,
    "mean_difference": mean_difference,
    "concordance_correlation": concordance_correlation,
    "pearson_correlation": pearson_correlation,
    "spearman_correlation": spearman_correlation,
}
AGREEMENT = ("lower_limit_of_agreement", "upper_limit_of_agreement")
LINE = ("value_slope", "value_intercept")
# more points than this are a black cloud on any page
POINTS = 500


def analyse(context: Context) -> Rows:
    """Return the statistics of each label of task ``regression``, and points of its two plots.

    The curve ``bland_altman`` has the mean of predicted and measured on x and their difference on y, ``scatter`` what
    was measured against what was predicted; of more than 500 records each shows 500, evenly spaced in order of x.
    """
    rows = Rows()
    for one in context.of_task("regression"):
        estimates = _estimates(one, level=context.protocol.level)
        rows.results += [ResultRow(*one.key, m, e, analysis="regression") for m, e in estimates.items()]
        if one.score.size:
            rows.curves += [CurveRow(*one.key, kind, curve) for kind, curve in _plots(one).items()]
    return rows


def _estimates(one: LabelScores, *, level: float) -> dict[str, Estimate]:
    settings = one.options(level)
    try:
        estimates = {name: metric(one.score, one.truth, **settings) for name, metric in METRICS.items()}
        limits = limits_of_agreement(one.score, one.truth, **settings)
        line = value_calibration(one.score, one.truth, **settings)
    except TooFewObservationsError as error:
        counts = {"n": int(one.truth.size), "events": 0, "clusters": int(np.unique(one.patient).size)}
        return dict.fromkeys((*METRICS, *AGREEMENT, *LINE), Estimate.undefined(str(error), **counts, method="none"))
    estimates |= dict(zip(AGREEMENT, (limits.lower, limits.upper), strict=True))
    return estimates | dict(zip(LINE, (line.slope, line.intercept), strict=True))


def _plots(one: LabelScores) -> dict[str, Curve]:
    middle, difference = (one.score + one.truth) / 2, one.score - one.truth
    kept, shown = _thinned(middle, difference), _thinned(one.score, one.truth)
    return {
        "bland_altman": Curve(
            middle[kept], difference[kept], ("mean of predicted and measured", "predicted - measured")
        ),
        "scatter": Curve(one.score[shown], one.truth[shown], ("predicted", "measured")),
    }


def _thinned(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.int64]:
    order = np.lexsort((y, x))
    places = np.unique(np.linspace(0, x.size - 1, min(POINTS, x.size)).round().astype(np.int64))
    return np.asarray(order[places])

"""Beta calibration: a curve that may bend probabilities near 0 and near 1 differently.

``logit p' = a log p - b log(1 - p) + c`` with ``a, b >= 0``, by maximum likelihood; a coefficient that would be
negative is 0, as in the authors' code [1]_.

References
----------
.. [1] Kull et al., Electronic Journal of Statistics 11:5052 (2017), doi:10.1214/17-EJS1338SI
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import special

from einthoven.errors import StatisticsError
from einthoven.evaluation.calibration.logistic_fit import logistic_fit
from einthoven.evaluation.calibration.method import Method, Parameters, as_probability
from einthoven.evaluation.statistics.binary_outcome import BinaryOutcome
from einthoven.evaluation.statistics.probability_bins import record_weights

__all__ = ["METHOD"]


def _fit(data: BinaryOutcome, score_kind: str) -> Parameters:
    columns, kept = _columns(data.score, score_kind), [0, 1]
    truth, weight = data.truth.astype(np.float64), record_weights(data)
    while kept:
        found = logistic_fit(np.column_stack([columns[:, kept], np.ones(data.n)]), truth, weight=weight)
        if (found[:-1] >= 0).all():
            slopes = np.zeros(2)
            slopes[kept] = found[:-1]
            return {"a": (float(slopes[0]),), "b": (float(slopes[1]),), "c": (float(found[-1]),)}
        kept.pop(int(np.argmin(found[:-1])))
    raise StatisticsError("the outcome gets rarer as the score rises; a calibrator won't turn the ranking round")


def _transform(score: NDArray[np.float64], score_kind: str, parameters: Parameters) -> NDArray[np.float64]:
    slopes = np.array([parameters["a"][0], parameters["b"][0]])
    return np.asarray(special.expit(_columns(score, score_kind) @ slopes + parameters["c"][0]))


def _columns(score: NDArray[np.float64], score_kind: str) -> NDArray[np.float64]:
    probability = as_probability(score, score_kind)
    return np.column_stack([np.log(probability), -np.log1p(-probability)])


METHOD = Method(_fit, _transform, ("probability", "logit"))

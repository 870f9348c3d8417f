"""Platt's scaling: a logistic curve through any score; of a probability, through its logit (logistic recalibration).

``logit p' = a + b s``. The targets are Platt's ``(positives + 1) / (positives + 2)`` and ``1 / (negatives + 2)`` [1]_,
so that scores which separate the classes perfectly still have a curve; scikit-learn's ``method="sigmoid"`` does the
same.

References
----------
.. [1] Platt, Advances in Large Margin Classifiers (1999), 61-74; Lin et al., Machine Learning 68:267 (2007),
   doi:10.1007/s10994-007-5018-6
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import special

from einthoven.errors import StatisticsError
from einthoven.evaluation.calibration.logistic_fit import logistic_fit
from einthoven.evaluation.calibration.method import Method, Parameters, as_logit
from einthoven.evaluation.statistics.binary_outcome import BinaryOutcome
from einthoven.evaluation.statistics.probability_bins import record_weights

__all__ = ["METHOD"]


def _fit(data: BinaryOutcome, score_kind: str) -> Parameters:
    value, weight = as_logit(data.score, score_kind), record_weights(data)
    if np.ptp(value) == 0:
        raise StatisticsError(f"no curve fits a score that is constant, {data.score[0]:g}")
    # weights count as records: they say how much the classes hold
    positives, negatives = float(weight[data.truth].sum()), float(weight[~data.truth].sum())
    target = np.where(data.truth, (positives + 1) / (positives + 2), 1 / (negatives + 2))
    centre, spread = float(np.average(value, weights=weight)), float(np.ptp(value))
    design = np.column_stack([np.ones(data.n), (value - centre) / spread])
    intercept, slope = logistic_fit(design, target, weight=weight)
    if slope < 0:
        raise StatisticsError("the outcome gets rarer as the score rises; a calibrator won't turn the ranking round")
    return {"intercept": (float(intercept - slope * centre / spread),), "slope": (float(slope / spread),)}


def _transform(score: NDArray[np.float64], score_kind: str, parameters: Parameters) -> NDArray[np.float64]:
    predictor = parameters["intercept"][0] + parameters["slope"][0] * as_logit(score, score_kind)
    return np.asarray(special.expit(predictor))


METHOD = Method(_fit, _transform, ("probability", "logit", "value", "risk"))

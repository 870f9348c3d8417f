"""Recalibration in the large: all logits shifted by one number, so that as many events are expected as observed.

``logit p' = a + logit p``. It mends a prevalence that differs from the one trained on, and nothing else [1]_.

References
----------
.. [1] Steyerberg, Clinical Prediction Models (2019), chapter 20, doi:10.1007/978-3-030-16399-0
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import special

from einthoven.evaluation.calibration.logistic_fit import logistic_fit
from einthoven.evaluation.calibration.method import Method, Parameters, as_probability
from einthoven.evaluation.statistics.binary_outcome import BinaryOutcome
from einthoven.evaluation.statistics.probability_bins import record_weights

__all__ = ["METHOD"]


def _fit(data: BinaryOutcome, score_kind: str) -> Parameters:
    logit = special.logit(as_probability(data.score, score_kind))
    truth, ones = data.truth.astype(np.float64), np.ones((data.n, 1))
    found = logistic_fit(ones, truth, weight=record_weights(data), offset=logit)
    return {"intercept": (float(found[0]),)}


def _transform(score: NDArray[np.float64], score_kind: str, parameters: Parameters) -> NDArray[np.float64]:
    return np.asarray(special.expit(parameters["intercept"][0] + special.logit(as_probability(score, score_kind))))


METHOD = Method(_fit, _transform, ("probability", "logit"))

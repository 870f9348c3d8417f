"""Isotonic calibration: the rising steps nearest to the outcomes, a straight line between them.

Least squares under the order of the scores (pool adjacent violators) [1]_; outside the range of scores seen the first
or the last step goes on, and between two scores the line that scikit-learn's ``IsotonicRegression`` draws. Steps of
exactly 0 and 1 are common at the ends: they are shares of few records, and one event there costs an infinite log loss.

References
----------
.. [1] Zadrozny and Elkan, KDD (2002), doi:10.1145/775047.775151
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from einthoven.evaluation.calibration.method import Method, Parameters
from einthoven.evaluation.statistics.binary_outcome import BinaryOutcome
from einthoven.evaluation.statistics.probability_bins import record_weights

__all__ = ["METHOD"]


def _fit(data: BinaryOutcome, _score_kind: str) -> Parameters:
    weight = record_weights(data)
    values, position = np.unique(data.score, return_inverse=True)
    mass = np.bincount(position, weight)
    share = np.bincount(position, weight * data.truth) / mass
    steps = optimize.isotonic_regression(share, weights=mass).x
    # of a step only its ends are needed
    changes = np.diff(steps) != 0
    ends = np.concatenate([[True], changes]) | np.concatenate([changes, [True]])
    return {"score": tuple(values[ends].tolist()), "probability": tuple(np.clip(steps[ends], 0, 1).tolist())}


def _transform(score: NDArray[np.float64], _score_kind: str, parameters: Parameters) -> NDArray[np.float64]:
    return np.asarray(np.interp(score, parameters["score"], parameters["probability"]))


METHOD = Method(_fit, _transform, ("probability", "logit", "value", "risk"))

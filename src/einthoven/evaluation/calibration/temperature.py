"""Temperature scaling: all logits divided by one number, which makes an overconfident score more timid.

``logit p' = (logit p) / T``, by maximum likelihood [1]_. A probability of 1/2 stays, so a wrong prevalence is not
mended.

References
----------
.. [1] Guo et al., ICML (2017), doi:10.48550/arXiv.1706.04599
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
    logit = special.logit(as_probability(data.score, score_kind))
    slope = float(logistic_fit(logit[:, None], data.truth.astype(np.float64), weight=record_weights(data))[0])
    if slope <= 0:
        raise StatisticsError("no temperature fits: the outcome gets rarer as the logit moves away from 0 towards it")
    return {"temperature": (1 / slope,)}


def _transform(score: NDArray[np.float64], score_kind: str, parameters: Parameters) -> NDArray[np.float64]:
    return np.asarray(special.expit(special.logit(as_probability(score, score_kind)) / parameters["temperature"][0]))


METHOD = Method(_fit, _transform, ("probability", "logit"))

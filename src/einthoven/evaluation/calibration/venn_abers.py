"""Venn-Abers calibration: two probabilities of which one is right, by isotonic fits with the score as either class.

The score to be judged is added to the records fitted on, once as a negative and once as a positive; ``p0`` and ``p1``
are its isotonic probabilities then. Their distance says how much the records can tell; the single probability is the
one that loses least in log loss, ``p1 / (1 - p0 + p1)`` [1]_, never exactly 0 or 1. For independent records the pair
is valid whatever the score; with several records per patient it is so only nearly.

References
----------
.. [1] Vovk et al., NeurIPS (2015), doi:10.48550/arXiv.1511.00213
.. [2] Vovk and Petej, UAI (2014), doi:10.48550/arXiv.1211.0025
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from einthoven.errors import SpecificationError
from einthoven.evaluation.calibration.calibrator import Calibrator
from einthoven.evaluation.calibration.method import Method, Parameters
from einthoven.evaluation.statistics.binary_outcome import BinaryOutcome
from einthoven.evaluation.statistics.probability_bins import record_weights

__all__ = ["METHOD", "Multiprobability", "multiprobability"]


@dataclass(frozen=True, slots=True, eq=False)
class Multiprobability:
    """Lower and upper probability ``p0 <= p1``, float64 (record,), and the single one between them."""

    p0: NDArray[np.float64]
    p1: NDArray[np.float64]

    @property
    def probability(self) -> NDArray[np.float64]:
        """The probability of least greatest regret in log loss."""
        return self.p1 / (1 - self.p0 + self.p1)


def multiprobability(
    calibrator: Calibrator, score: ArrayLike, *, split: str, predictions_hash: str
) -> Multiprobability:
    """Return both probabilities of each score; refuses what ``Calibrator.apply`` refuses.

    Examples
    --------
    >>> from einthoven.evaluation.calibration.calibrator import fit_calibrator
    >>> origin = {"split": "validation", "predictions_hash": "abc"}
    >>> calibrator = fit_calibrator("venn_abers", [0.1, 0.2, 0.3, 0.4], [0, 0, 1, 1], **origin)
    >>> both = multiprobability(calibrator, [0.15, 0.35], split="test", predictions_hash="abc")
    >>> both.p0, both.p1
    (array([0.        , 0.5]), array([0.5, 1. ]))
    """
    if calibrator.name != "venn_abers":
        raise SpecificationError(f"only a calibrator 'venn_abers' gives two probabilities, got {calibrator.name!r}")
    values = calibrator.checked(score, split=split, predictions_hash=predictions_hash)
    return _both(values, calibrator.parameters)


def _fit(data: BinaryOutcome, _score_kind: str) -> Parameters:
    weight = record_weights(data)
    values, position = np.unique(data.score, return_inverse=True)
    mass = np.bincount(position, weight).astype(np.float64)
    positive = np.bincount(position, weight * data.truth).astype(np.float64)
    p1 = _with_one_more(mass, positive)
    # turned round, a negative is a positive
    p0 = 1 - _with_one_more(mass[::-1], (mass - positive)[::-1])[::-1]
    # between two scores p1 is that of the higher and p0 that of the lower one, so one end of each step is enough
    last, first = np.append(np.diff(p1) != 0, True), np.append(True, np.diff(p0) != 0)
    return {
        "p0_from": tuple(values[first].tolist()),
        "p0": tuple(p0[first].tolist()),
        "p1_to": tuple(values[last].tolist()),
        "p1": tuple(p1[last].tolist()),
    }


def _transform(score: NDArray[np.float64], _score_kind: str, parameters: Parameters) -> NDArray[np.float64]:
    return _both(score, parameters).probability


def _both(score: NDArray[np.float64], parameters: Parameters) -> Multiprobability:
    below = np.searchsorted(parameters["p0_from"], score, side="right")
    above = np.searchsorted(parameters["p1_to"], score, side="left")
    # below all scores a negative is alone, above all a positive is
    return Multiprobability(np.array((0.0, *parameters["p0"]))[below], np.array((*parameters["p1"], 1.0))[above])


def _with_one_more(mass: NDArray[np.float64], positive: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the isotonic probability at each score when one more positive of weight 1 lies there.

    Adjacent violators are pooled from the left for every beginning and from the right for every end of the data; the
    blocks of all of them share memory as trees. The changed score is then pooled with its neighbours on both sides.
    """
    # lists, because single numbers of arrays are slow
    masses, positives = mass.tolist(), positive.tolist()
    left, right = _pooled(masses, positives, falling=False), _pooled(masses[::-1], positives[::-1], falling=True)
    found = []
    for place in range(len(masses)):
        weight, hits = masses[place] + 1.0, positives[place] + 1.0
        before = place - 1
        after = len(masses) - place - 2
        while True:
            if before >= 0 and left[before][1] * weight >= hits * left[before][0]:
                other_weight, other_hits, before = left[before]
            elif after >= 0 and right[after][1] * weight <= hits * right[after][0]:
                other_weight, other_hits, after = right[after]
            else:
                break
            weight, hits = weight + other_weight, hits + other_hits
        found.append(hits / weight)
    return np.array(found)


def _pooled(masses: list[float], positives: list[float], *, falling: bool) -> list[tuple[float, float, int]]:
    # of each beginning of the data its last block: weight, positives, and the beginning that ends before it (or -1)
    blocks: list[tuple[float, float, int]] = []
    sign = -1.0 if falling else 1.0
    for place in range(len(masses)):
        weight, hits, top = masses[place], positives[place], place - 1
        while top >= 0 and sign * (blocks[top][1] * weight - hits * blocks[top][0]) >= 0:
            weight, hits, top = weight + blocks[top][0], hits + blocks[top][1], blocks[top][2]
        blocks.append((weight, hits, top))
    return blocks


METHOD = Method(_fit, _transform, ("probability", "logit", "value", "risk"))

"""What a way of calibrating consists of: fit parameters on some scores, transform others; and the scale it works on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from einthoven.errors import InvalidScoreError
from einthoven.evaluation.statistics.binary_outcome import BinaryOutcome

__all__ = ["LOWEST", "Method", "Parameters", "as_logit", "as_probability"]

Parameters = Mapping[str, tuple[float, ...]]
# probabilities are held this far from 0 and 1 before a logit or logarithm is taken, at fitting and at applying
LOWEST = 1e-6


@dataclass(frozen=True, slots=True)
class Method:
    """A way of calibrating.

    Attributes
    ----------
    fit : callable of (data, score_kind)
        Returns the parameters.
    transform : callable of (score, score_kind, parameters)
        Returns probabilities, float64 (record,).
    kinds : tuple of str
        Kinds of score that it accepts.
    """

    fit: Callable[[BinaryOutcome, str], Parameters]
    transform: Callable[[NDArray[np.float64], str, Parameters], NDArray[np.float64]]
    kinds: tuple[str, ...]


def as_probability(score: NDArray[np.float64], score_kind: str) -> NDArray[np.float64]:
    """Return probabilities, held within 1e-6 and 1 - 1e-6, of scores that are probabilities or logits.

    Examples
    --------
    >>> as_probability(np.array([0.0, 0.3]), "probability")
    array([1.e-06, 3.e-01])
    """
    values = special.expit(score) if score_kind == "logit" else score
    if ((values < 0) | (values > 1)).any():
        first = int(np.flatnonzero((values < 0) | (values > 1))[0])
        raise InvalidScoreError(f"probabilities must lie in [0, 1], got {values[first]} at position {first}")
    return np.asarray(np.clip(values, LOWEST, 1 - LOWEST))


def as_logit(score: NDArray[np.float64], score_kind: str) -> NDArray[np.float64]:
    """Return the logit of probabilities (held within 1e-6 and 1 - 1e-6); other scores as they are."""
    if score_kind == "probability":
        return np.asarray(special.logit(as_probability(score, score_kind)))
    return score

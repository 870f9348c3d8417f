"""A cut-off with its origin; it refuses to be applied to the scores that it was chosen on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from einthoven.errors import LeakageError

__all__ = ["STATED", "THRESHOLD_SPLIT", "Threshold"]

# the only split on which cut-offs are chosen
THRESHOLD_SPLIT = "validation"
# the rule of a cut-off that was given rather than chosen
STATED = "stated"


@dataclass(frozen=True, slots=True)
class Threshold:
    """A cut-off with its origin; a score of at least ``value`` is called positive.

    Attributes
    ----------
    label : str
    value : float
        NaN where ``reason`` says why there is none.
    rule : str
        As the protocol names it, for example ``youden`` or ``sensitivity 0.9``; ``stated`` where it was given.
    split, predictions_hash : str
        What it was chosen on; it refuses to be applied there.
    model, seed
        Whose scores it is for.
    reason : str, optional
    """

    label: str
    value: float
    rule: str
    split: str
    predictions_hash: str
    model: str = ""
    seed: int = -1
    reason: str | None = None

    def apply(self, score: NDArray[np.float64], *, split: str, predictions_hash: str) -> NDArray[np.bool_]:
        """Return the decisions, bool (record,), on scores of another split or of other predictions.

        Raises
        ------
        LeakageError
            The threshold was chosen on these very scores, where it would look better than it is.

        Examples
        --------
        >>> threshold = Threshold("AF", 0.3, "youden", "validation", "abc")
        >>> threshold.apply(np.array([0.2, 0.3]), split="test", predictions_hash="abc")
        array([False,  True])
        """
        if split == self.split and predictions_hash == self.predictions_hash:
            raise LeakageError(
                f"the threshold {self.value:g} of label {self.label!r} was chosen on split {split!r} of these "
                "predictions; apply it to another split, for example 'test'"
            )
        return np.asarray(score >= self.value)

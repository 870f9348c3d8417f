"""A cut-off with its origin; it refuses to be applied to the scores that it was chosen on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from einthoven.errors import LeakageError

__all__ = ["STATED", "THRESHOLD_SPLIT", "Threshold", "refuse_own_splits"]

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
        What it was chosen on; it refuses to be applied there. A split without a hash is that split of any
        predictions; no split means that nothing is known of its origin.
    model, seed
        Whose scores it is for; of a stated one, model "" means any model and any seed.
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
        if self.was_chosen_on(split, predictions_hash):
            raise LeakageError(
                f"the threshold {self.value:g} of label {self.label!r} was chosen on split {split!r} of "
                f"{'these' if self.predictions_hash else 'unnamed'} predictions; apply it to another split, for "
                f"example {'external' if split == 'test' else 'test'!r}"
            )
        return np.asarray(score >= self.value)

    def was_chosen_on(self, split: str, predictions_hash: str) -> bool:
        """Return whether it was, or may have been, chosen on that split of these predictions."""
        return split == self.split and self.predictions_hash in {"", predictions_hash}


def refuse_own_splits(thresholds: Iterable[Threshold], *, splits: Sequence[str], predictions_hash: str) -> None:
    """Refuse cut-offs that would be judged on the split that they were chosen on.

    Raises
    ------
    LeakageError
        One of ``splits`` is the origin of a cut-off; names the first.
    """
    for threshold in thresholds:
        for split in splits:
            if split != THRESHOLD_SPLIT and threshold.was_chosen_on(split, predictions_hash):
                whose = f" of model {threshold.model!r}" if threshold.model else ""
                raise LeakageError(
                    f"the cut-off {threshold.value:g} for label {threshold.label!r}{whose} was chosen on split "
                    f"{split!r} of these predictions, on which it would be judged; choose it on another split, or "
                    "state where else it comes from"
                )

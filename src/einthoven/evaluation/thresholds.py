"""Cut-offs chosen on one split, to be applied to another.

References
----------
.. [1] Youden, Cancer 3:32 (1950), doi:10.1002/1097-0142(1950)3:1<32::AID-CNCR2820030106>3.0.CO;2-3
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from einthoven.errors import LeakageError
from einthoven.evaluation.statistics.binary_outcome import binary_outcome

__all__ = ["THRESHOLD_RULES", "THRESHOLD_SPLIT", "Threshold", "youden"]

# the only split on which cut-offs are chosen
THRESHOLD_SPLIT = "validation"


@dataclass(frozen=True, slots=True)
class Threshold:
    """A cut-off with its origin; a score of at least ``value`` is called positive.

    Attributes
    ----------
    label : str
    value : float
        NaN where ``reason`` says why there is none.
    rule : str
        A name in ``THRESHOLD_RULES``.
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


def youden(score: ArrayLike, truth: ArrayLike) -> float:
    """Return the cut-off with the greatest sensitivity + specificity - 1; a score of at least it is called positive.

    The lowest such score where several are equally good: in screening a missed patient costs more than a false alarm.
    It lies on an observed score.

    Parameters
    ----------
    score : float64 (record,)
        NaN is refused.
    truth : 0 or 1 (record,)
        Both classes are needed (OneClassError).

    Examples
    --------
    >>> youden([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])
    0.35
    """
    data = binary_outcome(score, truth)
    candidates = np.unique(data.score)
    missed = np.searchsorted(np.sort(data.score[data.truth]), candidates) / data.events
    spared = np.searchsorted(np.sort(data.score[~data.truth]), candidates) / (data.n - data.events)
    index = spared - missed
    # equal up to rounding counts as equal
    return float(candidates[np.flatnonzero(index >= index.max() - 1e-12)[0]])


THRESHOLD_RULES: dict[str, Callable[[ArrayLike, ArrayLike], float]] = {"youden": youden}

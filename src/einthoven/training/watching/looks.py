"""The looks at the embeddings of a run, and what they cost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from einthoven.models.encoder import Encoder
from einthoven.training.watching.probe import Probe, Probed

__all__ = ["Looks"]

# share of the running time above which looks are called expensive, and after how many of them
_MOST, _BEFORE = 0.1, 3


class Looks:
    """Counts looks and their seconds, over all processes that went on with a run.

    Parameters
    ----------
    probe : Probe, optional
        None where there is nothing to look at.

    Attributes
    ----------
    count : int
    seconds : float
    """

    def __init__(self, probe: Probe | None) -> None:
        self._probe = probe
        self.count, self.seconds = 0, 0.0

    @property
    def possible(self) -> bool:
        """Whether there is anything to look at."""
        return self._probe is not None

    @property
    def mean_s(self) -> float:
        """Seconds of one look; 0 before the first."""
        return self.seconds / max(self.count, 1)

    def look(self, encoder: Encoder) -> Probed:
        """Return what the encoder's embeddings tell."""
        assert self._probe is not None
        found = self._probe.look(encoder)
        self.count += 1
        self.seconds += found.seconds
        return found

    def cost_sentence(self, running_s: float) -> str:
        """Return advice, once in a run, where looks take more than a tenth of the time; nothing otherwise."""
        if self.count != _BEFORE or self.seconds <= _MOST * running_s:
            return ""
        return (
            f"a look at the embeddings takes {self.mean_s:.1f} s, more than a tenth of the time: set watch.every_steps "
            "higher or watch.most_records lower"
        )

    def state_dict(self) -> dict[str, Any]:
        """Return what a later process goes on from."""
        return {"count": self.count, "seconds": self.seconds}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from what ``state_dict`` returned."""
        self.count, self.seconds = int(state["count"]), float(state["seconds"])

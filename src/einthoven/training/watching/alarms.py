"""What should make somebody look: embeddings that collapse, and gradients that explode.

Limits are ours. Of nine untrained networks of the table, asked for 200 real ECGs, eight had an effective rank of 6 to
99, a normalised deviation of 0.06 to 0.86 and at most 3 % of dead dimensions; the ninth (``jepa_vit``, whose positions
outweigh the signal before training) 1.2, 0.003 and none. Collapse is therefore looked for after a tenth of the steps.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from einthoven.training.watching.spread import Spread

__all__ = ["Alarm", "Alarms"]

# of directions: with fewer than two, ECGs differ along one line at most
_LOWEST_RANK = 2.0
# of the highest rank that the run has had
_FALLEN_TO = 0.1
# healthy is 1, collapsed is 0 (Chen and He 2021, arXiv:2011.10566)
_LOWEST_DEVIATION = 0.01
_MOST_DEAD = 0.25
# times the usual norm of the gradient, and how many lines of the history say what is usual
_EXPLODED = 10.0
_REMEMBERED, _NEEDED = 50, 10


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something to look at.

    Attributes
    ----------
    name : str
    first_step, last_step : int
        When it was raised, and when it was last seen.
    sentence : str
        What was found first, and what to do.
    """

    name: str
    first_step: int
    last_step: int
    sentence: str


class Alarms:
    """All alarms of a run: each is told when it is raised, not while it stays.

    Parameters
    ----------
    total_steps : int

    Attributes
    ----------
    active : tuple of str
        Names of those that the last look at their quantity raised.
    raised : tuple of Alarm
        All that ever were, in the order in which they came.
    """

    def __init__(self, *, total_steps: int) -> None:
        self._begin = max(1, total_steps // 10)  # until then embeddings may be those of random weights still
        self._raised: dict[str, Alarm] = {}
        self._active: dict[str, bool] = {}
        self._highest_rank = 0.0
        self._norms: list[float] = []

    @property
    def active(self) -> tuple[str, ...]:
        """Names of the alarms that are on."""
        return tuple(sorted(name for name, on in self._active.items() if on))

    @property
    def raised(self) -> tuple[Alarm, ...]:
        """All alarms of the run."""
        return tuple(self._raised.values())

    def see_spread(self, step: int, found: Spread, *, width: int) -> list[str]:
        """Look at embeddings of ``width`` dimensions; return the sentences of new alarms."""
        highest, self._highest_rank = self._highest_rank, max(self._highest_rank, found.effective_rank)
        if step < self._begin:
            return []
        rank, deviation, dead = found.effective_rank, found.normalised_deviation, found.dead_share
        advice = "look at the loss and the probes; the objective may have found a way to be met without the ECG"
        looks = {
            "effective_rank": (
                rank < _LOWEST_RANK or rank < _FALLEN_TO * highest,
                f"embeddings use {rank:.1f} of {width} directions (the highest so far were {max(highest, rank):.1f})",
            ),
            "normalised_deviation": (
                deviation < _LOWEST_DEVIATION,
                f"embeddings of different ECGs point the same way (normalised deviation {deviation:.4f}, healthy is 1)",
            ),
            "dead_dimensions": (
                dead > _MOST_DEAD,
                f"{dead:.0%} of {width} dimensions of the embeddings say the same for every ECG",
            ),
        }
        told = [self._look(name, step, on=on, sentence=f"{what}: {advice}") for name, (on, what) in looks.items()]
        return [sentence for sentence in told if sentence]

    def see_gradient(self, step: int, norm: float) -> list[str]:
        """Look at the mean norm of a line of the history; return the sentence of a new alarm."""
        usual = statistics.median(self._norms) if len(self._norms) >= _NEEDED else float("inf")
        self._norms = [*self._norms, norm][-_REMEMBERED:]
        sentence = (
            f"the gradient's norm is {norm:.3g} where {usual:.3g} is usual: lower max_learning_rate, raise warm_up or "
            "set gradient_clip"
        )
        told = self._look("gradient_norm", step, on=norm > _EXPLODED * usual, sentence=sentence)
        return [told] if told else []

    def state_dict(self) -> dict[str, Any]:
        """Return what a later process goes on from, as plain values."""
        return {
            "raised": [asdict(alarm) for alarm in self._raised.values()],
            "active": dict(self._active),
            "highest_rank": self._highest_rank,
            "norms": list(self._norms),
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from what ``state_dict`` returned."""
        self._raised = {values["name"]: Alarm(**values) for values in state["raised"]}
        self._active = dict(state["active"])
        self._highest_rank, self._norms = float(state["highest_rank"]), list(state["norms"])

    def _look(self, name: str, step: int, *, on: bool, sentence: str) -> str:
        """Note whether an alarm is on; return its sentence when it has just come up."""
        is_new = on and not self._active.get(name, False)
        self._active[name] = on
        if on:
            before = self._raised.get(name)
            first = (before.first_step, before.sentence) if before else (step, sentence)
            self._raised[name] = Alarm(name, first_step=first[0], last_step=step, sentence=first[1])
        return f"step {step:,}: {sentence}" if is_new else ""

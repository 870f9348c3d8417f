"""When a pretraining is looked at."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["WatchPlan"]

_LOOKS = 50  # of a whole run, where a study doesn't say how many


@dataclass(frozen=True, slots=True)
class WatchPlan:
    """When lines are written and embeddings are looked at.

    Attributes
    ----------
    total_steps : int
    log_every_steps : int
    every_steps : int
        Between two looks at the embeddings; 0 for about fifty in all.
    on_every_process : bool
        Whether a look needs all processes, as with sharded weights.
    """

    total_steps: int
    log_every_steps: int
    every_steps: int = 0
    on_every_process: bool = False

    def logs(self, step: int) -> bool:
        """Whether a line of the history is due after this step.

        Examples
        --------
        >>> plan = WatchPlan(total_steps=25, log_every_steps=10)
        >>> [step for step in range(1, 26) if plan.logs(step)]
        [10, 20, 25]
        """
        return step % self.log_every_steps == 0 or step == self.total_steps

    def looks(self, step: int) -> bool:
        """Whether a look at the embeddings is due after this step; 0 is before the first one.

        Examples
        --------
        >>> plan = WatchPlan(total_steps=25, log_every_steps=10, every_steps=10)
        >>> [step for step in range(26) if plan.looks(step)]
        [0, 10, 20, 25]
        """
        between = self.every_steps or max(1, self.total_steps // _LOOKS)
        return step % between == 0 or step == self.total_steps

    def looks_left(self, step: int) -> int:
        """Return how many looks come after this step.

        Examples
        --------
        >>> WatchPlan(total_steps=25, log_every_steps=10, every_steps=10).looks_left(10)
        2
        """
        between = self.every_steps or max(1, self.total_steps // _LOOKS)
        regular = self.total_steps // between - step // between
        return regular + (1 if self.total_steps % between and step < self.total_steps else 0)

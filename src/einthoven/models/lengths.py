"""How many samples a window may have for an architecture."""

from __future__ import annotations

from dataclasses import dataclass

from einthoven.errors import SignalError

__all__ = ["Lengths"]


@dataclass(frozen=True, slots=True)
class Lengths:
    """Accepted numbers of samples.

    Attributes
    ----------
    minimum : int
    maximum : int, optional
        Networks that add a position per token have one; None for no limit.
    multiple_of : int
        Networks that cut the window into patches take whole patches alone.

    Examples
    --------
    >>> Lengths(75, maximum=2250, multiple_of=75).accepts(2250)
    True
    """

    minimum: int = 1
    maximum: int | None = None
    multiple_of: int = 1

    def accepts(self, n_samples: int) -> bool:
        """Return whether a window of this many samples is taken."""
        below = n_samples < self.minimum
        above = self.maximum is not None and n_samples > self.maximum
        return not below and not above and n_samples % self.multiple_of == 0

    def check(self, n_samples: int, *, name: str) -> None:
        """Refuse a window by name.

        Raises
        ------
        SignalError
            Says what ``name`` accepts and what came.
        """
        if not self.accepts(n_samples):
            raise SignalError(f"{name} needs {self}, got {n_samples}; use another window_s")

    def __str__(self) -> str:
        """Say what is accepted, for example ``at least 32 samples``."""
        if self.maximum == self.minimum:
            return f"exactly {self.minimum} samples"
        upper = "" if self.maximum is None else f" and at most {self.maximum}"
        step = "" if self.multiple_of == 1 else f" in multiples of {self.multiple_of}"
        return f"at least {self.minimum}{upper} samples{step}"

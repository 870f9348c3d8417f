"""What stands behind an encoder; readable without torch, as a study file is."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["HeadSettings"]


@dataclass(frozen=True, slots=True)
class HeadSettings:
    """Shape of the head.

    Attributes
    ----------
    dropout : float in [0, 1)
        Before the last linear layer; half of it before the hidden one.
    hidden_width : int
        0 for a linear head.
    """

    dropout: float = 0.5
    hidden_width: int = 0

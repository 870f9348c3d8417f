"""What a statement says of a finding: it is there, it is not there, or it may be."""

from __future__ import annotations

from typing import Literal

__all__ = ["Presence"]

Presence = Literal["present", "absent", "uncertain"]

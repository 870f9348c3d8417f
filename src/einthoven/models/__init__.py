"""One architecture per file, checkpoints, prediction."""

from __future__ import annotations

__all__: list[str] = []

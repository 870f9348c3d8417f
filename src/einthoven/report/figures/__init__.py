"""Figures of the report: each takes numbers and returns a matplotlib figure in the colours of ``theme``."""

from __future__ import annotations

__all__: list[str] = []

"""Published ECG models, one per file: what their weights are called, what they must be fed and what they have seen."""

from __future__ import annotations

__all__: list[str] = []

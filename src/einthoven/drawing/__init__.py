"""ECGs as pictures: on standard paper where millivolts are known, as plain traces where they are not."""

from __future__ import annotations

__all__: list[str] = []

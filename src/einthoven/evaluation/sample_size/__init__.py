"""How many patients a study needs, one question per file: precision of each number, power of each comparison."""

from __future__ import annotations

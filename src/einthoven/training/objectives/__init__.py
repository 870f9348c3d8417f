"""One training objective per file."""

from __future__ import annotations

"""AliveCor Kardia ATC."""

from __future__ import annotations

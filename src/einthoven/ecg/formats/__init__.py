"""One file format family per file."""

from __future__ import annotations

"""One score calibrator per file."""

from __future__ import annotations

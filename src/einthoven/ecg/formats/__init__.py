"""Readers of ECG files, one format family per file; each gives a ``Record`` in millivolts or says why not."""

from __future__ import annotations

from einthoven.ecg.formats.location import RecordLocation
from einthoven.ecg.formats.reading import FORMATS, locate, read

__all__ = ["FORMATS", "RecordLocation", "locate", "read"]

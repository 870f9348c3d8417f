"""The ECG itself: records, leads, input specs, preparation, quality. No torch, no tables."""

from __future__ import annotations

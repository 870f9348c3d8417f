"""EDF, EDF+, BDF and BDF+."""

from __future__ import annotations

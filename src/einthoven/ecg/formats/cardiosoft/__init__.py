"""GE CardioSoft and UK Biobank XML."""

from __future__ import annotations

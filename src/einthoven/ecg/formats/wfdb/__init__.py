"""WFDB, the format of PhysioNet."""

from __future__ import annotations

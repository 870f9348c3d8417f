"""Who is studied, with which outcome, in which split."""

from __future__ import annotations

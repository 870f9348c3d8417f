"""Schiller XML."""

from __future__ import annotations

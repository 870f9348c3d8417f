"""Mortara and ELI XML."""

from __future__ import annotations

"""Philips Sierra XML."""

from __future__ import annotations

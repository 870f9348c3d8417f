"""Diagnostic vocabularies and label sets."""

from __future__ import annotations

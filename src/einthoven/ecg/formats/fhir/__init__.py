"""FHIR Observations."""

from __future__ import annotations

"""HL7 annotated ECG."""

from __future__ import annotations

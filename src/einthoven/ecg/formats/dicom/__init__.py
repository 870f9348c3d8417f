"""DICOM waveforms."""

from __future__ import annotations

"""SCP-ECG."""

from __future__ import annotations

"""einthoven: from a hospital's ECG archive to a validated, explained diagnostic model."""

from __future__ import annotations

__version__ = "0.1.0"

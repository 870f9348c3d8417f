"""NPZ that says all about itself."""

from __future__ import annotations

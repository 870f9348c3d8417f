"""GE MUSE XML."""

from __future__ import annotations

"""Parts that several architectures share."""

from __future__ import annotations

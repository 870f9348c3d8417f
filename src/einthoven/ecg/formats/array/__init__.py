"""Arrays with a declared layout."""

from __future__ import annotations

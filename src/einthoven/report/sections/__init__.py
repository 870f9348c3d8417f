"""One section of the report per file."""

from __future__ import annotations

"""One public data set or archive layout per file."""

from __future__ import annotations

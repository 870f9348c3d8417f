"""One statistic per file; each refuses what it is not defined on."""

from __future__ import annotations

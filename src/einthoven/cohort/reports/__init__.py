"""Values out of the free text of echo and other reports."""

from __future__ import annotations

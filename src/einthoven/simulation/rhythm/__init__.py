"""When the heart's chambers are activated, and the sum of their waves. No noise, no device."""

from __future__ import annotations

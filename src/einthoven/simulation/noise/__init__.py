"""What the electrodes pick up beside the heart, and what goes wrong with them."""

from __future__ import annotations

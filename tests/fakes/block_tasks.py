"""Blocks of work that other processes can find."""

from __future__ import annotations

import os
import time

__all__ = ["end_process", "slow_square"]


def slow_square(number: int) -> int:
    """Return the square; every third takes longer, so that order has to be kept."""
    time.sleep(0.02 * (number % 3 == 0))
    return number**2


def end_process(number: int) -> int:
    """Die as a process does that the system kills."""
    os._exit(3)

"""Repeatable arithmetic and random numbers for one block of code, the process's own state given back afterwards."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch

__all__ = ["reproducible", "reseed"]


def reseed(*entropy: int) -> None:
    """Set torch's random state from ``SeedSequence(entropy)``, the same on every device."""
    state = np.random.SeedSequence(list(entropy)).generate_state(1, np.uint64)[0]
    seed = int(state) >> 1
    # torch.manual_seed would keep a call stack for each device that isn't there, at each step
    torch.default_generator.manual_seed(seed)
    if torch.cuda.is_initialized():  # type: ignore[no-untyped-call] # torch ships no type for it
        torch.cuda.manual_seed_all(seed)


@contextmanager
def reproducible() -> Iterator[None]:
    """Use deterministic algorithms (on a GPU: where there is one) and give back random state and switches."""
    enabled = torch.are_deterministic_algorithms_enabled()
    warn_only = torch.is_deterministic_algorithms_warn_only_enabled()
    debugging: Any = torch.utils.deterministic
    filled = debugging.fill_uninitialized_memory
    on_gpu = torch.cuda.is_available()
    with (
        torch.random.fork_rng(),
        torch.backends.cudnn.flags(enabled=True, benchmark=False, deterministic=True, allow_tf32=False),
        warnings.catch_warnings(),
    ):
        warnings.filterwarnings("ignore", message=".*deterministic.*", category=UserWarning)
        torch.use_deterministic_algorithms(True, warn_only=on_gpu)
        debugging.fill_uninitialized_memory = False  # nothing of ours reads it, and it would be written each time
        try:
            yield
        finally:
            debugging.fill_uninitialized_memory = filled
            torch.use_deterministic_algorithms(enabled, warn_only=warn_only)

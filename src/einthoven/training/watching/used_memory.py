"""How much memory a training has used at most."""

from __future__ import annotations

import resource

import torch

__all__ = ["used_memory_gb"]


def used_memory_gb() -> float:
    """Return the peak in 10^9 bytes: of the accelerator, where there is one, or of this process."""
    if torch.cuda.is_available():
        return torch.cuda.max_memory_allocated() / 1e9
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9

"""What this machine computes on."""

from __future__ import annotations

import torch

__all__ = ["describe_device"]


def describe_device() -> str:
    """Return the accelerator in words, or that there is none and how many threads the CPU works with."""
    if torch.cuda.is_available():
        name = torch.cuda.get_device_name(0)
        memory_gb = torch.cuda.get_device_properties(0).total_memory / 1e9
        return f"{torch.cuda.device_count()} x {name}, {memory_gb:.0f} GB"
    return f"none; torch {torch.__version__} on the CPU with {torch.get_num_threads()} threads"

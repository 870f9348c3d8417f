"""What a training ran on, in words: never which machine of somebody's it was."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import torch

__all__ = ["hardware_in_words"]

_CPU_INFO = Path("/proc/cpuinfo")


def hardware_in_words(device: torch.device, *, cpu_info: Path = _CPU_INFO) -> str:
    """Return the kind of accelerator, or of processor with the number of threads in use."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    threads, cores = torch.get_num_threads(), os.cpu_count() or 1
    return f"{_processor(cpu_info)}, {threads} of {cores} threads"


def _processor(cpu_info: Path) -> str:
    try:
        lines = cpu_info.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names and names[0] else platform.machine() or "unknown processor"

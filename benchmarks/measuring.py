"""What all benchmarks share: the real ECGs, the machine in one line, medians of interleaved repetitions."""

from __future__ import annotations

import gc
import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping
from importlib import metadata
from pathlib import Path

__all__ = ["interleaved", "machine", "pin_to_one_core", "real_data", "table"]

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("einthoven", "numpy", "scipy", "pyarrow", "h5py", "wfdb")


def real_data() -> Path:
    """Return the folder of real ECGs that EINTHOVEN_REAL_DATA names."""
    folder = ROOT / os.environ.get("EINTHOVEN_REAL_DATA", "../shared/data")
    if not (folder / "ptb_xl" / "records500").is_dir():
        raise SystemExit("set EINTHOVEN_REAL_DATA to a folder that holds ptb_xl/records500")
    return folder


def machine() -> str:
    """Return cores, system, Python and versions of packages in one line."""
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in PACKAGES)
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores ({_processor()}), {memory_gb:.0f} GB, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}, {versions}"
    )


def pin_to_one_core() -> None:
    """Keep this process, and the threads that it will start, on one core."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def interleaved(contestants: Mapping[str, Callable[[], object]], *, repetitions: int) -> dict[str, float]:
    """Return each contestant's median seconds; they take turns, so that a busy moment of the machine meets all."""
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    for run in contestants.values():
        run()  # files into the page cache, modules imported, filters designed
    for _ in range(repetitions):
        for name, run in contestants.items():
            gc.collect()
            started = time.perf_counter()
            run()
            seconds[name].append(time.perf_counter() - started)
    return {name: statistics.median(values) for name, values in seconds.items()}


def table(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """Return a Markdown table."""
    lines = [header, tuple("---" for _ in header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or "unknown processor"

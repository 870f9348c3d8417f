"""Memory of ingest: peak resident size of each process, as the number of records grows a hundredfold.

The real records are repeated under new names; each size runs in processes of its own.
"""

from __future__ import annotations

import argparse
import multiprocessing
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from einthoven.ecg.formats import locate
from einthoven.ecg.input_spec import IngestSpec
from einthoven.store.ingest import ingest
from loading import repeated
from measuring import machine, real_data, table

SIZES = (500, 5_000, 50_000)
ALLOWED_GROWTH_MB = 200


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help=f"up to {SIZES[-1]:,} records: minutes and 3 GB of disk")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--one", type=int, help="measure one size in this process and print the numbers")
    arguments = parser.parse_args()
    if arguments.one:
        print(*measure_one(arguments.one, workers=arguments.workers))
        return
    sizes = SIZES if arguments.full else SIZES[:2]
    print(machine(), measure(sizes, workers=arguments.workers), sep="\n\n")


def measure(sizes: tuple[int, ...], *, workers: int) -> str:
    """Return a Markdown table of peak sizes, and the growth per worker."""
    rows, peaks = [], []
    for size in sizes:
        command = [sys.executable, __file__, "--one", str(size), "--workers", str(workers)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        parent_mb, worker_mb, seconds = (float(word) for word in done.stdout.split())
        peaks.append(worker_mb)
        rows.append((f"{size:,}", f"{parent_mb:.0f} MB", f"{worker_mb:.0f} MB", f"{size / seconds:,.0f}"))
    growth = peaks[-1] - peaks[0]
    verdict = "within" if growth < ALLOWED_GROWTH_MB else "BEYOND"
    return (
        f"{workers} workers, shards of 1,000 records, quality measured.\n\n"
        + table(("records", "peak of the parent", "peak of a worker", "records per s"), rows)
        + f"\n\nGrowth per worker: {growth:.0f} MB, {verdict} the {ALLOWED_GROWTH_MB} MB allowed."
    )


def measure_one(size: int, *, workers: int) -> tuple[float, float, float]:
    """Ingest so many records; return peak MB of this process and of the largest worker, and seconds."""
    locations = locate(real_data() / "ptb_xl" / "records500")
    locations = repeated(locations, copies=-(-size // len(locations)))[:size]
    peaks = [0.0]

    def note_workers(_done: int, _total: int) -> None:
        peaks.extend(peak_mb(child.pid) for child in multiprocessing.active_children())

    # at least two shards, so that workers are seen after they have written one
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        ingest(
            locations,
            Path(folder) / "store",
            spec=IngestSpec(),
            workers=workers,
            shard_records=min(1000, size // 2),
            progress=note_workers,
        )
        seconds = time.perf_counter() - started
    return peak_mb("self"), max(peaks), seconds


def peak_mb(process: int | str | None) -> float:
    """Return the peak resident size of a process (Linux)."""
    for line in Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0


if __name__ == "__main__":
    main()

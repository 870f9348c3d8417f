"""Run all benchmarks of ingest and loading, each in a process of its own, and write RESULTS.md."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from measuring import machine

HERE = Path(__file__).resolve().parent
BENCHMARKS = {
    "ingest": ("ingest.py", "Ingest against a loop of wfdb and SciPy"),
    "loading": ("loading.py", "Random batches against plain preadv, memmap and HDF5"),
    "memory": ("memory.py", "Memory of ingest"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="memory at 50,000 records too: minutes and 3 GB of disk")
    parser.add_argument("--only", choices=BENCHMARKS, help="run one and print it, without writing RESULTS.md")
    arguments = parser.parse_args()
    if arguments.only:
        print(run(BENCHMARKS[arguments.only][0], full=arguments.full))
        return
    sections = [f"## {title}\n\n{run(script, full=arguments.full)}" for script, title in BENCHMARKS.values()]
    head = (
        "# Benchmarks\n\nWritten by `python benchmarks/run_all.py`; real PTB-XL records. Only ratios within one run "
        f"mean anything on another machine.\n\nMachine: {machine()}; "
        f"load average {os.getloadavg()[0]:.1f} at the start."
    )
    (HERE / "RESULTS.md").write_text("\n\n".join([head, *sections]) + "\n", encoding="utf-8")


def run(script: str, *, full: bool) -> str:
    """Return what a benchmark prints after its line about the machine."""
    command = [sys.executable, str(HERE / script), *(["--full"] if full and script == "memory.py" else [])]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout.partition("\n\n")[2].strip()


if __name__ == "__main__":
    main()

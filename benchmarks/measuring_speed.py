"""ECGs per second of all measurements, one core, beside NeuroKit2 and ``wfdb.processing``; and memory over thousands.

Ours does everything: beats, classes, representative beats, waves of every lead and beat, rhythm, all numbers. NeuroKit2
cleans, finds R and delineates lead by lead; xqrs and gqrs find nothing but QRS, lead by lead. Processor seconds,
contestants taking turns. NeuroKit2 runs in the Python that ``NEUROKIT_PYTHON`` names (this one by default).
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from wfdb import processing

from einthoven.ecg.analysis_signal import analysis_signal
from einthoven.ecg.beats import find_beats
from einthoven.ecg.delineation import delineate
from einthoven.ecg.formats import read
from einthoven.ecg.measurements import measure
from einthoven.ecg.record import Record
from measuring import machine, pin_to_one_core, real_data, table

OURS = 100
PEERS = 2
TURNS = 5
MEMORY_AFTER = (200, 1000, 3000, 5000)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--memory", action="store_true", help="only measure again and again, and print MB")
    arguments = parser.parse_args()
    pin_to_one_core()
    if arguments.memory:
        print(json.dumps(memory_mb()))
        return
    records = ludb_records(OURS)
    text = (
        "Processor time per ECG of 12 leads, 10 s, 500 Hz (LUDB), one core, files already read; medians of "
        f"{TURNS} interleaved turns."
    )
    print(machine(), f"{text}\n\n{speed_table(records)}", stage_text(records), memory_text(), sep="\n\n")


def ludb_records(n: int) -> list[Record]:
    """Read the first records."""
    folder = real_data() / "ludb" / "data"
    return [read(folder / f"{number}.hea", with_sha256=False) for number in range(1, n + 1)]


def speed_table(records: list[Record]) -> str:
    """Return a line for each contestant."""
    contestants: dict[str, Callable[[], float | None]] = {
        "einthoven, everything": lambda: _per_ecg(measure, records),
        "NeuroKit2, clean + peaks + delineate (dwt)": lambda: _neurokit("dwt"),
        "NeuroKit2, clean + peaks + delineate (prominence)": lambda: _neurokit("prominence"),
        "wfdb.processing.xqrs, QRS alone": lambda: _per_ecg(_xqrs, records[:PEERS]),
        "wfdb.processing.gqrs, QRS alone": lambda: _per_ecg(_gqrs, records[:PEERS]),
    }
    seconds: dict[str, list[float | None]] = {name: [] for name in contestants}
    measure(records[0])  # filters designed, modules loaded
    for _ in range(TURNS):
        for name, run in contestants.items():
            seconds[name].append(run())
    ours = statistics.median(value for value in next(iter(seconds.values())) if value)
    rows = []
    for name, values in seconds.items():
        known = [value for value in values if value is not None]
        if not known:
            rows.append((name, "not run: NEUROKIT_PYTHON names no Python with neurokit2 and wfdb", "", ""))
            continue
        one = statistics.median(known)
        rows.append((name, f"{1e3 * one:,.1f}", f"{1 / one:,.1f}", f"{one / ours:,.0f} x" if one != ours else ""))
    return table(("", "ms per ECG", "ECGs per s", "time against ours"), rows)


def stage_text(records: list[Record]) -> str:
    """Return where our time goes."""
    ms: dict[str, list[float]] = {"signal": [], "beats": [], "waves": [], "everything": []}
    for record in records:
        started = time.process_time()
        analysis = analysis_signal(record)
        prepared = time.process_time()
        beats = find_beats(analysis)
        found = time.process_time()
        delineate(analysis, beats)
        delineated = time.process_time()
        measure(record)
        ended = time.process_time()
        for name, value in zip(
            ms, (prepared - started, found - prepared, delineated - found, ended - delineated), strict=True
        ):
            ms[name].append(1e3 * value)
    parts = ", ".join(f"{name} {statistics.median(values):.2f}" for name, values in ms.items())
    worst = max(ms["everything"])
    return f"Medians in ms: {parts}; the slowest record {worst:.1f}."


def memory_text() -> str:
    """Return how a process grows that measures thousands of ECGs."""
    done = subprocess.run([sys.executable, __file__, "--memory"], check=True, stdout=subprocess.PIPE, text=True)
    sizes = json.loads(done.stdout)
    steps = ", ".join(f"{size:.0f} MB after {n}" for n, size in sizes.items())
    growth = sizes[str(MEMORY_AFTER[-1])] - sizes[str(MEMORY_AFTER[0])]
    return f"Resident memory of one process: {steps}: {growth:+.0f} MB between the first and the last."


def memory_mb() -> dict[int, float]:
    """Measure ECGs over and over and return the resident memory on the way."""
    records = ludb_records(120)
    sizes = {}
    for done in range(1, MEMORY_AFTER[-1] + 1):
        measure(records[done % len(records)])
        if done in MEMORY_AFTER:
            pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
            sizes[done] = pages * os.sysconf("SC_PAGE_SIZE") / 2**20
    return sizes


def _per_ecg(run: Callable[[Record], object], records: list[Record]) -> float:
    started = time.process_time()
    for record in records:
        run(record)
    return (time.process_time() - started) / len(records)


def _xqrs(record: Record) -> None:
    for lead in record.signal.astype(np.float64):
        processing.xqrs_detect(lead, fs=record.sampling_rate_hz, verbose=False)


def _gqrs(record: Record) -> None:
    for lead in record.signal.astype(np.float64):
        processing.gqrs_detect(lead, fs=record.sampling_rate_hz, adc_gain=1000, adc_zero=0)


def _neurokit(method: str) -> float | None:
    python = os.environ.get("NEUROKIT_PYTHON", sys.executable)
    script = Path(__file__).with_name("neurokit_waves.py")
    numbers = [str(number) for number in range(1, PEERS + 1)]
    command = [python, str(script), str(real_data() / "ludb" / "data"), *numbers, "--method", method, "--seconds"]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        command, check=False, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    )
    return json.loads(done.stdout)["seconds"] / PEERS if done.returncode == 0 else None


if __name__ == "__main__":
    main()

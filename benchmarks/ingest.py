"""Ingest against the loop that most projects write: wfdb.rdrecord, sosfiltfilt, resample_poly; one core, same files.

Ours includes reading, the header's checksums, SHA-256, leads, filter, resampling, quantisation, signal hash, manifest,
and writing with fsync; the loop throws its result away. Each run is a process of its own, so that none profits from how
another left the memory; imports and a first pass over some records are not counted.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import wfdb
from scipy import signal

from einthoven.ecg.formats import RecordLocation, locate
from einthoven.ecg.input_spec import IngestSpec
from einthoven.store.ingest import ingest
from measuring import machine, pin_to_one_core, real_data, table

CONTESTANTS = {
    "loop": "loop of wfdb.rdrecord, sosfiltfilt, resample_poly",
    "loop-extended": "the same loop with the odd extension of 5 s that ingest uses",
    "quality-off": "einthoven ingest, quality off",
    "quality-on": "einthoven ingest, quality on",
}
WARM_UP_RECORDS = 50
EXTENSION_SAMPLES = 2500  # 5 s at 500 Hz


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--one", choices=CONTESTANTS, help="run one contestant once and print its seconds")
    arguments = parser.parse_args()
    if arguments.one:
        print(*measure_one(arguments.one))
        return
    print(machine(), measure(repetitions=arguments.repetitions), sep="\n\n")


def measure(*, repetitions: int) -> str:
    """Return a Markdown table of milliseconds per record and ratios."""
    n_records = len(locate(real_data() / "ptb_xl" / "records500"))
    runs: dict[str, list[tuple[float, ...]]] = {name: [] for name in CONTESTANTS}
    for _ in range(repetitions):
        for name, values in runs.items():  # they take turns, so that a busy moment of the machine meets all
            command = [sys.executable, __file__, "--one", name]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            values.append(tuple(1e3 * float(word) / n_records for word in done.stdout.split()))
    medians = {
        name: tuple(statistics.median(column) for column in zip(*values, strict=True)) for name, values in runs.items()
    }
    rows = []
    for name, (elapsed_ms, processor_ms) in medians.items():
        ratios = [f"{medians[loop][1] / processor_ms:.1f} x" for loop in ("loop", "loop-extended")]
        rows.append((CONTESTANTS[name], f"{elapsed_ms:.2f}", f"{processor_ms:.2f}", *ratios))
    head = (
        f"{n_records} 10-s 12-lead WFDB records, 500 to 250 Hz, one core, median of {repetitions} interleaved runs. "
        "SciPy extends a record by 0.04 s unless told otherwise, which leaves the baseline wrong for seconds at both "
        "ends; with the same extension as ours its result is ours (relative RMS below 1e-3)."
    )
    header = ("", "elapsed ms per record", "processor ms per record", "of the loop", "of the loop with equal result")
    return f"{head}\n\n{table(header, rows)}"


def measure_one(name: str) -> tuple[float, float]:
    """Return elapsed and processor seconds for all records, in this process, on one core."""
    pin_to_one_core()
    locations = locate(real_data() / "ptb_xl" / "records500")
    run(name, locations[:WARM_UP_RECORDS])
    started, started_processor = time.perf_counter(), time.process_time()
    run(name, locations)
    return time.perf_counter() - started, time.process_time() - started_processor


def run(name: str, locations: list[RecordLocation]) -> None:
    """Run a contestant over all locations."""
    if name.startswith("loop"):
        run_loop(locations, padlen=EXTENSION_SAMPLES if name == "loop-extended" else None)
    else:
        run_ingest(locations, measure_quality=name == "quality-on")


def run_loop(locations: list[RecordLocation], *, padlen: int | None) -> None:
    """Read, filter and resample every record; keep nothing."""
    sections = signal.butter(3, (0.67, 40.0), btype="bandpass", fs=500, output="sos")
    for location in locations:
        record = wfdb.rdrecord(location.path.removesuffix(".hea"))
        filtered = signal.sosfiltfilt(sections, record.p_signal, axis=0, padlen=padlen)
        signal.resample_poly(filtered, 1, 2, axis=0)


def run_ingest(locations: list[RecordLocation], *, measure_quality: bool) -> None:
    """Make a whole store in a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        ingest(locations, Path(folder) / "store", spec=IngestSpec(), measure_quality=measure_quality)


if __name__ == "__main__":
    main()

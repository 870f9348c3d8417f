"""Paired DeLong test beside MLstatkit in one run, intervals by bootstrap, and ten million scores with their memory.

MLstatkit may live in another environment: EINTHOVEN_PEERS names its Python. Without it the comparison is left out.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from measuring import machine, table

# the size of the test set in the paper whose tables einthoven reproduces, and its prevalence
RECORDS, PREVALENCE, SEED = 52_787, 0.1, 20261122
MANY = 10_000_000
TURNS = 15
OTHER_WAY = "MLstatkit subtracts the other way round"
PEER = """
import sys, time
import numpy as np
from MLstatkit import Delong_test
data = np.load(sys.argv[1])
truth, a, b = data["truth"], data["a"], data["b"]
print("ready", flush=True)
for _ in sys.stdin:
    started = time.perf_counter()
    found = Delong_test(truth, a, b)
    print(time.perf_counter() - started, float(found[0]), float(found[1]), flush=True)
"""


def scores(records: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return truth (0 or 1) and two scores of the same records."""
    random = np.random.default_rng(SEED)
    truth = (random.random(records) < PREVALENCE).astype(np.int8)
    return truth, random.normal(size=records) + truth, random.normal(size=records) + 0.95 * truth


def beside_mlstatkit(folder: str) -> str:
    """Return the table of both contestants, who take turns."""
    from einthoven.evaluation.statistics.delong_test import delong_test

    truth, a, b = scores(RECORDS)
    truth = truth.astype(np.int64)
    path = Path(folder) / "scores.npz"
    np.savez(path, truth=truth, a=a, b=b)
    python = os.environ.get("EINTHOVEN_PEERS", sys.executable)
    with subprocess.Popen(
        [python, "-c", PEER, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as peer:
        theirs = _lines(peer)
        ready = next(theirs, "") == "ready"
        seconds: dict[str, list[float]] = {"einthoven": [], "MLstatkit": []}
        answer = ""
        delong_test(a, b, truth)
        for _ in range(TURNS):
            started = time.perf_counter()
            result = delong_test(a, b, truth)
            seconds["einthoven"].append(time.perf_counter() - started)
            if ready:
                peer.stdin.write("go\n")
                peer.stdin.flush()
                answer = next(theirs)
                seconds["MLstatkit"].append(float(answer.split()[0]))
        peer.stdin.close()
    own = statistics.median(seconds["einthoven"])
    rows = [("einthoven", f"{1000 * own:.1f}", f"{result.statistic:.6f}", f"{result.p_value:.6g}", "")]
    if not ready:
        note = "MLstatkit is not installed here (EINTHOVEN_PEERS names a Python that has it), so there is no ratio."
        return table(("paired DeLong", "ms", "z", "p", "ratio"), rows) + f"\n\n{note}"
    peer_s = statistics.median(seconds["MLstatkit"])
    _, z, p = (float(word) for word in answer.split())
    rows.append(("MLstatkit", f"{1000 * peer_s:.1f}", f"{z:.6f}", f"{p:.6g}", f"**{peer_s / own:.1f} x** (target 10)"))
    return table(("paired DeLong", "ms", "z", "p", "ratio"), rows)


def _lines(peer: subprocess.Popen[str]):
    for line in peer.stdout:
        yield line.strip()


def contestants() -> dict[str, Callable[[np.ndarray, np.ndarray, np.ndarray], object]]:
    """Return what is timed, by name."""
    from einthoven.evaluation.statistics.auprc import auprc
    from einthoven.evaluation.statistics.auroc import auroc
    from einthoven.evaluation.statistics.delong_test import delong_test
    from einthoven.evaluation.statistics.partial_auroc import partial_auroc

    return {
        "auroc": lambda truth, a, _: auroc(a, truth),
        "paired DeLong": lambda truth, a, b: delong_test(a, b, truth),
        "auprc": lambda truth, a, _: auprc(a, truth),
        "partial_auroc": lambda truth, a, _: partial_auroc(a, truth),
    }


def measure_one(name: str, records: int) -> None:
    """Run one statistic in this process; print seconds, and the memory before and at the peak in MB."""
    truth, a, b = scores(records)
    statistic = contestants()[name]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    started = time.perf_counter()
    statistic(truth, a, b)
    print(time.perf_counter() - started, before, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--one", nargs=2, help="statistic and records: measure it in this process")
    arguments = parser.parse_args()
    if arguments.one:
        measure_one(arguments.one[0], int(arguments.one[1]))
        return
    with tempfile.TemporaryDirectory() as folder:
        compared = beside_mlstatkit(folder)
    rows = []
    for records in (RECORDS, MANY):
        for name in contestants():
            command = [sys.executable, __file__, "--one", name, str(records)]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            seconds, before, peak = (float(word) for word in done.stdout.split())
            rows.append((name, f"{records:,}", f"{seconds:.2f}", f"{before:.0f}", f"{peak:.0f}"))
    header = ("statistic", "scores", "seconds", "MB of process and scores", "MB at the peak")
    print(
        machine(), f"{RECORDS:,} scores, one thread, median of {TURNS} turns each; {OTHER_WAY}.", compared,
        "Average precision and partial area have 1,000 resamples, from a million scores on linearised intervals.",
        table(header, rows), sep="\n\n",
    )  # fmt: skip


if __name__ == "__main__":
    main()

"""Borders of P, QRS and T in LUDB against its readers' marks, beside NeuroKit2 and published networks.

All 12 leads, annotated span only, 150 ms; the convention stands in ``wave_scores.py``. NeuroKit2 runs in the Python
that ``NEUROKIT_PYTHON`` names (this one by default).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

from ludb import REPORTED, TUNED, LudbRecord, ludb, our_waves
from measuring import machine, real_data, table
from wave_scores import WAVES, BorderScore, Waves, score, score_rows

SETS = {"1 to 80 (tuned on)": TUNED, "81 to 120": REPORTED, "1 to 120": (*TUNED, *REPORTED)}
METHODS = ("dwt", "prominence")
HEADER = ("wave", "border", "marks", "sensitivity, %", "predictive value, %", "mean error, ms", "SD, ms")
# mean +- SD in ms of P on, P off, QRS on, QRS off, T on, T off; second-hand, from the comparison in the README of
# github.com/Drizzr/MCG_segmentation: the papers themselves were not at hand. The first row's F1 of P there is 96.5 %,
# while the paper's abstract says 97.8 %, so it may be one of several evaluations.
PUBLISHED = {
    "Moskalenko et al. 2019, doi:10.1007/978-3-030-30425-6_29": "0.9 +- 14.1, -3.5 +- 15.7, 2.1 +- 9.8, 1.6 +- 9.8, "
    "1.3 +- 20.9, -0.3 +- 22.9",
    "Joung et al. 2024, arXiv:2304.06237": "7.4 +- 14.1, -1.8 +- 9.9, 6.1 +- 10.5, 2.0 +- 10.7, 3 +- 25.2, 4.5 +- 24.4",
    "Sereda et al. 2018, arXiv:1812.10386": "2.7 +- 21.9, -7.4 +- 28.6, 2.6 +- 12.4, -1.7 +- 14.1, 8.4 +- 28.2, "
    "-3.1 +- 28.2",
}


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    records = ludb()
    marked = {number: one.marks for number, one in records.items()}
    ours = {number: our_waves(one.record) for number, one in records.items()}
    peers = {f"NeuroKit2 {method}": neurokit_waves(method) for method in METHODS}
    print(machine(), end="\n\n")
    for name, numbers in SETS.items():
        scores = score(ours, marked, records=numbers)
        print(f"einthoven, records {name}:\n\n{table(HEADER, score_rows(scores))}\n")
        print(f"{false_p_text(scores, records, numbers)}\n")
    print(comparison({"einthoven": ours} | {name: waves for name, waves in peers.items() if waves}, records))
    missing = [name for name, waves in peers.items() if not waves]
    if missing:
        print(f"\n{' and '.join(missing)}: not run, NEUROKIT_PYTHON names no Python with neurokit2 and wfdb.")
    print(f"\n{published_text()}")


def neurokit_waves(method: str) -> dict[int, Waves]:
    """Return what NeuroKit2 finds in each record, nothing where it cannot be run."""
    python = os.environ.get("NEUROKIT_PYTHON", sys.executable)
    script = Path(__file__).with_name("neurokit_waves.py")
    numbers = [str(number) for number in (*TUNED, *REPORTED)]
    command = [python, str(script), str(real_data() / "ludb" / "data"), *numbers, "--method", method]
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    if done.returncode:
        return {}
    names = {lead.lower(): lead for lead in ("I", "II", "III", "aVR", "aVL", "aVF", *(f"V{k}" for k in range(1, 7)))}
    return {
        int(number): {
            names[lead]: {wave: np.array(rows, np.float64).reshape(-1, 3) for wave, rows in waves.items()}
            for lead, waves in leads.items()
        }
        for number, leads in json.loads(done.stdout)["ms"].items()
    }


def false_p_text(scores: Iterable[BorderScore], records: Mapping[int, LudbRecord], numbers: Iterable[int]) -> str:
    """Return the false P waves per beat of the records in which fewer than half of the beats have one."""
    few = {number for number in numbers if records[number].few_p}
    peak = next(one for one in scores if (one.wave, one.border) == ("p", "peak"))
    n_false = sum(record in few and kind == "false" for record, _, _, kind in peak.unpaired)
    n_beats = sum(len(waves["N"]) for number in few for waves in records[number].marks.values())
    rate = f"{n_false / n_beats:.3f}" if n_beats else "no"
    return f"Records with P in fewer than half of the beats ({len(few)}): {rate} false P waves per beat and lead."


def comparison(methods: Mapping[str, Mapping[int, Waves]], records: Mapping[int, LudbRecord]) -> str:
    """Return one line per method, wave and set: detection by the peak, errors of onset and end."""
    marked = {number: one.marks for number, one in records.items()}
    rows = []
    for name, numbers in SETS.items():
        scores = {method: score(found, marked, records=numbers) for method, found in methods.items()}
        rows += [
            (name, WAVES[wave], method, *_summary(scores[method][3 * k : 3 * k + 3]))
            for k, wave in enumerate(WAVES)
            for method in methods
        ]
    head = ("records", "wave", "method", "sensitivity, %", "predictive value, %", "onset, ms", "end, ms")
    return f"Waves by their peaks, beside NeuroKit2:\n\n{table(head, rows)}"


def _summary(scores: list[BorderScore]) -> tuple[str, ...]:
    on, peak, off = scores
    errors = (
        f"{one.error_ms.mean():+.1f} +- {one.error_ms.std():.1f}" if one.error_ms.size else "" for one in (on, off)
    )
    return f"{100 * peak.sensitivity:.2f}", f"{100 * peak.predictive_value:.2f}", *errors


def published_text() -> str:
    """Return what others published, second-hand and on other records of the same database."""
    rows = [(source, *figures.split(", ")) for source, figures in PUBLISHED.items()]
    head = ("source", "P on", "P off", "QRS on", "QRS off", "T on", "T off")
    return (
        "Published networks on LUDB, 150 ms, mean +- SD in ms, each on test records of its own choice, some of "
        "which we lack; second-hand, from the comparison of a successor (github.com/Drizzr/MCG_segmentation):\n\n"
        f"{table(head, rows)}"
    )


if __name__ == "__main__":
    main()

"""Simulated ECGs per second: in memory, and as a hospital's files; memory while a hospital grows."""

from __future__ import annotations

import multiprocessing
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from measuring import machine, table

PEOPLE, PATIENTS, SEED = 400, 4000, 7
GROWTH = (1000, 4000, 16_000)


def composed(first: int) -> tuple[int, float]:
    """Simulate the ECGs of half of the people; return how many, and the seconds without the people's lives."""
    from einthoven.simulation.devices import DEVICES
    from einthoven.simulation.ecg import Identity, simulate_ecg
    from einthoven.simulation.heart.traits import draw_traits
    from einthoven.simulation.hospitals import preset
    from einthoven.simulation.people.simulate_person import simulate_person

    people = [simulate_person(preset("A"), number, seed=SEED) for number in range(first, PEOPLE, 2)]
    jobs = [(person, visit) for person in people for visit in person.ecgs]
    random = np.random.default_rng(first)
    traits = {
        person.patient_id: draw_traits(
            random, sex=person.sex, age_years=60.0, height_cm=person.height_cm, weight_kg=person.weight_kg
        )
        for person in people
    }
    for repetition in range(2):  # the first round fills caches
        started = time.perf_counter()
        for person, visit in jobs:
            simulate_ecg(
                visit.state, traits[person.patient_id], DEVICES["ge"], random=random, identity=Identity(visit.record_id)
            )
        if repetition:
            return len(jobs), time.perf_counter() - started
    raise AssertionError("two rounds were made")


def exported(patients: int, *arguments: str) -> tuple[int, float, float]:
    """Run the command; return ECGs, seconds and the largest memory of one process in MB."""
    with tempfile.TemporaryDirectory() as folder:
        command = [
            *(str(Path(sys.executable).parent / "einthoven"), "simulate", "--sites", "A", "--seed", str(SEED)),
            *("--patients", str(patients), "--out", str(Path(folder) / "out"), *arguments),
        ]
        script = f"import resource, subprocess, sys; subprocess.run({command!r}, check=True, stdout=sys.stderr)\n"
        script += "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
        started = time.perf_counter()
        done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
        seconds = time.perf_counter() - started
        lines = (Path(folder) / "out" / "A" / "ecgs.csv").read_text(encoding="utf-8-sig").splitlines()
    return len(lines) - 1, seconds, int(re.findall(r"\d+", done.stdout)[-1]) / 1024


def main() -> None:
    print(machine(), end="\n\n")
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        halves = pool.map(composed, range(2))
    speed = sum(count / seconds for count, seconds in halves)
    rows = [("12 x 5,000 samples, in memory", str(sum(count for count, _ in halves)), f"{speed:.0f}", "")]
    for what, arguments in (
        ("with MUSE XML files", ("--workers", "2")),
        ("tables and truth alone", ("--workers", "2", "--no-signals")),
    ):
        count, seconds, megabytes = exported(PATIENTS, *arguments)
        rows.append((what, str(count), f"{count / seconds:.0f}", f"{megabytes:.0f}"))
    print(table(("what", "ECGs", "a second on 2 cores", "MB of the largest process"), rows), end="\n\n")
    grown = [(n, *exported(n, "--workers", "2", "--no-signals")) for n in GROWTH]
    print(
        table(
            ("patients", "ECGs", "MB of the largest process"),
            [(f"{n:,}", f"{e:,}", f"{m:.0f}") for n, e, _, m in grown],
        )
    )


if __name__ == "__main__":
    main()

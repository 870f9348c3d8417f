"""Run benchmarks, each in a process of its own, and put what they print into its section of RESULTS.md."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "RESULTS.md"
BENCHMARKS = {
    "formats": ("formats.py", "Readers against the packages of their formats"),
    "ingest": ("ingest.py", "Ingest against a loop of wfdb and SciPy"),
    "loading": ("loading.py", "Random batches against plain preadv, memmap and HDF5"),
    "memory": ("memory.py", "Memory of ingest"),
    "quality": ("quality_cinc2011.py", "Signal quality against the readers of CinC 2011"),
    "delineation": ("delineation.py", "Borders of P, QRS and T in LUDB beside NeuroKit"),
    "measurements_ludb": ("measurements_ludb.py", "Intervals, rate and axis against the readers of LUDB"),
    "rhythms": ("rhythms.py", "Atrial fibrillation and bundle branch blocks from measurements alone"),
    "measurement_invariance": ("measurement_invariance.py", "The same ECG at other rates, cuts, gains and lead orders"),
    "measuring_bad_ecgs": ("measuring_bad_ecgs.py", "Measurements of ECGs that nobody should read"),
    "measuring_speed": ("measuring_speed.py", "Measurements per second beside NeuroKit and wfdb.processing"),
    "statements": ("statements.py", "Superclasses of PTB-XL from reports alone and from codes alone"),
    "near_duplicates": ("near_duplicates.py", "One recording under two ids, found or mistaken"),
    "pairing": ("pairing.py", "A million ECGs paired with echo reports, with history"),
    "arrays": ("arrays.py", "Five superclasses from signals and labels alone"),
    "simulating": ("simulating.py", "Simulated ECGs per second, and memory"),
    "inference": ("inference.py", "Scores per second: eager, compiled, onnxruntime"),
    "state_space": ("state_space.py", "State spaces beside a ResNet and a transformer, and in long windows"),
    "verification": ("verification.py", "Verification bias: patients without an echo, whose truth is known"),
    "discrimination": ("discrimination.py", "Paired DeLong beside MLstatkit, and ten million scores"),
    "subgroups": ("subgroups.py", "A subgroup table of a thousand resamples beside scikit-learn"),
    "virtual_distributions": ("virtual_hospital/distributions.py", "Simulated ECGs beside real ones, figure by figure"),
    "virtual_judges": ("virtual_hospital/judges.py", "Simulated or real: trees on measurements, a network on beats"),
    "virtual_transfer": ("virtual_hospital/transfer.py", "Real ECGs read by a network that saw simulated ones alone"),
}
SLOW = {
    "arrays": "half an hour",
    "inference": "half an hour",
    "virtual_judges": "a quarter of an hour",
    "virtual_transfer": "half an hour",
}
HEAD = (
    "# Benchmarks\n\nWritten by `python benchmarks/run_all.py`, section by section; real ECGs. Only ratios within one "
    "run mean anything on another machine."
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="memory at 50,000 records too: minutes and 3 GB of disk")
    slow = ", ".join(f"{name} ({time})" for name, time in SLOW.items())
    parser.add_argument("names", nargs="*", choices=[[], *BENCHMARKS], help=f"all but {slow} when none is given")
    arguments = parser.parse_args()
    for name in arguments.names or [name for name in BENCHMARKS if name not in SLOW]:
        script, title = BENCHMARKS[name]
        _replace_section(title, _run(script, full=arguments.full))


def _run(script: str, *, full: bool) -> str:
    """Return what a benchmark prints: a line about the machine, then its results."""
    load = f"{os.getloadavg()[0]:.1f}"
    command = [sys.executable, str(HERE / script), *(["--full"] if full and script == "memory.py" else [])]
    one_thread = os.environ | {"OPENBLAS_NUM_THREADS": "1"}  # as the command line has it, for all contestants
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=one_thread)
    machine, _, results = done.stdout.partition("\n\n")
    return f"{results.strip()}\n\n*{machine.strip()}; load average {load} at the start.*"


def _replace_section(title: str, text: str) -> None:
    sections = RESULTS.read_text(encoding="utf-8").split("\n\n## ")[1:] if RESULTS.is_file() else []
    kept = {section.partition("\n")[0]: section.partition("\n")[2].strip() for section in sections}
    kept[title] = text
    order = [known for _, known in BENCHMARKS.values() if known in kept]
    body = [f"## {known}\n\n{kept[known]}" for known in order]
    RESULTS.write_text("\n\n".join([HEAD, *body]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

"""One recording under two ids: how many variants of real ECGs are found, and how many other pairs are taken for one.

The 500 ECGs of PTB-XL, prepared at 250 Hz as a study does it; each variant is made of the file before that. False pairs
are counted among different ECGs of one patient, and among all patients.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import signal as scipy_signal

from einthoven.cohort.near_duplicates import RADIUS, close_pairs, near_duplicates
from einthoven.cohort.signal_fingerprint import DIMENSIONS, fingerprint
from einthoven.cohort.signal_overlap import SpectralSignal, best_overlap, spectral_signal
from einthoven.ecg.formats import locate, read
from einthoven.ecg.input_spec import IngestSpec
from einthoven.ecg.prepare import prepare
from einthoven.ecg.record import Record
from measuring import machine, real_data, table

SPEC = IngestSpec()
MADE_UP = 100_000
MILLION = 1_000_000
SEED = 0
NOISE = 0.44  # made-up fingerprints: as many close pairs per million as 1,697 real ECGs have, or somewhat more
OTHERS = 5000


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    print(machine(), end="\n\n")
    ecgs = Ecgs(real_data() / "ptb_xl")
    names = ("variant", "ECGs", "candidates", "found", "least correlation", "median lag")
    print(table(names, [ecgs.variant_row(name) for name in VARIANTS]))
    print(f"\nCandidates: fingerprints at most {RADIUS:g} apart.\n\n{ecgs.false_pairs()}\n\n{speed(ecgs)}")


class Ecgs:
    """The real ECGs, prepared, with their fingerprints."""

    def __init__(self, folder: Path) -> None:
        self.records = _records(folder / "records500")
        self.slow = _records(folder / "records100")
        self.ids = [name for name in self.records if name in self.slow]
        rows = pl.read_csv(folder / "ptbxl_database.csv", infer_schema=False)
        self.patient = dict(zip(rows["ecg_id"], rows["patient_id"], strict=True))
        self.signals = {name: _prepared(self.records[name]) for name in self.ids}
        self.compared = {name: spectral_signal(self.signals[name], SPEC.rate_hz) for name in self.ids}
        self.prints = _prints(self.signals)

    def variant_row(self, name: str) -> tuple[str, ...]:
        """Return how many of a variant are candidates of their own original, and how many are found."""
        source = self.slow if name == "the file at 100 Hz" else self.records
        made = {key: _prepared(VARIANTS[name](source[key])) for key in self.ids}
        near = np.linalg.norm(_prints(made) - self.prints, axis=1) <= RADIUS
        found = [
            best_overlap(self.compared[key], spectral_signal(made[key], SPEC.rate_hz))
            for key, is_near in zip(self.ids, near.tolist(), strict=True)
            if is_near
        ]
        agreeing = [overlap for overlap in found if overlap is not None]
        least = min(abs(overlap.correlation) for overlap in agreeing)
        lag_s = float(np.median([overlap.lag_s for overlap in agreeing]))
        share = (f"{near.mean():.1%}", f"**{len(agreeing) / len(self.ids):.1%}**")
        return name, str(len(self.ids)), *share, f"{least:.3f}", f"{lag_s:.2f} s"

    def false_pairs(self) -> str:
        """Return what was taken for one recording and is not, in words."""
        pairs = close_pairs(self.prints)
        found = near_duplicates(self.ids, self.prints, self.signals.__getitem__, rate_hz=SPEC.rate_hz)
        equal = {(pair.first, pair.second) for pair in found if self._equal(pair.first, pair.second)}
        of_one = [pair for pair in combinations(self.ids, 2) if self.patient[pair[0]] == self.patient[pair[1]]]
        different = [pair for pair in of_one if not self._equal(*pair)]
        taken = [pair for pair in different if self._agree(*pair)]
        drawn = np.random.default_rng(SEED).choice(len(self.ids), (OTHERS, 2))
        others = [(self.ids[i], self.ids[j]) for i, j in drawn.tolist()]
        others = [pair for pair in others if self.patient[pair[0]] != self.patient[pair[1]] and not self._equal(*pair)]
        wrong = sum(self._agree(*pair) for pair in others)
        across = [pair for pair in sorted(equal) if self.patient[pair[0]] != self.patient[pair[1]]]
        n_pairs = len(self.ids) * (len(self.ids) - 1) // 2
        return (
            f"Among the {n_pairs:,} pairs of the originals {len(pairs)} are candidates and {len(found)} are found; "
            f"{len(equal)} of these hold the same samples, {len(across)} of them under two patient ids "
            f"({', '.join(' and '.join(pair) for pair in across)}), and {len(found) - len(equal)} are **false pairs**. "
            f"Compared without asking the fingerprints, {len(taken)} of {len(different)} pairs of different ECGs of "
            f"one patient and {wrong} of {len(others):,} random pairs of different patients agree."
        )

    def _agree(self, first: str, second: str) -> bool:
        return best_overlap(self.compared[first], self.compared[second]) is not None

    def _equal(self, first: str, second: str) -> bool:
        return np.array_equal(self.signals[first], self.signals[second])


def speed(ecgs: Ecgs) -> str:
    """Return seconds and memory, and what they come to for a million ECGs."""
    print_s = _seconds(lambda key: fingerprint(ecgs.signals[key], SPEC.rate_hz), ecgs.ids)
    compared: SpectralSignal = ecgs.compared[ecgs.ids[0]]
    look_s = _seconds(lambda key: best_overlap(compared, spectral_signal(ecgs.signals[key], SPEC.rate_hz)), ecgs.ids)
    made = _made_up(ecgs.prints)
    started = time.process_time()
    pairs = len(close_pairs(made))
    search_s = time.process_time() - started
    growth = (MILLION / MADE_UP) ** 2
    million = {
        "fingerprints": (f"{1000 * print_s:.2f} ms an ECG", MILLION * print_s),
        "search for candidates": (f"{search_s:.1f} s for {MADE_UP:,}", search_s * growth),
        "comparison of candidates": (f"{1000 * look_s:.2f} ms a pair, {pairs:,} pairs", pairs * growth * look_s),
    }
    rows = [(name, measured, f"{seconds / 60:.0f} min") for name, (measured, seconds) in million.items()]
    whole = sum(seconds for _, seconds in million.values()) / 60
    memory_mb = 3 * MILLION * DIMENSIONS * 4 / 2**20
    return (
        f"{table(('step', 'measured', 'estimate for a million'), rows)}\n\nTogether **{whole:.0f} min** and "
        f"{memory_mb:.0f} MB for a million ECGs of 10 s, in processor time of one core and without reading them from "
        f"disk. The {MADE_UP:,} fingerprints are made up after the covariance of the real ones."
    )


def _seconds(work: Callable[[str], object], keys: list[str]) -> float:
    started = time.process_time()
    for key in keys:
        work(key)
    return (time.process_time() - started) / len(keys)


def _made_up(prints: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return fingerprints scattered about the real ones."""
    generator = np.random.default_rng(SEED)
    spread = np.linalg.cholesky(np.cov(prints.T) + 1e-9 * np.eye(DIMENSIONS)).astype(np.float32)
    made = 0.9 * prints[generator.integers(0, len(prints), MADE_UP)]
    made += NOISE * generator.standard_normal(made.shape, dtype=np.float32) @ spread.T
    return made / np.linalg.norm(made, axis=1, keepdims=True)


def _records(folder: Path) -> dict[str, Record]:
    """Return the ECGs by their number, without the zeros before it."""
    records = {}
    for path in sorted(folder.rglob("*.hea")):
        records[str(int(path.stem.partition("_")[0]))] = read(locate(path)[0])
    return records


def _prepared(record: Record) -> NDArray[np.float32]:
    return prepare(record, SPEC).signal()


def _prints(signals: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float32]:
    return np.array([fingerprint(signal, SPEC.rate_hz) for signal in signals.values()])


def _cut(record: Record, start_s: float, end_s: float) -> Record:
    first, last = (round(second * record.sampling_rate_hz) for second in (start_s, end_s))
    return replace(record, signal=record.signal[:, first:last].copy())


def _filtered(record: Record) -> Record:
    """Return the record as a monitor shows it: causal, 0.5 to 25 Hz."""
    band = scipy_signal.butter(2, [0.5, 25], btype="band", fs=record.sampling_rate_hz, output="sos")
    return replace(record, signal=scipy_signal.sosfilt(band, record.signal, axis=1).astype(np.float32))


VARIANTS: dict[str, Callable[[Record], Record]] = {
    "filtered anew (0.5-25 Hz, causal)": _filtered,
    "the file at 100 Hz": lambda record: record,
    "begins 0.5 s later": lambda record: _cut(record, 0.5, 10),
    "5 s from its middle": lambda record: _cut(record, 3, 8),
    "5 s, filtered anew": lambda record: _filtered(_cut(record, 3, 8)),
    "gain 2": lambda record: replace(record, signal=2 * record.signal),
    "gain 1000 (uV for mV)": lambda record: replace(record, signal=1000 * record.signal),
    "upside down": lambda record: replace(record, signal=-record.signal),
}


if __name__ == "__main__":
    main()

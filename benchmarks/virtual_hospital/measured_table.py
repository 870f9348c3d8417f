"""Measurements of many ECGs as one table of numbers, kept on disk for ECGs that don't change."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from shared import RUNS
from spectra import band_powers

import einthoven.ecg
from einthoven.ecg.measurement_values import ROW_NAMES, Measurements
from einthoven.ecg.measurements import measure
from einthoven.ecg.record import Record

__all__ = ["MeasuredTable", "measured_table", "numbers_of", "remembered"]


@dataclass(frozen=True, slots=True, eq=False)
class MeasuredTable:
    """A row per ECG.

    Attributes
    ----------
    names : tuple of str
        ``ROW_NAMES``, then ``spectrum.<region>.<band>``.
    values : float64 (ecg, name)
        NaN where absent.
    """

    names: tuple[str, ...]
    values: NDArray[np.float64]

    def of(self, name: str) -> NDArray[np.float64]:
        """Return one quantity of all ECGs, float64 (ecg,)."""
        return self.values[:, self.names.index(name)]

    def row(self, place: int) -> dict[str, float]:
        """Return one ECG's numbers by name."""
        return dict(zip(self.names, self.values[place].tolist(), strict=True))


def measured_table(records: Iterable[Record], *, with_spectrum: bool = True) -> MeasuredTable:
    """Return the measurements of all records."""
    names: tuple[str, ...] = ()
    rows = []
    for record in records:
        numbers = numbers_of(measure(record)) | (band_powers(record) if with_spectrum else {})
        names = tuple(numbers)
        rows.append(list(numbers.values()))
    return MeasuredTable(names, np.array(rows, dtype=np.float64))


def numbers_of(measurements: Measurements) -> dict[str, float]:
    """Return each measurement by its name in a row, NaN where absent."""
    row = measurements.to_row()
    return {name: np.nan if row[name] is None else float(row[name]) for name in ROW_NAMES}


def remembered(
    key: Sequence[str], compute: Callable[[], MeasuredTable], *, folder: Path = RUNS / "measured"
) -> MeasuredTable:
    """Return a table from disk, or compute and keep it; it is forgotten as soon as ``einthoven.ecg`` changes.

    Parameters
    ----------
    key : sequence of str
        All that the table depends on beside the package's code: sources, noise, how signals were prepared.
    compute : callable
    folder : Path
    """
    digest = hashlib.sha256("\n".join([*key, _code_hash()]).encode()).hexdigest()[:16]
    path = folder / f"{digest}.npz"
    if not path.is_file():
        table = compute()
        folder.mkdir(parents=True, exist_ok=True)
        np.savez(path, names=np.array(table.names), values=table.values)
    stored = np.load(path)
    return MeasuredTable(tuple(stored["names"].tolist()), stored["values"])


def _code_hash() -> str:
    digest = hashlib.sha256()
    root = Path(next(iter(einthoven.ecg.__path__)))
    for path in sorted([*root.glob("*.py"), *root.glob("*.json"), Path(__file__)]):
        digest.update(path.read_bytes())
    return digest.hexdigest()

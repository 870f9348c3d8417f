"""All measurements of ECGs that nobody should read: no crash, and no number without a validity.

All 300 records of CinC Challenge 2011 set A, acceptable or not, and every one again with a lead flat, without samples,
inverted, of noise, with the arms exchanged, of one lead, of two seconds.
"""

from __future__ import annotations

import argparse
import dataclasses
import warnings
from collections import Counter
from collections.abc import Callable

import numpy as np

from einthoven.ecg.formats import locate, read
from einthoven.ecg.measurement_reasons import Reason
from einthoven.ecg.measurement_values import Measurements
from einthoven.ecg.measurements import measure
from einthoven.ecg.record import Record
from measuring import machine, real_data, table


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    warnings.simplefilter("error")
    records = [read(location, with_sha256=False) for location in locate(real_data() / "cinc2011" / "set-a")]
    rows, trouble = [], []
    for name, change in changes().items():
        found = Counter[str]()
        for record in records:
            kinds, what = tried(change(record))
            found.update(kinds)
            trouble += [f"{name}, {record.record_id}: {what}"] if what else []
        rows.append((name, str(len(records)), *(str(found[kind]) for kind in ("crash", "unexplained", "rate", "qt"))))
    print(machine(), end="\n\n")
    head = (
        "records",
        "n",
        "crashes",
        "with a number without validity, or none without reason",
        "with a rate",
        "with QT",
    )
    print(table(head, rows))
    print("\n" + ("\n".join(trouble[:20]) if trouble else "No crash, no warning, no number without a validity."))


def changes() -> dict[str, Callable[[Record], Record]]:
    """Return what may befall an ECG."""
    return {
        "as recorded": lambda record: record,
        "II flat": lambda record: with_row(record, 1, np.zeros_like),
        "V2 without samples": lambda record: with_row(record, 7, lambda row: np.full_like(row, np.nan)),
        "half of I without samples": lambda record: with_row(record, 0, _half_lost),
        "V3 inverted": lambda record: with_row(record, 8, lambda row: -row),
        "V4 noise of 1 mV": lambda record: with_row(record, 9, _noise),
        "arms exchanged": arms_exchanged,
        "all flat": lambda record: dataclasses.replace(record, signal=np.zeros_like(record.signal)),
        "all without samples": lambda record: dataclasses.replace(record, signal=np.full_like(record.signal, np.nan)),
        "II alone": lambda record: dataclasses.replace(record, signal=record.signal[1:2], leads=record.leads[1:2]),
        "two seconds": lambda record: dataclasses.replace(record, signal=record.signal[:, :1000].copy()),
        "50 times too large": lambda record: dataclasses.replace(record, signal=record.signal * np.float32(50)),
    }


def tried(record: Record) -> tuple[list[str], str]:
    """Return what to count of one record, and what went wrong."""
    try:
        measurements = measure(record)
    except Exception as error:  # noqa: BLE001 - a crash is what is looked for
        return ["crash"], f"{type(error).__name__}: {error}"
    found = [
        kind for kind, name in (("rate", "heart_rate_bpm"), ("qt", "qt_ms")) if measurements[name].value is not None
    ]
    what = unexplained(measurements)
    return [*found, *(["unexplained"] if what else [])], what


def unexplained(measurements: Measurements) -> str:
    """Return the first number that is infinite, absent without a reason, or has a code that is none."""
    for values, codes in (
        (measurements.values, measurements.codes),
        (measurements.lead_values, measurements.lead_codes),
    ):
        if np.isinf(values).any():
            return "an infinite number"
        if (np.isnan(values) & (codes == Reason.NONE)).any():
            return "a number is absent without a reason"
        if (codes >= len(Reason)).any():
            return "a reason that is not in the table"
    return ""


def with_row(record: Record, row: int, change: Callable[[np.ndarray], np.ndarray]) -> Record:
    """Return the record with one lead changed."""
    signal = record.signal.copy()
    signal[row] = change(signal[row])
    return dataclasses.replace(record, signal=signal)


def arms_exchanged(record: Record) -> Record:
    """Return the record with the electrodes of both arms exchanged: I inverted, II and III, aVR and aVL exchanged."""
    signal = record.signal[[0, 2, 1, 4, 3, 5, *range(6, 12)]].copy()
    signal[0] *= -1
    return dataclasses.replace(record, signal=signal)


def _half_lost(row: np.ndarray) -> np.ndarray:
    return np.where(np.arange(row.size) < row.size // 2, np.float32(np.nan), row)


def _noise(row: np.ndarray) -> np.ndarray:
    return np.random.default_rng(0).normal(0, 1, row.size).astype(np.float32)


if __name__ == "__main__":
    main()

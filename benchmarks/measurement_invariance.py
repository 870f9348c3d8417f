"""The same numbers from the same ECG: at 250, 500 and 1,000 Hz, cut by some samples, at another gain, leads permuted.

Rates are changed by SciPy's ``resample_poly`` (ours is soxr): a record at 1,000 Hz is the band-limited interpolation of
that at 500 Hz, so all three hold the same waves. Intervals must agree within 2 ms.
"""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Callable

import numpy as np
from scipy import signal

from einthoven.ecg.formats import read
from einthoven.ecg.record import Record
from measured import numbers
from measuring import machine, real_data, table

INTERVALS = ("p_ms", "pr_ms", "qrs_ms", "qt_ms", "jt_ms", "rr_ms", "qtc_fridericia_ms")
OTHERS = {"qrs_axis_deg": 2.0, "t_axis_deg": 5.0, "V5.qrs_peak_to_peak_mv": 0.02, "af_score": 0.02}
TOLERANCE_MS = 2.0
PTB_XL_RECORDS = 50
LUDB_RECORDS = 50
N_WORST = 8


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    records = some_records()
    reference = [numbers(record) for record in records]
    rows, worst = [], []
    for name, change in changes().items():
        changed = [numbers(change(record)) for record in records]
        row, cases = compare(name, reference, changed, [record.record_id for record in records])
        rows.append(row)
        worst += cases
    worst.sort(reverse=True)
    print(machine(), end="\n\n")
    print(f"{len(records)} ECGs of PTB-XL and LUDB, {len(INTERVALS)} intervals each ({', '.join(INTERVALS)}).\n")
    same = "within 2 ms where as many beats, % (ECGs)"
    head = ("changed", "intervals compared", "within 2 ms, %", same, "present in one alone", "largest, ms", *OTHERS)
    print(table(head, rows))
    print(f"\nOf {', '.join(OTHERS)}: share in % within {', '.join(f'{limit:g}' for limit in OTHERS.values())}.")
    print(
        "\nWorst:", "; ".join(f"{name} {key} of {record}: {ms:+.1f} ms" for _, ms, name, key, record in worst[:N_WORST])
    )


def some_records() -> list[Record]:
    """Read records of both sources, all at 500 Hz."""
    ptb_xl = sorted((real_data() / "ptb_xl" / "records500").rglob("*.hea"))[:PTB_XL_RECORDS]
    ludb = [real_data() / "ludb" / "data" / f"{number}.hea" for number in range(1, LUDB_RECORDS + 1)]
    return [
        dataclasses.replace(read(path, with_sha256=False), record_id=f"{source} {path.stem}")
        for source, paths in (("PTB-XL", ptb_xl), ("LUDB", ludb))
        for path in paths
    ]


def changes() -> dict[str, Callable[[Record], Record]]:
    """Return what must not change a number."""
    return {
        "250 Hz": lambda record: resampled(record, 250),
        "1,000 Hz": lambda record: resampled(record, 1000),
        "first 3 samples cut": lambda record: cut(record, 3),
        "first 20 samples cut": lambda record: cut(record, 20),
        "first 50 samples cut": lambda record: cut(record, 50),
        "gain 0.5": lambda record: scaled(record, 0.5),
        "gain 2": lambda record: scaled(record, 2.0),
        "leads reversed": reversed_leads,
        "no unit": lambda record: dataclasses.replace(record, unit="arbitrary"),
    }


def resampled(record: Record, rate_hz: int) -> Record:
    """Return the record at another rate; the ends are held, not padded with zeros."""
    level = record.signal[:, :1]
    samples = signal.resample_poly(record.signal - level, rate_hz, 500, axis=1, padtype="line") + level
    return dataclasses.replace(record, signal=samples.astype(np.float32), sampling_rate_hz=float(rate_hz))


def cut(record: Record, n_samples: int) -> Record:
    """Return the record that started later."""
    return dataclasses.replace(record, signal=np.ascontiguousarray(record.signal[:, n_samples:]))


def scaled(record: Record, gain: float) -> Record:
    """Return the record with every sample times ``gain``."""
    return dataclasses.replace(record, signal=record.signal * np.float32(gain))


def reversed_leads(record: Record) -> Record:
    """Return the record with its leads in the opposite order."""
    return dataclasses.replace(record, signal=record.signal[::-1].copy(), leads=record.leads[::-1])


def compare(
    name: str, reference: list[dict[str, float]], changed: list[dict[str, float]], records: list[str]
) -> tuple[tuple[str, ...], list[tuple[float, float, str, str, str]]]:
    """Return a line of the table and the differences, largest first."""
    before, after = (np.array([[one[key] for key in INTERVALS] for one in many]) for many in (reference, changed))
    difference = after - before
    both = ~np.isnan(difference)
    alone = int((np.isnan(before) != np.isnan(after)).sum())
    within = 100 * np.mean(np.abs(difference[both]) <= TOLERANCE_MS + 1e-6)
    gain = {"gain 0.5": 0.5, "gain 2": 2.0}.get(name, 1.0)
    as_many = np.array([one["n_beats"] == other["n_beats"] for one, other in zip(reference, changed, strict=True)])
    within_those = 100 * np.mean(np.abs(difference[as_many][both[as_many]]) <= TOLERANCE_MS + 1e-6)
    row = (name, str(both.sum()), f"{within:.2f}", f"{within_those:.2f} ({as_many.sum()})", str(alone))
    row = (*row, f"{np.abs(difference[both]).max():.1f}")
    cases = [
        (abs(ms), float(ms), name, INTERVALS[k], records[i])
        for i, k in np.argwhere(both)
        if abs(ms := difference[i, k]) > TOLERANCE_MS
    ]
    return (*row, *(_share_within(key, limit, reference, changed, gain) for key, limit in OTHERS.items())), cases


def _share_within(
    key: str, limit: float, reference: list[dict[str, float]], changed: list[dict[str, float]], gain: float
) -> str:
    factor = gain if "_mv" in key else 1.0
    before, after = (np.array([one.get(key, np.nan) for one in many]) for many in (reference, changed))
    difference = np.abs(after - factor * before)
    if key.endswith("_deg"):
        difference = np.minimum(difference, 360 - difference)
    known = ~np.isnan(difference)
    return f"{100 * np.mean(difference[known] <= limit):.1f}" if known.any() else ""


if __name__ == "__main__":
    main()

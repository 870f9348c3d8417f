"""Intervals, rate and axis of LUDB against what its readers marked and wrote.

The reference of an interval is what the marks give: per beat the earliest onset and the latest end over the 12 leads,
then the median over the beats of the record. Of 12 marks by hand the most extreme is the one that errs most, so the
same is computed with the quantiles over leads that the measurements themselves use.
"""

from __future__ import annotations

import argparse
import dataclasses
from collections import Counter
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.record import Record
from ludb import REPORTED, TUNED, LudbRecord, ludb
from measured import numbers
from measuring import machine, table
from wave_scores import Waves

SETS = {"1 to 80 (tuned on)": TUNED, "81 to 120": REPORTED, "1 to 120": (*TUNED, *REPORTED)}
INTERVALS = {"QRS duration": "qrs_ms", "PR": "pr_ms", "QT": "qt_ms", "P duration": "p_ms"}
SAME_BEAT_MS = 120.0  # peaks of one wave in different leads lie within
OVER_LEADS = {
    "Marks: earliest onset and latest end over the leads": 0.0,
    "Marks: as measured, the tenth of the leads that begins first and that ends last left out": 0.1,
}
LEADS_THAT_AGREE = 6  # a wave with fewer marks over the leads is no reference
# how Russian textbooks name the frontal axis, degrees (Murashko and Strutynsky, Electrocardiography): 30 to 69
# normal, 70 to 90 vertical, 0 to 29 horizontal, beyond these deviated
AXES = {
    "left axis deviation": (-180.0, 0.0),
    "horizontal": (0.0, 30.0),
    "normal": (30.0, 70.0),
    "vertical": (70.0, 90.5),
    "right axis deviation": (90.5, 180.5),
}
RATES = {"Sinus bradycardia": (0.0, 60.5), "Sinus rhythm": (59.5, 100.5), "Sinus tachycardia": (99.5, 250.0)}


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    records = ludb()
    measured = {number: numbers(one.record) for number, one in records.items()}
    print(machine(), end="\n\n")
    print("Global intervals, measured minus marked:")
    for title, share in OVER_LEADS.items():
        print(f"\n{title}:\n\n{interval_table(records, measured, share=share)}")
    rescaled = {number: numbers(with_einthoven(one.record)) for number, one in records.items()}
    print("", rate_text(records, measured), axis_text(records, rescaled), sep="\n\n")


def with_einthoven(record: Record) -> Record:
    """Return the record with limb leads on one scale: LUDB stretches each lead to a span of its own.

    II = a I + b III by least squares; a I and b III are what I and III were, on the scale of II.
    """
    rows = [record.leads.index(lead) for lead in ("I", "II", "III")]
    one, two, three = record.signal[rows].astype(np.float64)
    (a, b), *_ = np.linalg.lstsq(np.stack([one, three], axis=1), two, rcond=None)
    one, three = a * one, b * three
    two = one + three
    limb = {
        "I": one,
        "II": two,
        "III": three,
        "aVR": -(one + two) / 2,
        "aVL": (one - three) / 2,
        "aVF": (two + three) / 2,
    }
    signal = record.signal.copy()
    for lead, values in limb.items():
        signal[record.leads.index(lead)] = values
    return dataclasses.replace(record, signal=signal)


def interval_table(records: Mapping[int, LudbRecord], measured: Mapping[int, dict[str, float]], *, share: float) -> str:
    """Return mean and SD of measured minus marked; ``share`` of the leads may begin earlier, or end later."""
    reference = {number: marked_intervals(one.marks, share=share) for number, one in records.items()}
    rows = []
    for name, members in SETS.items():
        for title, key in INTERVALS.items():
            pairs = np.array([(measured[number][key], reference[number][key]) for number in members])
            both = ~np.isnan(pairs).any(axis=1)
            error = (pairs[:, 0] - pairs[:, 1])[both]
            counts = str(both.sum()), str((~np.isnan(pairs[:, 1])).sum()), str((~np.isnan(pairs[:, 0])).sum())
            within = f"{100 * np.mean(np.abs(error) <= 20):.0f}"
            rows.append((name, title, *counts, f"{error.mean():+.1f}", f"{error.std():.1f}", within))
    head = ("records", "interval", "compared", "marked", "measured", "mean error, ms", "SD, ms", "within 20 ms, %")
    return table(head, rows)


def marked_intervals(marks: Waves, *, share: float) -> dict[str, float]:
    """Return the medians over beats of the global intervals that the marks give; NaN without three such beats."""
    qrs, p, t = (_global_waves(marks, wave, share=share) for wave in ("N", "p", "t"))
    found: dict[str, list[float]] = {key: [] for key in INTERVALS.values()}
    found["qrs_ms"] = (qrs[:, 2] - qrs[:, 0]).tolist()
    found["p_ms"] = (p[:, 2] - p[:, 0]).tolist()
    for k, (on, peak, _) in enumerate(qrs):
        before = qrs[k - 1, 1] if k else -np.inf
        behind = qrs[k + 1, 1] if k + 1 < len(qrs) else np.inf
        conducted = p[(p[:, 1] > max(before, peak - 400)) & (p[:, 1] < peak)]
        if conducted.size:
            found["pr_ms"].append(on - conducted[-1, 0])
        repolarised = t[(t[:, 1] > peak) & (t[:, 1] < min(behind, peak + 600))]
        if repolarised.size:
            found["qt_ms"].append(repolarised[0, 2] - on)
    return {key: float(np.median(values)) if len(values) >= 3 else np.nan for key, values in found.items()}


def _global_waves(marks: Waves, wave: str, *, share: float) -> NDArray[np.float64]:
    """Return (wave, [early onset, median peak, late end]) over leads of the waves that enough leads have."""
    rows = np.concatenate([waves[wave] for waves in marks.values()])
    rows = rows[np.argsort(rows[:, 1], kind="stable")]
    groups = np.split(rows, np.flatnonzero(np.diff(rows[:, 1]) > SAME_BEAT_MS) + 1) if len(rows) else []
    found = []
    for group in groups:
        on, off = group[group[:, 0] >= 0, 0], group[group[:, 2] >= 0, 2]
        if min(on.size, off.size) >= LEADS_THAT_AGREE:
            found.append((np.quantile(on, share), np.median(group[:, 1]), np.quantile(off, 1 - share)))
    return np.array(found, np.float64).reshape(-1, 3)


def rate_text(records: Mapping[int, LudbRecord], measured: Mapping[int, dict[str, float]]) -> str:
    """Return how often the measured rate fits the rhythm that the reader named, and how it differs from the marks."""
    rows = []
    for rhythm, (low, high) in RATES.items():
        members = [number for number, one in records.items() if one.diagnoses["Rhythms"] == rhythm]
        rates = np.array([measured[number]["heart_rate_bpm"] for number in members])
        fits = (rates >= low) & (rates <= high)
        others = [f"{number}: {rate:.0f}" for number, rate, fit in zip(members, rates, fits, strict=True) if not fit]
        rows.append((rhythm, str(len(members)), str(fits.sum()), ", ".join(others[:12])))
    error = _rate_errors(records, measured)
    head = ("rhythm in the header", "records", "rate fits", "record: rate of the others")
    return (
        f"Heart rate, bradycardia below 60, tachycardia above 100 per minute:\n\n{table(head, rows)}\n\nAgainst the "
        f"rate of the marked QRS over the same span: mean {error.mean():+.2f}, SD {error.std():.2f}, largest "
        f"{np.abs(error).max():.1f} per minute over {error.size} records."
    )


def _rate_errors(records: Mapping[int, LudbRecord], measured: Mapping[int, dict[str, float]]) -> NDArray[np.float64]:
    """Return measured minus marked rate of steady sinus rhythms: the marks span only a part of a record."""
    errors = []
    for number, one in records.items():
        peaks = _global_waves(one.marks, "N", share=0.0)[:, 1]
        steady = peaks.size >= 4 and np.ptp(np.diff(peaks)) < 0.1 * np.diff(peaks).mean()
        if steady and one.diagnoses["Rhythms"].startswith("Sinus"):
            errors.append(measured[number]["heart_rate_bpm"] - 60_000 / np.diff(peaks).mean())
    return np.array(errors)


def axis_text(records: Mapping[int, LudbRecord], measured: Mapping[int, dict[str, float]]) -> str:
    """Return the table of the reader's axis against ours, and the share that agrees."""
    pairs = []
    for number, one in records.items():
        named = one.diagnoses["Electric axis of the heart"].removeprefix("Electric axis of the heart: ")
        if named in AXES:
            pairs.append((named, axis_name(measured[number]["qrs_axis_deg"]), measured[number]["qrs_axis_deg"]))
    counts = Counter((named, ours) for named, ours, _ in pairs)
    columns = (*AXES, "none")
    rows = [(named, *(str(counts[named, ours]) for ours in columns)) for named in AXES]
    near = [named == ours or _degrees_away(axis, named) <= 10 for named, ours, axis in pairs]
    same = sum(named == ours for named, ours, _ in pairs)
    return (
        "Frontal QRS axis, the reader's words (lines) against the measured angle (columns); LUDB stretches each lead "
        "to a span of its own, so I and III were put back on one scale by II = a I + b III:\n\n"
        f"{table(('LUDB', *columns), rows)}\n\nThe same in {same} of {len(pairs)}; "
        f"the same or less than 10 degrees beyond its borders in {sum(near)}."
    )


def axis_name(degrees: float) -> str:
    """Return the class of an angle."""
    for name, (low, high) in AXES.items():
        if low <= degrees < high:
            return name
    return "none"


def _degrees_away(degrees: float, name: str) -> float:
    """Return how far an angle lies from the nearest border of a class; infinite for no angle."""
    away = [abs((degrees - border + 180) % 360 - 180) for border in AXES[name]]
    return np.inf if np.isnan(degrees) else min(away)


if __name__ == "__main__":
    main()

"""Fits the weights of ``src/einthoven/ecg/border_weights.json`` to the marks of LUDB, records 1 to 80.

Ridge regression of each lead's median mark on the estimates of ``border_features``, for six borders. Prints the errors
in tenfold cross-validation by record; ``--write`` replaces the weights. Needs scikit-learn.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import Ridge
from sklearn.model_selection import GroupKFold, cross_val_predict

from einthoven.ecg import wave_borders
from einthoven.ecg.analysis_signal import RATE_HZ, analysis_signal
from einthoven.ecg.beat_groups import beat_timing
from einthoven.ecg.beats import Beats, find_beats
from einthoven.ecg.border_features import Estimates
from einthoven.ecg.border_weights import BorderWeights
from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.ecg.representative_beat import RepresentativeBeat, representative_beats
from einthoven.ecg.wave_likeness import weighted_by_noise
from ludb import TUNED, LudbRecord, ludb_record
from measuring import machine, table

WEIGHTS = Path(__file__).resolve().parent.parent / "src" / "einthoven" / "ecg" / "border_weights.json"

RIDGE = 1e4
"""Chosen among 1e3, 1e4, 3e4 and 1e5 by cross-validation on the same records; 1e4 to 3e4 are equal."""

LEAD_SCALE = 30.0
"""What a lead's own offset weighs in the penalty, in samples: as much as an estimate that is 60 ms away."""

AROUND_MS = {"p": (-380.0, -10.0), "N": (-120.0, 120.0), "t": (60.0, 600.0)}
"""Where the peaks of a beat's own waves lie, from its fiducial."""

BORDERS = {"qrs": ("N", 3), "t": ("t", 6), "p": ("p", 0)}
"""Name to the wave in LUDB and the first of its marks; in the order in which one needs the other."""


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """The dominant beat of one record, and the median marks of its beats (lead, 9) in samples of that beat."""

    number: int
    beat: RepresentativeBeat
    beats: Beats
    marks: NDArray[np.float64]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="replace the weights")
    arguments = parser.parse_args()
    cases = [case_of(ludb_record(number)) for number in TUNED]
    weights: dict[str, BorderWeights] = {}
    rows = []
    for name, (wave, first) in BORDERS.items():
        wave_borders.border_weights = lambda: weights  # what was fitted so far is what later waves are looked for with
        searched = {case.number: searches(case)[name] for case in cases}
        for border, mark in (("on", first), ("off", first + 2)):
            found = {number: getattr(search, f"{border}set") for number, search in searched.items() if search}
            features, target, groups = _rows(cases, found, mark)
            weights[f"{name}_{border}"] = _fitted(features, target)
            rows.append((f"{wave} {border}", *_cross_validated(features, target, groups)))
    if arguments.write:
        write(weights)
    text = "Median mark of each lead, tenfold cross-validation by record, LUDB 1 to 80."
    print(machine(), f"{text}\n\n{table(('border', 'leads', 'mean, ms', 'SD, ms'), rows)}", sep="\n\n")


def case_of(ludb: LudbRecord) -> Case:
    """Return a record's dominant beat with the marks of its reader."""
    analysis = analysis_signal(ludb.record)
    beats = find_beats(analysis)
    beat = representative_beats(analysis, beats)[0]
    fiducials_ms = beats.sample[beat.beats] * 1000 / RATE_HZ
    marks = np.full((len(STANDARD_LEADS), 9), np.nan)
    for row, lead in enumerate(STANDARD_LEADS):
        for wave, first in BORDERS.values():
            marks[row, first : first + 3] = _median_marks(ludb.marks[lead][wave], fiducials_ms, AROUND_MS[wave])
        if 2 * _count(ludb.marks[lead]["p"], fiducials_ms) < fiducials_ms.size:
            marks[row, :3] = np.nan  # few beats have a P wave: the representative beat has none
    return Case(ludb.number, beat, beats, marks * RATE_HZ / 1000 + beat.fiducial)


def searches(case: Case) -> dict[str, wave_borders.WaveSearch | None]:
    """Return the waves of a case that can be looked for with the weights fitted so far."""
    signal = case.beat.signal.astype(np.float64)
    timing = beat_timing(case.beats, case.beat)
    weights = weighted_by_noise(case.beat.noise)
    return wave_borders.wave_searches(signal, STANDARD_LEADS, timing, weights=weights)


def write(weights: Mapping[str, BorderWeights]) -> None:
    """Replace the file of weights, four digits each."""
    borders = {
        name: {
            "constant": round(weight.constant, 3),
            "features": [float(f"{value:.4g}") for value in weight.features.tolist()],
            "leads": {lead: round(value, 3) for lead, value in weight.leads.items()},
        }
        for name, weight in weights.items()
    }
    about = "Samples at 500 Hz. Fitted by benchmarks/fit_delineation.py to LUDB 1 to 80 (ODC-BY 1.0)."
    WEIGHTS.write_text(json.dumps({"about": about, "borders": borders}, indent=1) + "\n", encoding="utf-8")


def _median_marks(
    marks: NDArray[np.float64], fiducials_ms: NDArray[np.float64], around_ms: tuple[float, float]
) -> NDArray[np.float64]:
    """Return float64 (3,): the median over the beats of onset, peak and end from the fiducial, of at least 2 each."""
    own = _own_waves(np.where(marks < 0, np.nan, marks), fiducials_ms, around_ms)
    enough = np.isfinite(own).sum(axis=0) >= 2
    return np.where(enough, np.nanmedian(np.where(enough, own, 0), axis=0), np.nan) if len(own) else np.full(3, np.nan)


def _own_waves(
    marks: NDArray[np.float64], fiducials_ms: NDArray[np.float64], around_ms: tuple[float, float]
) -> NDArray[np.float64]:
    """Return float64 (beat, 3): the wave of each beat that has one, from its fiducial; the nearest if there are two."""
    low, high = around_ms
    own = []
    for fiducial in fiducials_ms.tolist():
        away = marks - fiducial
        inside = away[(away[:, 1] > low) & (away[:, 1] < high)]
        if len(inside):
            own.append(inside[np.abs(inside[:, 1]).argmin()])
    return np.array(own).reshape(-1, 3)


def _count(marks: NDArray[np.float64], fiducials_ms: NDArray[np.float64]) -> int:
    return len(_own_waves(marks, fiducials_ms, AROUND_MS["p"]))


def _rows(
    cases: list[Case], found: Mapping[int, Estimates], mark: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Return features, marks relative to the base, and record numbers, a row for each lead that has the mark."""
    features, targets, groups = [], [], []
    for case in cases:
        if case.number not in found:
            continue
        estimates = found[case.number]
        target = case.marks[:, mark] - estimates.base
        known = np.isfinite(target)
        offsets = LEAD_SCALE * np.eye(len(STANDARD_LEADS))
        features.append(np.concatenate([estimates.features, offsets], axis=1)[known])
        targets.append(target[known])
        groups.append(np.full(known.sum(), case.number))
    return np.concatenate(features), np.concatenate(targets), np.concatenate(groups)


def _fitted(features: NDArray[np.float64], target: NDArray[np.float64]) -> BorderWeights:
    fitted = Ridge(RIDGE).fit(features, target)
    n_leads = len(STANDARD_LEADS)
    offsets = (fitted.coef_[-n_leads:] * LEAD_SCALE).tolist()
    return BorderWeights(
        float(fitted.intercept_), fitted.coef_[:-n_leads], dict(zip(STANDARD_LEADS, offsets, strict=True))
    )


def _cross_validated(
    features: NDArray[np.float64], target: NDArray[np.float64], groups: NDArray[np.int64]
) -> tuple[str, str, str]:
    predicted = cross_val_predict(Ridge(RIDGE), features, target, groups=groups, cv=GroupKFold(10))
    error_ms = (predicted - target) * 1000 / RATE_HZ
    return f"{error_ms.size}", f"{error_ms.mean():+.1f}", f"{error_ms.std():.1f}"


if __name__ == "__main__":
    main()

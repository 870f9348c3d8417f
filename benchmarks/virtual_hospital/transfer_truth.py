"""Real ECGs with their readers' labels, for testing a network that saw none: two to tune by, others for one final test.

The final sets are ``ptb_xl_arrays_100hz`` (each lead standardised: no LVH) and the samples of the 2021 challenge, the
12 withdrawn ECGs and all patients of ``ptb_xl`` left out. A label counts there at any likelihood, which is all that
these tables say.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence

import numpy as np
from broad_states import LABELS
from findings import TARGETS, findings_of_scp
from numpy.typing import NDArray
from real_ecgs import RealEcg
from shared import PTB_XL, STANDARDISED, labelled_ecgs, real_data
from transfer_data import Ecgs, ecgs_of

from einthoven.cohort.sources.ptb_xl import WITHDRAWN
from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.ecg.record import Record

__all__ = ["final_sets", "tuning_truth"]

SNOMED: dict[str, frozenset[str]] = {
    "AF": frozenset({"164889003", "195080001", "426749004", "282825002", "314208002"}),
    "LBBB": frozenset({"164909002", "733534002"}),
    "RBBB": frozenset({"59118001", "713427006"}),
    "MI": frozenset({"164865005", "164867002", "54329005", "57054005"}),
    "LVH": frozenset({"164873001"}),
}
"""Atrial fibrillation; blocks as the challenge scores them; infarction (any, old, anterior, acute); hypertrophy."""


def tuning_truth(ecgs: Sequence[RealEcg], *, doubtful: bool = True) -> NDArray[np.float32]:
    """Return 0, 1 or NaN for each of ``LABELS``, float32 (ecg, label).

    Parameters
    ----------
    ecgs : sequence of RealEcg
    doubtful : bool
        Whether a statement of 15 or 35 % counts, as it does in the final sets; NaN else.
    """
    truth = np.zeros((len(ecgs), len(LABELS)), dtype=np.float32)
    for row, ecg in enumerate(ecgs):
        for place, label in enumerate(LABELS):
            unsure = any(f"doubtful_{finding}" in ecg.findings for finding in TARGETS[label])
            sure = bool(ecg.findings & TARGETS[label])
            truth[row, place] = 1.0 if sure or (unsure and doubtful) else np.nan if unsure else 0.0
    return truth


def final_sets(tuned: Iterable[RealEcg]) -> dict[str, Ecgs]:
    """Return the sets of the final test by name."""
    known = {ecg.patient.removeprefix("ptb_xl:") for ecg in tuned if ecg.source == "ptb_xl"}
    ours = {ecg.record.signal[:, :1000].round(3).tobytes() for ecg in tuned}
    others = [
        ecg
        for ecg in labelled_ecgs()
        if ecg.source not in {PTB_XL, STANDARDISED}
        and ecg.record.leads == STANDARD_LEADS
        and ecg.record.signal[:, :1000].round(3).tobytes() not in ours
    ]
    truth = np.array([[float(bool(ecg.codes & SNOMED[label])) for label in LABELS] for ecg in others], dtype=np.float32)
    mixed = ecgs_of([ecg.record for ecg in others], truth, [ecg.patient for ecg in others])
    return {"ptb_xl_arrays_100hz": _arrays(known), "cinc2021_samples and multi_source": mixed}


def _arrays(known: set[str]) -> Ecgs:
    folder = real_data() / "ptb_xl_arrays_100hz"
    signals = np.load(folder / "signals_int16.npy", mmap_mode="r")
    records, truth, patients = [], [], []
    with (folder / "labels.csv").open(newline="", encoding="utf-8") as file:
        for row, samples in zip(csv.DictReader(file), signals, strict=True):
            patient = f"{float(row['patient_id']):.1f}"
            if int(row["ecg_id"]) in WITHDRAWN or patient in known:
                continue
            signal = np.ascontiguousarray(samples.T, dtype=np.float32) / 250
            records.append(Record(signal, STANDARD_LEADS, 100.0, row["ecg_id"], unit="arbitrary"))
            stated = {code: 100.0 for code, cell in row.items() if code.isupper() and cell in {"1", "1.0"}}
            found = findings_of_scp(stated)
            truth.append([float(bool(found & TARGETS[label])) for label in LABELS])
            patients.append(patient)
    return ecgs_of(records, np.array(truth, dtype=np.float32), patients)

"""Real ECGs of several sources with what their readers said of rhythm and bundle branches.

``cinc2021_samples`` and ``multi_source`` (SNOMED CT), SPH (its table), ``ptb_xl`` (SCP statements), and its rows at
100 Hz, of which each lead was standardised: no millivolts, for rhythm and shape alone. An ECG that is in two sources
counts once, in the first; those that PTB-XL withdrew are left out.
"""

from __future__ import annotations

import csv
from ast import literal_eval
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

from einthoven.cohort.sources.ptb_xl import WITHDRAWN
from einthoven.ecg.formats import locate, read
from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.ecg.record import Record
from einthoven.errors import EinthovenError
from measuring import real_data

__all__ = ["STANDARDISED", "TARGETS", "LabelledEcg", "labelled_ecgs"]

SINUS = frozenset({"426783006", "426177001", "427084000", "427393009", "SR", "SBRAD", "STACH", "SARRH"})
TARGETS = {
    "AF": frozenset({"164889003", "195080001", "426749004", "282825002", "314208002", "AFIB"}),
    "LBBB": frozenset({"164909002", "733534002", "CLBBB"}),  # CinC 2021 scores both codes as one
    "RBBB": frozenset({"59118001", "713427006", "CRBBB"}),
}
STANDARDISED = "PTB-XL, 100 Hz, leads standardised"
PTB_XL = "PTB-XL"


@dataclass(frozen=True, slots=True)
class LabelledEcg:
    """One ECG with the codes of its statements."""

    source: str
    patient: str
    record: Record
    codes: frozenset[str]

    def truth(self, target: str) -> float:
        """Return 1 or 0; NaN for an ECG that says nothing about the question.

        Atrial fibrillation stands against sinus rhythm of any rate, sinus arrhythmia included, and an ECG that has
        both or neither is left out. A complete block stands against all other ECGs, incomplete blocks included.
        """
        positive = bool(self.codes & TARGETS[target])
        if target == "AF" and positive == bool(self.codes & SINUS):
            return np.nan
        return float(positive)


def labelled_ecgs() -> list[LabelledEcg]:
    """Read all sources."""
    kept: dict[bytes, LabelledEcg] = {}
    for ecg in (*_ptb_xl(), *_cinc("cinc2021_samples"), *_cinc("multi_source"), *_sph()):
        kept.setdefault(np.round(ecg.record.signal, 3).tobytes(), ecg)
    known = {ecg.record.record_id for ecg in kept.values() if ecg.source == PTB_XL}
    return [*kept.values(), *(ecg for ecg in _standardised() if ecg.record.record_id not in known)]


def _ptb_xl() -> Iterator[LabelledEcg]:
    folder = real_data() / "ptb_xl"
    with (folder / "ptbxl_database.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            path = folder / f"{row['filename_hr']}.hea"
            if int(row["ecg_id"]) in WITHDRAWN or not path.is_file():
                continue
            record = read(path, with_sha256=False)
            ours = Record(record.signal, record.leads, record.sampling_rate_hz, row["ecg_id"])
            yield LabelledEcg(PTB_XL, row["patient_id"], ours, frozenset(literal_eval(row["scp_codes"])))


def _cinc(name: str) -> Iterator[LabelledEcg]:
    for location in locate(real_data() / name):
        try:
            record = read(location, with_sha256=False)
        except EinthovenError:
            continue  # two header-less files and SPH's HDF5, which _sph reads
        source = Path(location.path).parent.name
        yield LabelledEcg(source, record.record_id, record, frozenset(record.statements))


def _sph() -> Iterator[LabelledEcg]:
    folder = real_data() / "multi_source" / "SPH"
    with (folder / "metadata.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            with h5py.File(folder / row["ECG_ID"]) as stored:
                signal = stored["ecg"][:].astype(np.float32)
            record = Record(signal, STANDARD_LEADS, float(row["fs"]), row["ECG_ID"])
            yield LabelledEcg("SPH", row["Patient_ID"], record, frozenset(row["SNOMEDCTCode"].split(",")))


def _standardised() -> Iterator[LabelledEcg]:
    folder = real_data() / "ptb_xl_arrays_100hz"
    signals = np.load(folder / "signals_int16.npy", mmap_mode="r")
    with (folder / "labels.csv").open(newline="", encoding="utf-8") as file:
        for row, samples in zip(csv.DictReader(file), signals, strict=True):
            if int(row["ecg_id"]) in WITHDRAWN:
                continue
            signal = np.ascontiguousarray(samples.T, dtype=np.float32) / 250
            record = Record(signal, STANDARD_LEADS, 100.0, row["ecg_id"], unit="arbitrary")
            codes = frozenset(code for code, value in row.items() if code.isupper() and value in {"1", "1.0"})
            yield LabelledEcg(STANDARDISED, f"{float(row['patient_id']):.1f}", record, codes)

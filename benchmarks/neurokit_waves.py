"""What NeuroKit2 finds in LUDB, lead by lead, or how long it takes; for a Python that has neurokit2, wfdb and NumPy.

Each lead by itself, as its documentation shows it: ``ecg_clean``, ``ecg_peaks``, ``ecg_delineate``. Prints JSON, so
that its dependencies and ours need not live in one environment: ``NEUROKIT_PYTHON`` names the Python of the other one.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import warnings
from pathlib import Path

import neurokit2
import numpy as np
import wfdb

METHODS = ("dwt", "prominence")
COLUMNS = {
    "p": ("ECG_P_Onsets", "ECG_P_Peaks", "ECG_P_Offsets"),
    "N": ("ECG_R_Onsets", "ECG_R_Peaks", "ECG_R_Offsets"),
    "t": ("ECG_T_Onsets", "ECG_T_Peaks", "ECG_T_Offsets"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="of LUDB's records")
    parser.add_argument("records", type=int, nargs="+")
    parser.add_argument("--method", choices=METHODS, default="dwt")
    parser.add_argument("--seconds", action="store_true", help="processor seconds of all records alone")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    records = {number: wfdb.rdrecord(str(arguments.folder / str(number))) for number in arguments.records}
    started = time.process_time()
    found = {number: waves(record, arguments.method) for number, record in records.items()}
    seconds = time.process_time() - started
    versions = {"neurokit2": neurokit2.__version__, "numpy": np.__version__}
    json.dump({"versions": versions, "seconds": seconds} | ({} if arguments.seconds else {"ms": found}), sys.stdout)


def waves(record: wfdb.Record, method: str) -> dict[str, dict[str, list[list[float | None]]]]:
    """Return lead to wave to rows of (onset, peak, end) in ms, None where NeuroKit names none."""
    return {
        lead: _lead_waves(signal, record.fs, method)
        for lead, signal in zip(record.sig_name, record.p_signal.T, strict=True)
    }


def _lead_waves(signal: np.ndarray, rate_hz: float, method: str) -> dict[str, list[list[float | None]]]:
    try:
        cleaned = neurokit2.ecg_clean(signal, sampling_rate=rate_hz)
        _, peaks = neurokit2.ecg_peaks(cleaned, sampling_rate=rate_hz)
        _, found = neurokit2.ecg_delineate(cleaned, peaks["ECG_R_Peaks"], sampling_rate=rate_hz, method=method)
    except Exception as error:  # noqa: BLE001 - a lead on which it gives up has no waves, which is a result
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return {}
    found = {**found, "ECG_R_Peaks": peaks["ECG_R_Peaks"]}
    return {wave: _rows([found[name] for name in names], 1000 / rate_hz) for wave, names in COLUMNS.items()}


def _rows(columns: list[np.ndarray], ms_per_sample: float) -> list[list[float | None]]:
    """Return one row per wave; lists of unequal length don't say what belongs together: one row per border then."""
    values = [np.asarray(column, float) * ms_per_sample for column in columns]
    if len({column.size for column in values}) == 1:
        rows = np.array(values).T
    else:
        rows = np.concatenate([np.where(np.arange(3) == k, column[:, None], np.nan) for k, column in enumerate(values)])
    return [[None if np.isnan(x) else x for x in row] for row in rows if not np.isnan(row).all()]


if __name__ == "__main__":
    main()

"""EchoNext in small, as PhysioNet lays it out: one array per part, rows in the order of the table."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from einthoven.cohort.sources.echonext import EchoNext
from einthoven.cohort.sources.echonext_labels import echo_labels

# split and patient of each ECG, in the order of the table
ROWS = (
    *(("train", "p1"), ("val", "p3"), ("train", "p2"), ("no_split", "p3"), ("test", "p4"), ("train", "p1")),
    *(("no_split", "p4"), ("val", "p5")),
)


def make_echonext(folder: Path) -> EchoNext:
    """Write table and waveforms of eight ECGs of five patients; return the settings.

    Every second ECG has all findings; the third ECG has no measurement at all, and zeros for flags.
    """
    labels = echo_labels()
    flags = [label.column for label in labels.values() if label.column not in label.measured]
    measured = list(dict.fromkeys(column for label in labels.values() for column in label.measured))
    about = "ecg_key,patient_key,acquisition_year,location_setting,race_ethnicity,sex,age_at_ecg,split"
    rates = "ventricular_rate,atrial_rate,pr_interval,qrs_duration,qt_corrected"
    lines = [",".join([about, rates, *flags, *measured])]
    for row, (split, patient) in enumerate(ROWS):
        person = f"e{row},{patient},2016,{'outpatient' if row % 2 else 'inpatient'},unknown"
        values = ["" if row == 2 else str(40 + row)] * len(measured)
        flagged = ["1" if row % 2 else "0"] * len(flags)
        numbers = f"{60 + row},,{150 + row},90,420"
        lines.append(
            ",".join([person, "male" if row % 2 else "female", str(50 + row), split, numbers, *flagged, *values])
        )
    (folder / "echonext_metadata_100k.csv").write_text("\n".join(lines) + "\n")
    for split in ("train", "val", "test", "no_split"):
        rows = [row for row, (part, _) in enumerate(ROWS) if part == split]
        waveforms = np.stack([np.random.default_rng(row).normal(0, 1, (1, 2500, 12)) for row in rows])
        waveforms[:, 0, 0, 0] = rows
        np.save(folder / f"EchoNext_{split}_waveforms.npy", waveforms)
    return EchoNext(str(folder))

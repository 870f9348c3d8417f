"""Folders of real ECGs load by their sources, with the counts that are known of them, and an ECG of each is read."""

from __future__ import annotations

import pytest

from einthoven.cohort.sources.arrays import Arrays
from einthoven.cohort.sources.code15 import Code15
from einthoven.cohort.sources.mimic_iv_ecg import MimicIvEcg
from einthoven.cohort.sources.ptb_xl import PtbXl
from einthoven.cohort.sources.sph import Sph
from einthoven.ecg.formats import read
from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.errors import UnreadableFileError

# source, folder, settings; ECGs in the table and in the cohort, patients; unit of a signal, None where there is none
FOLDERS = [
    (PtbXl, "ptb_xl", {"require_label": False}, (500, 488, 459), "mV"),
    (
        Arrays,
        "ptb_xl_arrays_100hz",
        {
            "signals": "signals_int16.npy",
            "table": "labels.csv",
            "axes": "record,sample,lead",
            "rate_hz": 100,
            "unit": "arbitrary",
            "leads": STANDARD_LEADS,
            "scale": 1 / 250,
            "columns": {"record_id": "ecg_id", "patient_id": "patient_id", "age_years": "age", "sex": "sex"},
            "age_over": 300,
        },
        (1197, 1197, 1188),
        "arbitrary",
    ),
    (Code15, "code15", {}, (10, 10, 10), "arbitrary"),
    (Sph, "multi_source/SPH", {}, (9, 9, 9), "mV"),
    (
        MimicIvEcg,
        "mimic_iv_ecg_measurements",
        {"measurements": "measurements_sample.csv", "waveforms": "absent"},
        (4119, 4119, 829),
        None,
    ),
]


@pytest.mark.real_data
@pytest.mark.parametrize("known", FOLDERS, ids=[row[1] for row in FOLDERS])
def test_the_folder_loads_and_its_ecgs_are_read(real_data, known):
    """As many ECGs and patients as are known; a location without a file says so."""
    kind, folder, settings, counts, unit = known
    data = kind(str(real_data / folder), **settings).load(("super_MI",) if kind is Arrays else "")
    ids = data.columns["record_id"]
    assert (data.flow[0].records, len(ids), len(set(data.columns["patient_id"]))) == counts
    assert len(data.locations) == len(set(ids)) == len(ids)
    if unit is None:
        with pytest.raises(UnreadableFileError):
            read(data.locations[0])
        return
    record = read(data.locations[-1])
    assert record.unit == unit
    assert record.leads == STANDARD_LEADS
    assert record.signal.shape[1] / record.sampling_rate_hz >= 7

from __future__ import annotations

import polars as pl
import pytest

from einthoven.ecg.formats import read
from einthoven.ecg.prepare import prepare


@pytest.mark.slow
@pytest.mark.real_data
def test_recordings_in_two_folders_are_found_by_their_signals_alone(pretraining_script, real_data):
    """All 19 arrays that are also in PTB-XL's folder, z-scored lead by lead, and ten files of the challenge."""
    ecgs, split = pretraining_script("pretraining_ecgs"), pretraining_script("pretraining_split")
    locations = {location.record_id: location for location in ecgs.real_locations()}
    table = pl.DataFrame(
        {"record_id": list(locations), "patient_id": [location.patient_id for location in locations.values()]}
    )
    known = split.audit_counts(table, []).known
    assert len(known) == 29
    others = [record_id for record_id in locations if record_id.startswith((ecgs.ARRAYS, "ludb"))][::60]
    compared = sorted({record_id for pair in known for record_id in pair} | set(others))
    signals = {
        record_id: prepare(read(locations[record_id], with_sha256=False), ecgs.SPEC).signal() for record_id in compared
    }
    found = split.same_recordings(compared, signals, rate_hz=ecgs.SPEC.rate_hz)
    counts = split.audit_counts(table, found)
    assert counts.kind(ecgs.ARRAYS) == (19, 19)
    assert counts.kind("multi_source/HR") == (10, 10)
    assert counts.found == counts.known  # and no two others are taken for one
    assert counts.patients_in_both == 21


def test_whoever_shares_a_recording_with_a_tested_patient_is_reached(pretraining_script):
    """Also over a third patient, and nobody else."""
    split = pretraining_script("pretraining_split")
    patient_of = {"a": "1", "b": "2", "c": "2", "d": "3", "e": "4", "f": "5"}
    assert split.connected({"1"}, [("a", "b"), ("c", "d"), ("e", "f")], patient_of) == {"1", "2", "3"}

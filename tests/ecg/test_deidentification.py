"""What leaves is what was asked for; the same key hides a patient in the same way everywhere."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta

import numpy as np
import pytest

from einthoven.ecg.deidentification import KEEPABLE, Pseudonyms, deidentify
from einthoven.ecg.record import Annotation, Provenance, Record
from einthoven.errors import SpecificationError

KEY = bytes(range(32))
RECORD = Record(
    signal=np.ones((1, 10), dtype=np.float32),
    leads=("I",),
    sampling_rate_hz=500.0,
    record_id="doe_jane_1234567",
    patient_id="1234567",
    time=datetime(2020, 5, 18, 15, 48),  # noqa: DTZ001 - a file without zone
    time_kind="naive",
    age_years=93.0,
    sex="F",
    device="Maker Model",
    measurements={"qrs_ms": 92.0},
    statements=("Sinus rhythm, Dr Roe",),
    original_statements=("Dr Roe again",),
    annotations=(Annotation(0.1, "Jane moved"),),
    provenance=Provenance(
        "muse", "1", "/in/doe_jane.xml", "ab" * 32, "uV", notes=("read from doe",), device_filters=("low-pass 40 Hz",)
    ),
)


def test_only_what_is_kept_by_name_leaves():
    hidden = deidentify(RECORD, pseudonyms=Pseudonyms(KEY))
    for word in ("doe", "jane", "1234567", "Roe", "2020", "Maker", "abab"):
        assert word.lower() not in repr(hidden).lower()
    assert (hidden.age_years, hidden.sex, hidden.statements, hidden.annotations) == (None, "U", (), ())
    assert hidden.measurements == {"qrs_ms": 92.0}
    assert hidden.provenance.device_filters == ("low-pass 40 Hz",)
    assert hidden.provenance.deidentification
    np.testing.assert_array_equal(hidden.signal, RECORD.signal)


def test_what_is_asked_for_stays_but_great_age_is_rounded():
    hidden = deidentify(RECORD, pseudonyms=Pseudonyms(KEY), keep=list(KEEPABLE))
    assert (hidden.age_years, hidden.sex, hidden.device) == (90.0, "F", "Maker Model")
    assert hidden.statements == RECORD.statements
    assert hidden.original_statements == RECORD.original_statements
    assert hidden.annotations == RECORD.annotations
    with pytest.raises(SpecificationError, match="did you mean 'age'"):
        deidentify(RECORD, pseudonyms=Pseudonyms(KEY), keep=["agee"])


def test_intervals_of_a_patient_survive_and_dates_do_not():
    pseudonyms = Pseudonyms(KEY)
    later = dataclasses.replace(RECORD, time=RECORD.time + timedelta(days=40, hours=3), patient_id=" 1234567 ")
    first, second = (deidentify(record, pseudonyms=pseudonyms) for record in (RECORD, later))
    assert second.time - first.time == timedelta(days=40, hours=3)
    assert first.patient_id == second.patient_id
    assert timedelta(days=365) <= RECORD.time - first.time < timedelta(days=3650)
    shifts = {pseudonyms.shift(str(number)) for number in range(50)}
    assert len(shifts) > 45


def test_pseudonyms_follow_from_the_key_alone():
    assert Pseudonyms(KEY).of_patient("7") == Pseudonyms(KEY).of_patient("7")
    assert Pseudonyms(KEY).of_patient("7") != Pseudonyms(KEY[::-1]).of_patient("7")
    assert Pseudonyms(KEY).of_patient("7")[1:] != Pseudonyms(KEY).of_record("7")[1:]
    with pytest.raises(SpecificationError, match="at least 16 bytes"):
        Pseudonyms(b"short")


def test_records_without_a_patient_are_patients_of_their_own():
    one = dataclasses.replace(RECORD, patient_id=None)
    other = dataclasses.replace(one, provenance=dataclasses.replace(one.provenance, source_sha256="cd" * 32))
    pseudonyms = Pseudonyms(KEY)
    hidden = [deidentify(record, pseudonyms=pseudonyms) for record in (one, other)]
    assert hidden[0].patient_id != hidden[1].patient_id
    assert hidden[0].record_id != hidden[1].record_id

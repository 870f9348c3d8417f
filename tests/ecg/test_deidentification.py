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


@pytest.mark.parametrize(("age_years", "kept"), [(61.37, 61.0), (1.3, 15 / 12), (17.99999999, 18.0), (89.9, 89.0)])
def test_the_fraction_of_an_age_does_not_tell_when_the_ecg_was_taken(age_years, kept):
    record = dataclasses.replace(RECORD, age_years=age_years)
    assert deidentify(record, pseudonyms=Pseudonyms(KEY), keep=["age"]).age_years == kept


def test_dates_in_kept_text_do_not_tell_by_how_much_dates_were_moved():
    record = dataclasses.replace(
        RECORD,
        statements=("Compared with ECG of 14-MAR-2019 10:12, QT is longer",),
        original_statements=("since 3/14/2019",),
        annotations=(Annotation(0.5, "acquired 20190314101200", "V1"),),
    )
    hidden = deidentify(record, pseudonyms=Pseudonyms(KEY), keep=["statements", "annotations"])
    assert hidden.statements == ("Compared with ECG of [date] 10:12, QT is longer",)
    assert hidden.original_statements == ("since [date]",)
    assert hidden.annotations == (Annotation(0.5, "acquired [date]", "V1"),)


def test_free_text_in_the_place_of_filters_and_leads_stays_behind():
    known = (
        "high-pass 0.05 Hz",
        "low-pass 1e-05 Hz",
        "notch 60 Hz",
        "notch",
        "cubic spline (baseline)",
        "notch (AC filter)",
    )
    provenance = Provenance("edf", "1", device_filters=(*known, "HP:0.1 by Dr. Roe", "low-pass 1234567 Hz", "Roe"))
    record = dataclasses.replace(
        RECORD,
        provenance=provenance,
        lead_measurements={"I": {"r_mv": 1.0}, "Roe": {"r_mv": 1.0}},
        annotations=(Annotation(0.1, "P onset", "Roe"),),
    )
    hidden = deidentify(record, pseudonyms=Pseudonyms(KEY), keep=["annotations"])
    assert hidden.provenance.device_filters == known
    assert hidden.lead_measurements == {"I": {"r_mv": 1.0}}
    assert hidden.annotations == (Annotation(0.1, "P onset"),)


def test_a_date_that_can_not_be_moved_is_left_out():
    record = dataclasses.replace(RECORD, time=datetime(1, 1, 1))  # noqa: DTZ001 - a file without zone
    hidden = deidentify(record, pseudonyms=Pseudonyms(KEY))
    assert (hidden.time, hidden.time_kind) == (None, "unknown")


def test_blank_numbers_are_no_patient_and_alphabets_spell_one_number_alike():
    pseudonyms = Pseudonyms(KEY)
    other = dataclasses.replace(RECORD.provenance, source_sha256="cd" * 32)
    blank = [dataclasses.replace(RECORD, patient_id="  ", provenance=one) for one in (RECORD.provenance, other)]
    assert len({deidentify(record, pseudonyms=pseudonyms).patient_id for record in blank}) == 2
    assert pseudonyms.of_patient("M\u00fc7") == pseudonyms.of_patient("Mu\u03087")
    assert len({pseudonyms.of_patient(number) for number in ("0012", "12", "A12", "a12")}) == 4


@pytest.mark.parametrize(
    ("device", "kept"), [("GE MAC5500 HD", "GE MAC5500 HD"), ("H12+ SN0012345", "H12+"), ("123456", None)]
)
def test_a_serial_number_is_not_kept_with_the_device(device, kept):
    record = dataclasses.replace(RECORD, device=device)
    assert deidentify(record, pseudonyms=Pseudonyms(KEY), keep=["device"]).device == kept

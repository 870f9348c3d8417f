from __future__ import annotations

import dataclasses
import os
from datetime import UTC, datetime

import numpy as np
import pytest

from einthoven.ecg.formats import RecordLocation
from einthoven.ecg.formats.conversion import convert, files_of, losses
from einthoven.ecg.formats.writing import write
from einthoven.ecg.record import Annotation, MedianBeat, Provenance
from einthoven.errors import SpecificationError
from fakes.wfdb_files import write_wfdb
from fakes.written_records import full_record, record_of

SAID = {
    "patient_id": ("P", "patient's number"),
    "age_years": (50.0, "age"),
    "sex": ("F", "sex"),
    "device": ("D", "device"),
    "measurements": ({"qt_ms": 400.0, "pr_ms": 160.0}, "measurements (pr_ms, qt_ms)"),
    "lead_measurements": ({"I": {"r_mv": 1.0}}, "measurements of each lead"),
    "statements": (("S",), "statements"),
    "original_statements": (("S",), "the machine's original statements"),
    "annotations": ((Annotation(1.0, "N"),), "annotations"),
    "median_beat": (MedianBeat(np.zeros((1, 5), np.float32), ("I",), 500.0), "median beat"),
}


@pytest.mark.parametrize("name", sorted(SAID))
def test_what_is_missing_in_the_output_is_named(name):
    value, words = SAID[name]
    bare = record_of()
    said = dataclasses.replace(bare, **{name: value})
    assert losses(said, bare) == (words,)
    assert losses(said, said) == losses(bare, said) == ()


OTHERWISE = {
    "patient_id": ("Q", "patient's number"),
    "time": (datetime(2021, 3, 4, 5, 6, 8, 250_000, tzinfo=UTC), "time of recording"),
    "age_years": (62.0, "age"),
    "sex": ("M", "sex"),
    "device": ("Other", "device"),
    "statements": (("Sinus rhythm",), "statements"),
    "measurements": ({**full_record().measurements, "qt_ms": 402.0}, "measurements (qt_ms)"),
}


@pytest.mark.parametrize("name", sorted(OTHERWISE))
def test_what_the_output_says_otherwise_is_named(name):
    value, words = OTHERWISE[name]
    assert losses(full_record(), dataclasses.replace(full_record(), **{name: value})) == (words,)


def test_whole_years_are_enough_but_for_infants():
    assert losses(full_record(age_years=61.9), full_record(age_years=61.0)) == ()
    assert losses(full_record(age_years=0.9), full_record(age_years=0.0)) == ("age",)


def test_rounding_to_whole_milliseconds_and_the_form_of_the_sources_time_are_no_loss():
    record = full_record(measurements={"qt_ms": 400.4}, time=datetime(2020, 1, 1, 0, 0, 0, 700_000, tzinfo=UTC))
    again = full_record(measurements={"qt_ms": 400.0}, time=datetime(2020, 1, 1, tzinfo=UTC))
    assert losses(record, again) == ()


def test_what_the_provenance_lacks_is_named():
    bare = record_of()
    said = record_of(
        provenance=Provenance("x", "1", device_filters=("notch",), resampling="from 1000 Hz", deidentification="yes")
    )
    assert losses(said, bare) == ("device filters", "resampling", "mark of de-identification")


def test_a_time_that_loses_its_zone_is_named():
    record = full_record()
    naive = dataclasses.replace(record, time=record.time.replace(tzinfo=None), time_kind="naive")
    assert losses(record, naive) == ("time zone",)


def test_differences_of_the_signal_are_named():
    record = record_of()
    assert losses(record, None) == ("unknown: the output can't be read back",)
    assert losses(record, record_of(record.signal[:2], ("I", "II"))) == (
        "leads III, aVR, aVL, aVF, V1, V2, V3, V4, V5, V6",
    )
    assert losses(record, record_of(record.signal[:, :600])) == ("length (700 samples became 600)",)
    rounded = record_of(np.rint(record.signal * 1000) / 1000)
    assert losses(record, rounded) == ("decimals of the amplitude: it is rounded by at most 0.5 uV",)
    gaps = record.signal.copy()
    gaps[0, 5] = np.nan
    assert losses(record_of(gaps), record) == ("marks of samples that were not recorded",)
    assert losses(record_of(gaps), record_of(gaps)) == ()


def test_leads_in_another_order_are_no_difference():
    record = record_of()
    assert losses(record, record_of(record.signal[::-1], record.leads[::-1])) == ()


def test_a_wfdb_record_lies_in_its_header_and_the_signal_files_it_names(tmp_path):
    header = write_wfdb(tmp_path)
    (tmp_path / "other.hea").write_text(header.read_text())
    for path in (tmp_path / "other.hea", tmp_path / "other"):
        assert files_of(RecordLocation("other", str(path), "wfdb")) == {tmp_path / "other.hea", tmp_path / "rec.dat"}
    (tmp_path / "odd.hea").write_bytes(b"\0")
    (tmp_path / "alone.mat").write_bytes(b"\0")
    os.mkfifo(tmp_path / "pipe.hea")
    for name in ("odd.hea", "alone.mat", "pipe.hea"):
        assert files_of(RecordLocation("x", str(tmp_path / name), "wfdb")) == {tmp_path / name}


def test_a_protected_file_is_not_replaced(tmp_path):
    path = write(record_of(), tmp_path / "rec.npz")[0]
    location = RecordLocation("rec", str(path), "npz")
    target = tmp_path / "new.npz"
    with pytest.raises(SpecificationError, match=r"new\.npz is an input"):
        convert(location, target, to="npz", overwrite=True, protected={target.resolve()})
    converted = convert(location, target, to="npz")
    assert (converted.files, converted.lost) == ((target,), ())

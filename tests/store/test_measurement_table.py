"""The columns of a table of measurements, and what stands in a row."""

from __future__ import annotations

import math
import subprocess
import sys

import pyarrow as pa
import pytest

from einthoven.ecg import measurements as chain
from einthoven.ecg.formats import RecordLocation
from einthoven.ecg.lead_measurement_quantities import LEAD_QUANTITIES
from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.ecg.measurement_quantities import QUANTITIES
from einthoven.errors import SignalError, UnknownNameError
from einthoven.store.measurement_table import (
    IDENTITY,
    MEASUREMENTS_SCHEMA,
    NOT_MEASURED,
    measured_row,
    measurements_table,
)
from fakes.synthetic_ecg import synthetic_ecg

LOCATION = RecordLocation("a", "/data/a.xml", "muse")


def test_columns_are_identity_quantities_those_of_each_lead_and_reasons():
    names = MEASUREMENTS_SCHEMA.names
    assert names[:3] == list(IDENTITY)
    assert names[3 : 3 + len(QUANTITIES)] == list(QUANTITIES)
    assert names[3 + len(QUANTITIES) : -1] == [f"{lead}.{name}" for lead in STANDARD_LEADS for name in LEAD_QUANTITIES]
    assert {field.type for field in list(MEASUREMENTS_SCHEMA)[3:-1]} == {pa.float32()}
    assert MEASUREMENTS_SCHEMA.metadata == {b"type": b"einthoven.measurements", b"version": b"1"}


def _row(location, record):
    """Return the row as it is read from the table."""
    (row,) = measurements_table([measured_row(location, record)[0]]).to_pylist()
    return row | {"reasons": dict(row["reasons"])}


def test_a_row_holds_what_was_measured():
    record = synthetic_ecg(rr_ms=800.0, patient_id="p1").record
    row, delineation = _row(LOCATION, record), measured_row(LOCATION, record)[1]
    assert list(row) == MEASUREMENTS_SCHEMA.names
    assert (row["record_id"], row["patient_id"], row["source_path"]) == ("a", "p1", "/data/a.xml")
    assert row["heart_rate_bpm"] == pytest.approx(75.0, abs=0.5)
    assert len(delineation.beats.kind) == row["n_beats"]
    assert not any(isinstance(value, float) and math.isnan(value) for value in row.values())


def test_numbers_and_reasons_are_those_of_to_row():
    record = synthetic_ecg(leads=("I", "II", "V1", "V2")).record
    row, expected = _row(LOCATION, record), chain.measured_waves(record).measurements.to_row()
    assert row["reasons"] == expected.pop("reasons")
    assert {name for name in expected if expected[name] is None} == {name for name in expected if row[name] is None}
    there = [name for name in expected if expected[name] is not None]
    assert [row[name] for name in there] == pytest.approx([expected[name] for name in there], rel=1e-6)


def test_no_rows_are_a_table_with_all_columns():
    assert measurements_table([]).schema.equals(MEASUREMENTS_SCHEMA, check_metadata=True)


def test_the_patient_that_the_caller_names_goes_before_the_file_s():
    record = synthetic_ecg(duration_s=3.0, patient_id="p1").record
    assert _row(RecordLocation("a", "a", "muse", patient_id="q"), record)["patient_id"] == "q"


def test_leads_that_lack_are_null_and_the_reason_is_told_once():
    row = _row(LOCATION, synthetic_ecg(duration_s=5.0, leads=("II",)).record)
    assert row["V1.r_mv"] is None
    assert row["reasons"]["V1"] == "lead missing"
    assert row["qrs_ms"] is not None


@pytest.mark.parametrize("error", [SignalError("too short"), ZeroDivisionError("by a bug")])
def test_an_ecg_that_cannot_be_measured_is_a_row_without_numbers_that_says_why(monkeypatch, error):
    def broken(record):
        raise error

    monkeypatch.setattr(chain, "measured_waves", broken)
    record = synthetic_ecg(duration_s=2.0).record
    row = _row(LOCATION, record)
    assert measured_row(LOCATION, record)[1] is None
    assert row["reasons"] == {NOT_MEASURED: f"{type(error).__name__}: {error}"}
    assert {row[name] for name in QUANTITIES} == {None}


def test_the_caller_s_mistake_is_not_the_ecg_s(monkeypatch):
    def broken(record):
        raise UnknownNameError("no such option")

    monkeypatch.setattr(chain, "measured_waves", broken)
    with pytest.raises(UnknownNameError):
        measured_row(LOCATION, synthetic_ecg(duration_s=2.0).record)


def test_who_reads_the_table_need_not_load_what_measures():
    code = "import sys, einthoven.store.store; print('einthoven.ecg.measurements' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"

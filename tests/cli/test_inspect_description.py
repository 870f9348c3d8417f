"""What is told of an ECG has stable names and is valid JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import numpy as np

from einthoven.cli import inspect_description
from einthoven.cli.inspect_description import describe, describe_error, quality_remarks, to_json
from einthoven.ecg.formats import RecordLocation
from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.ecg.record import Annotation, MedianBeat, Provenance, Record
from einthoven.errors import SignalError
from fakes.ecg_records import fake_record

LOCATION = RecordLocation("record-0", "/data/record-0.xml", "muse")


def full_record(**changes) -> Record:
    """Return a record of which everything is known."""
    fields = {
        "patient_id": "P-17",
        "age_years": 64.0,
        "sex": "F",
        "time": datetime(2024, 5, 6, 7, 8, tzinfo=UTC),
        "time_kind": "utc",
        "device": "MAC 55",
        "measurements": {"qrs_ms": 92.0, "heart_rate_bpm": 63.0, "qrs_axis_deg": float("nan"), "score_of_x": 3.0},
        "lead_measurements": {"I": {"r_amplitude_uv": 700.0}},
        "statements": ("Sinus rhythm",),
        "original_statements": ("Atrial fibrillation", "Abnormal ECG"),
        "median_beat": MedianBeat(np.zeros((8, 600), np.float32), STANDARD_LEADS[:8], 500.0),
        "annotations": (Annotation(0.5, "N"), Annotation(1.5, "V", "II"), Annotation(2.5, "N")),
        "provenance": Provenance(
            "muse",
            "1",
            original_unit="uV",
            original_step_mv=(0.005,) * 8,
            leads_stored=("I", "II", "V1", "V2", "V3", "V4", "V5", "V6"),
            leads_derived=("III", "aVR", "aVL", "aVF"),
            device_filters=("low-pass 150 Hz",),
            resampling="1000 to 500 Hz",
            notes=("a checksum was wrong",),
        ),
    }
    return fake_record(**(fields | changes))


def test_everything_the_record_knows_is_told():
    told = json.loads(to_json(describe(full_record(), LOCATION)))
    assert (told["record"], told["path"], told["format"]) == ("record-0", "/data/record-0.xml", "muse")
    assert (told["patient_id"], told["age_years"], told["sex"], told["device"]) == ("P-17", 64.0, "F", "MAC 55")
    assert (told["time"], told["time_kind"]) == ("2024-05-06T07:08:00+00:00", "utc")
    assert (told["rate_hz"], told["samples"], told["seconds"], told["unit"]) == (250.0, 2500, 10.0, "mV")
    assert told["measurements"]["heart_rate_bpm"] == 63.0
    assert told["lead_measurements"] == {"I": {"r_amplitude_uv": 700.0}}
    assert (told["statements"], told["original_statements"][0]) == (["Sinus rhythm"], "Atrial fibrillation")
    assert told["median_beat"] == {"leads": list(STANDARD_LEADS[:8]), "rate_hz": 500.0, "samples": 600, "seconds": 1.2}
    assert told["annotations"][1] == {"time_s": 1.5, "label": "V", "lead": "II"}
    assert told["provenance"]["leads_derived"] == ["III", "aVR", "aVL", "aVF"]
    assert told["provenance"]["device_filters"] == ["low-pass 150 Hz"]
    assert list(told["lead_quality"]) == list(STANDARD_LEADS)


def test_nan_is_null():
    assert json.loads(to_json(describe(full_record(), LOCATION)))["measurements"]["qrs_axis_deg"] is None
    assert json.loads(to_json({"a": [float("inf"), (float("nan"),)]})) == {"a": [None, [None]]}


def test_every_key_is_documented():
    keys = {*describe(full_record(), LOCATION), *describe_error(SignalError("x"), LOCATION)}
    documented = inspect_description.__doc__
    assert [key for key in keys if f"``{key}``" not in documented] == []
    told = describe(full_record(), LOCATION)["lead_quality"]["I"]
    assert [key for key in told if f"``{key}``" not in documented] == []


def test_faulty_leads_are_named_in_the_whole_and_lead_by_lead():
    signal = fake_record().signal.copy()
    signal[7] = 0.0
    signal[8] = np.nan
    told = describe(Record(signal, STANDARD_LEADS, 250.0, "r"), LOCATION)
    assert (told["quality"]["leads_flat"], told["quality"]["leads_missing"]) == (["V2"], ["V3"])
    assert "flat" in told["lead_quality"]["V2"]["faults"]
    assert told["lead_quality"]["V1"]["faults"] == []
    assert {"missing: V3", "flat: V2"} <= set(quality_remarks(told))


def test_a_poor_ecg_has_a_reason_and_an_acceptable_one_has_none():
    noise = np.random.default_rng(0).normal(0, 0.1, (12, 2500)).astype(np.float32)
    assert quality_remarks(describe(Record(noise, STANDARD_LEADS, 250.0, "r"), LOCATION))
    leads = ("I", "II", "V1", "V2", "V3", "V4", "V5", "V6")
    assert quality_remarks(describe(fake_record(leads=leads), LOCATION)) == []


def test_exchanged_electrodes_and_an_implausible_unit_are_told_in_words():
    told = describe(full_record(), LOCATION)
    told["quality"] |= {"arms_reversed": True, "height_plausible": False, "height_mv": 900.0}
    remarks = {"arm electrodes exchanged, or dextrocardia", "beats of 900 mV: check the unit"}
    assert remarks <= set(quality_remarks(told))


def test_without_millivolts_nothing_is_told_in_millivolts():
    told = describe(full_record(unit="arbitrary"), LOCATION)
    assert told["quality"]["height_mv"] is None
    assert told["lead_quality"]["I"]["height_mv"] is None


def test_an_error_has_message_and_kind():
    assert describe_error(SignalError("no samples"), LOCATION) == {
        "record": "record-0",
        "path": "/data/record-0.xml",
        "format": "muse",
        "error": "no samples",
        "error_kind": "SignalError",
    }

"""FHIR observations that are written, read as plain JSON after the specification and by our reader."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from einthoven.ecg.deidentification import Pseudonyms, deidentify
from einthoven.ecg.formats import read
from einthoven.ecg.formats.fhir.write import encode
from einthoven.ecg.formats.writing import write
from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.ecg.record import Provenance
from einthoven.errors import UnitError
from fakes.fhir_files import MDC
from fakes.written_records import full_record, record_of

# SampledDataDataType and dateTime of FHIR R4, as the specification prints them
DATA = re.compile(r"((-?\d+(\.\d+)?)|E|L|U)( ((-?\d+(\.\d+)?)|E|L|U))*")
DATE_TIME = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d))?")
IDENTIFIER = re.compile(r"[A-Za-z0-9\-.]{1,64}")


def _gaps():
    signal = np.random.default_rng(4).normal(0, 0.4, (12, 200))
    signal[3, 5:9] = np.nan
    signal[:, 0] = np.nan
    return signal


RECORDS = {
    "full": full_record(),
    "bare": record_of(),
    "gaps": record_of(_gaps()),
    "one lead": record_of(leads=("V3",)),
    "eight leads": record_of(leads=("I", "II", "V1", "V2", "V3", "V4", "V5", "V6")),
    "no time": full_record(time=None, time_kind="unknown"),
    "naive time": full_record(time=datetime(850, 1, 2, 3, 4, 5, 1), time_kind="naive"),  # noqa: DTZ001
    "odd rate": record_of(rate=976.5625),
    "360 Hz": record_of(rate=360.0),
    "flat": record_of(np.zeros((12, 60))),
    "filters": full_record(
        provenance=Provenance(
            "memory", "1", leads_stored=STANDARD_LEADS, device_filters=("low-pass 150 Hz", "notch 50 Hz")
        )
    ),
}


def _written(folder, record):
    (path,) = write(record, folder / "rec.json")
    return path


@pytest.mark.parametrize("kind", RECORDS)
def test_our_reader_gives_the_record_back_to_half_a_step(tmp_path, kind):
    record = RECORDS[kind]
    again = read(_written(tmp_path, record))
    rows = [again.leads.index(lead) for lead in record.leads]
    half_steps = np.array(again.provenance.original_step_mv)[:, None] / 2
    difference = np.abs(again.signal[rows].astype(float) - record.signal)
    np.testing.assert_array_equal(np.isnan(difference), np.isnan(record.signal))
    # float32 keeps 24 bits
    assert (np.nan_to_num(difference) <= half_steps + 1.2e-7 * np.nan_to_num(np.abs(record.signal))).all()
    assert set(again.provenance.leads_stored) == set(record.leads)
    for name in ("sampling_rate_hz", "time", "time_kind", "patient_id", "age_years", "sex", "device", "statements"):
        assert getattr(again, name) == getattr(record, name), name
    assert again.measurements == record.measurements
    assert again.provenance.device_filters == record.provenance.device_filters


@pytest.mark.parametrize("kind", RECORDS)
def test_the_samples_follow_the_specification(tmp_path, kind):
    record = RECORDS[kind]
    found = json.loads(_written(tmp_path, record).read_text())
    assert (found["resourceType"], found["status"]) == ("Observation", "final")
    assert IDENTIFIER.fullmatch(found["id"])
    assert found["code"]["coding"][0] == {"system": "http://loinc.org", "code": "11524-6", "display": "EKG study"}
    assert DATE_TIME.fullmatch(found.get("effectiveDateTime", "2020-01-01"))
    leads = [one for one in found["component"] if "valueSampledData" in one]
    assert [one["code"]["coding"][0]["code"] for one in leads] == [str(MDC[lead.upper()]) for lead in record.leads]
    for row, one in zip(record.signal, leads, strict=True):
        data = one["valueSampledData"]
        assert DATA.fullmatch(data["data"])
        assert data["origin"] == {"value": 0, "unit": "uV", "system": "http://unitsofmeasure.org", "code": "uV"}
        assert (data["dimensions"], data["period"]) == (1, pytest.approx(1000 / record.sampling_rate_hz))
        words = data["data"].split()
        millivolts = np.array([np.nan if item == "E" else int(item) * data["factor"] / 1000 for item in words])
        np.testing.assert_allclose(millivolts, row, atol=data["factor"] / 1000 * 0.501)


def test_no_date_of_birth_and_no_time_zone_is_invented(tmp_path):
    found = json.loads(_written(tmp_path, RECORDS["naive time"]).read_text())
    assert found["contained"] == [
        {"resourceType": "Patient", "id": "patient", "identifier": [{"value": "P-0815"}], "gender": "female"}
    ]
    assert found["effectiveDateTime"] == "0850-01-02"
    others = {json.dumps(one["code"]): one for one in found["component"] if "valueSampledData" not in one}
    (clock,) = [one["valueTime"] for one in others.values() if "valueTime" in one]
    assert clock == "03:04:05.000001"
    ages = [one["valueQuantity"] for key, one in others.items() if "21612-7" in key]
    assert ages == [{"value": 61, "unit": "years", "system": "http://unitsofmeasure.org", "code": "a"}]


def test_a_record_of_nobody_has_no_subject(tmp_path):
    found = json.loads(_written(tmp_path, record_of()).read_text())
    assert not {"subject", "contained", "effectiveDateTime", "note", "device", "meta"} & set(found)


def test_a_deidentified_record_is_tagged_and_names_no_one(tmp_path):
    record = deidentify(full_record(), pseudonyms=Pseudonyms(bytes(16)), keep=("age", "sex"))
    path = _written(tmp_path, record)
    tag = json.loads(path.read_text())["meta"]["security"][0]
    assert tag == {
        "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
        "code": "PSEUDED",
        "display": "pseudonymized",
    }
    assert "P-0815" not in path.read_text()
    assert "the file says it is pseudonymised" in read(path).provenance.notes
    nobody = record_of(provenance=Provenance("memory", "1", deidentification="by hand"))
    assert json.loads(_written(tmp_path, nobody).read_text())["meta"]["security"][0]["code"] == "ANONYED"


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["hl7_aecg/ecgtoolkit_example.xml", "philips_xml/129DYPRG.XML"])
def test_real_ecgs_lose_nothing(tmp_path, real_data, name):
    record = read(real_data / "formats" / name)
    again = read(_written(tmp_path, record))
    np.testing.assert_array_equal(again.signal, record.signal)
    assert (again.time, again.statements) == (record.time, record.statements)


def test_the_same_record_gives_the_same_bytes():
    assert encode(full_record(), Path("a.json")) == encode(full_record(), Path("a.json"))


def test_arbitrary_units_are_refused():
    with pytest.raises(UnitError, match="arbitrary units"):
        encode(record_of(unit="arbitrary"), Path("a.json"))


def test_any_words_can_be_written(tmp_path):
    record = full_record(statements=('"ST" \\ T\x00\ud800 \u00e4',), patient_id='P"<1>')
    again = read(_written(tmp_path, record))
    assert again.patient_id == 'P"<1>'
    assert again.statements == ('"ST" \\ T \u00e4',)

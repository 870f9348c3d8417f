"""The reader of FHIR observations on the public example, on what R4 and R5 allow, and on files made to harm."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import numpy as np
import pytest

from einthoven.ecg.formats import RecordLocation, read
from einthoven.ecg.formats.fhir.read import decode, recognises
from einthoven.ecg.formats.recognition import format_named
from einthoven.errors import EinthovenError, SignalError, UnitError, UnreadableFileError
from fakes.effort import little_work
from fakes.fhir_files import bundle, coded, component, observation, sampled, write_fhir

EXAMPLE = "formats/fhir/Observation-Example-observation-ekg.json"


def _read(folder, document):
    return read(write_fhir(folder, document))


@pytest.mark.real_data
def test_the_public_example_gives_no_unit_and_is_refused_with_the_question(real_data):
    with pytest.raises(UnitError, match=r"doesn't say its amplitude unit: how much is one stored unit worth\?"):
        read(real_data / EXAMPLE)


@pytest.mark.real_data
def test_the_public_example_counts_from_its_origin_once_the_unit_is_declared(real_data):
    path = real_data / EXAMPLE
    record = read(RecordLocation("rec", str(path), "fhir", {"unit": "4.88 uV"}))
    stored = [one["valueSampledData"]["data"].split() for one in json.loads(path.read_text())["component"]]
    np.testing.assert_allclose(record.signal, (np.array(stored, float) - 2048) * 0.00488, atol=1e-6)
    assert (record.leads, record.sampling_rate_hz) == (("I", "II", "III"), 100)
    assert (record.patient_id, record.time) == ("example", datetime(2019, 7, 2))  # noqa: DTZ001 - naive is meant
    assert "numbers count from the origin 2048, which has no unit" in record.provenance.notes
    found = format_named("fhir").identifiers(RecordLocation("rec", str(path), "fhir"))
    assert found == ("Example-observation-ekg", "Patient/example", "example", "Device/example")


def test_an_observation_is_recognised_by_its_type_and_its_samples():
    assert recognises(json.dumps(observation([component("I", "1 2")])).encode())
    assert recognises(b"\xef\xbb\xbf  " + json.dumps(bundle(observation([component("I", "1")]))).encode())
    assert not recognises(json.dumps(observation([])).encode())
    assert not recognises(b'{"resourceType": "Patient", "x": "valueSampledData"}')
    assert not recognises(b'{"resourceType": "DiagnosticReport", "contained": [{"resourceType": "Observation"}]}')


def test_xml_is_refused_by_name(tmp_path):
    location = write_fhir(tmp_path, '<?xml version="1.0"?>\n<Observation xmlns="http://hl7.org/fhir"/>', "rec.xml")
    with pytest.raises(UnreadableFileError, match=r"rec\.xml is FHIR in XML: only JSON is read"):
        read(location.path)
    assert not recognises(b"<html><body>http://hl7.org/fhir</body></html>")


def test_all_that_an_observation_says_is_read(tmp_path):
    document = observation(
        [component("I", "1 2"), component("II", "3 4")],
        meta={"security": [{"code": "PSEUDED"}]},
        status="preliminary",
        device={"display": "12 lead EKG Device Metric"},
        interpretation=[{"coding": [{"code": "A", "display": "Abnormal"}]}],
        note=[{"text": "Sinus rhythm\n "}, {"text": ""}, {"text": "Sinus rhythm"}],
    )
    record = _read(tmp_path, document)
    np.testing.assert_allclose(record.signal, [[0.001, 0.002], [0.003, 0.004]], atol=1e-9)
    assert record.time == datetime(2015, 2, 19, 8, 30, 35, tzinfo=UTC)
    assert (record.patient_id, record.device) == ("f001", "12 lead EKG Device Metric")
    assert record.statements == ("Abnormal", "Sinus rhythm")
    assert record.provenance.notes == ("the file says it is pseudonymised", "its status is preliminary")


def test_a_bundle_gives_the_patient_device_and_report_beside_its_ecg(tmp_path):
    ecg = observation([component("I", "1 2")], device={"reference": "Device/d1"})
    patient = {"resourceType": "Patient", "id": "f001", "gender": "male", "birthDate": "1965-02-19"}
    device = {"resourceType": "Device", "id": "d1", "manufacturer": "Acme", "deviceName": [{"name": "E12"}]}
    report = {"resourceType": "DiagnosticReport", "id": "r", "result": [{"reference": "Observation/ekg"}]}
    other = {"resourceType": "DiagnosticReport", "id": "s", "conclusion": "of something else"}
    pressure = {"resourceType": "Observation", "id": "bp", "valueQuantity": {"value": 120}}
    record = _read(tmp_path, bundle(pressure, patient, device, ecg, report | {"conclusion": "Normal ECG"}, other))
    assert (record.patient_id, record.sex, record.device) == ("f001", "M", "Acme E12")
    assert record.age_years == pytest.approx(50, abs=0.01)
    assert record.statements == ("Normal ECG",)


DEEP = '{"a":' * 100_000 + "1" + "}" * 100_000
ONE = component("I", "1 2")
HOSTILE = {
    "nested objects": '{"resourceType": "Observation", "a": ' + DEEP + "}",
    "nested lists": '{"resourceType": "Observation", "a": ' + "[" * 100_000 + "]" * 100_000 + "}",
    "giant integer": json.dumps(observation([ONE])).replace('"factor": 1', '"factor": ' + "9" * 5000),
    "large integer": json.dumps(observation([ONE])).replace('"factor": 1', '"factor": ' + "9" * 400),
    "infinite by size": json.dumps(observation([ONE])).replace('"factor": 1', '"factor": 1e999'),
    "doubled key": json.dumps(observation([ONE])).replace('"factor": 1', '"factor": 1, "factor": 2'),
    "NaN": json.dumps(observation([ONE])).replace('"factor": 1', '"factor": NaN'),
    "Infinity": json.dumps(observation([ONE])).replace('"factor": 1', '"factor": -Infinity'),
    "factor of 0": observation([component("I", "1 2", factor=0)]),
    "factor of 1e308": observation([component("I", "1 20", factor=1e308)]),
    "factor in words": observation([component("I", "1 2", factor="two")]),
    "factor true": observation([component("I", "1 2", factor=True)]),
    "period 0": observation([component("I", "1 2", period=0)]),
    "period negative": observation([component("I", "1 2", period=-2)]),
    "period tiny": observation([component("I", "1 2", period=1e-320)]),
    "period of a day": observation([component("I", "1 2", period=86_400_000)]),
    "no period": observation([component("I", "1 2", period=None)]),
    "no data": observation([{"code": {"text": "I"}, "valueSampledData": {"period": 2}}]),
    "only E": observation([component("I", "")]),
    "words": observation([component("I", "1 two 3")]),
    "NaN in data": observation([component("I", "1 NaN 3")]),
    "lone sign": observation([component("I", "1 - 3")]),
    "two lengths": observation([component("I", "1 2"), component("II", "1 2 3")]),
    "two periods": observation([component("I", "1 2"), component("II", "1 2", period=4)]),
    "lead twice": observation([component("I", "1 2"), component("I", "1 2")]),
    "interval in metres": observation([component("I", "1 2", interval=2, intervalUnit="m")]),
    "offsets": observation([component("I", "1 2", offsets="1 7")]),
    "dimensions 0": observation([component("I", "1 2", dimensions=0)]),
    "dimensions 1e9": observation([component("I", "1 2", dimensions=10**9)]),
    "dimensions in words": observation([component("I", "1 2", dimensions="2")]),
    "dimensions without names": observation([component("I", "1 2", dimensions=2)]),
    "300 leads": observation([{"code": {"text": f"x{k}"}, "valueSampledData": sampled("1 2")} for k in range(300)]),
    "code and display differ": observation(
        [{"code": coded("x", 131329, "Lead II"), "valueSampledData": sampled("1 2")}]
    ),
    "an empty list": "[]",
    "two ECGs": bundle(observation([ONE]), observation([ONE])),
    "an empty bundle": {"resourceType": "Bundle", "entry": [None, 3, {"resource": []}]},
    "no components": observation([]),
    "components of another kind": observation([]) | {"component": {"a": 1}},
    "patient": {"resourceType": "Patient", "id": "valueSampledData"},
    "entered in error": observation([ONE], status="entered-in-error"),
    "cancelled": observation([ONE], status="cancelled"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_and_damaged_files_are_refused_by_name_at_once(tmp_path, kind):
    location = write_fhir(tmp_path, HOSTILE[kind])
    with little_work(), pytest.raises(EinthovenError, match=r"rec\.json"):
        read(location)


def test_a_file_that_is_no_utf_8_is_refused():
    with pytest.raises(UnreadableFileError, match=r"a\.json is no JSON"):
        decode(b'{"resourceType": "Observation", "note": "\xff"}', where="a.json")


def test_an_observation_without_samples_is_no_ecg():
    with pytest.raises(SignalError, match="holds no SampledData"):
        decode(json.dumps(observation([])).encode(), where="a.json")


def test_a_file_of_nothing_but_roots_is_seen_through_at_once():
    with little_work():
        assert not recognises(b"<Bundle " * 8192)

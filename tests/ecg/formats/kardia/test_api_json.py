from __future__ import annotations

import json
from datetime import UTC, datetime

import numpy as np
import pytest
from ecgdatakit.parsing.parsers.alivecor_kardia import AliveCorKardiaParser

from einthoven.ecg.formats import RecordLocation, read
from einthoven.ecg.formats.kardia.api_json import FORMAT, recognises
from einthoven.errors import SignalError, UnitError, UnreadableFileError
from fakes.kardia_json_files import block, recording

LIMB = ("I", "II", "III", "aVR", "aVL", "aVF")


def digital(n_leads=6, n_samples=90):
    return np.random.default_rng(4).integers(-4000, 4000, (n_leads, n_samples))


def written(tmp_path, said):
    path = tmp_path / "rec.json"
    path.write_text(said if isinstance(said, str) else json.dumps(said), encoding="utf-8")
    return path


@pytest.mark.parametrize("leads", [("I",), LIMB])
def test_it_agrees_with_ecgdatakit(tmp_path, leads):
    qt = {"qt": {"Value": 400}, "rr": {"Value": 900}, "qtcb": {"Value": 421}, "qtcf": {"Value": 414}}
    device = {"hardwareType": "kardia_mobile_6l", "serialNumber": "AC6L1"}
    data = {"raw": block(digital(len(leads)), leads, frequency=300, amplitudeResolution=500)}
    path = written(tmp_path, recording(data, qtMeasurement=qt, deviceInfo=device))
    ours, theirs = read(path), AliveCorKardiaParser().parse(path)
    assert ours.leads == tuple(lead.label for lead in theirs.leads) == leads
    for row, lead in zip(ours.signal, theirs.leads, strict=True):
        np.testing.assert_allclose(row, lead.samples * lead.resolution / 1000, rtol=1e-6)
        assert ours.sampling_rate_hz == lead.sampling_rate
    assert ours.time == theirs.recording.date == datetime(2018, 5, 24, 17, 31, 40, tzinfo=UTC)
    assert ours.time_kind == "utc"
    assert ours.patient_id == theirs.patient.patient_id
    assert ours.statements == ("normal",)
    assert ours.device == f"AliveCor {theirs.recording.device.model}"
    assert ours.measurements == {
        "heart_rate_bpm": 65,
        "qt_ms": 400,
        "rr_ms": 900,
        "qtc_bazett_ms": 421,
        "qtc_fridericia_ms": 414,
    }


def test_the_signal_as_recorded_is_preferred_and_the_other_one_noted(tmp_path):
    raw, enhanced = digital(), digital() + 1
    both = read(written(tmp_path, recording({"enhanced": block(enhanced, LIMB), "raw": block(raw, LIMB)})))
    np.testing.assert_allclose(both.signal, raw / 1000, rtol=1e-6)
    assert "data.enhanced" in both.provenance.notes[0]
    alone = read(written(tmp_path, recording({"enhanced": block(enhanced, LIMB)})))
    np.testing.assert_allclose(alone.signal, enhanced / 1000, rtol=1e-6)
    assert alone.provenance.device_filters == ("AliveCor enhanced filter",)


def test_a_sample_that_is_null_was_not_recorded(tmp_path):
    said = block(digital(1), ("I",))
    said["samples"]["leadI"][3] = None
    assert np.argwhere(np.isnan(read(written(tmp_path, recording({"raw": said}))).signal)).tolist() == [[0, 3]]


def test_without_resolution_the_unit_is_asked_for(tmp_path):
    path = written(tmp_path, recording({"raw": block(digital(1), ("I",), amplitudeResolution=None)}))
    with pytest.raises(UnitError, match="how much is one stored unit worth"):
        read(path)
    declared = read(RecordLocation("rec", str(path), "kardia_json", {"unit": "0.5 uV"}))
    np.testing.assert_allclose(declared.signal, digital(1) / 2000, rtol=1e-6)


@pytest.mark.parametrize(
    "damage", [("12345, 23456", "12345,, 23456"), ("12345, 23456", "12345 23456"), ("12345, 23456", "12345, 2-3")]
)
def test_long_lists_are_parsed_as_strictly_as_short_ones(tmp_path, damage):
    said = block(digital(1, 300), ("I",))
    said["samples"]["leadI"][100:102] = [12345, 23456]
    text = json.dumps(recording({"raw": said}))
    assert read(written(tmp_path, text)).signal.shape == (1, 300)
    assert text.count(damage[0]) == 1
    with pytest.raises(UnreadableFileError, match="damaged"):
        read(written(tmp_path, text.replace(*damage)))


def test_a_note_that_looks_like_samples_stays_a_note(tmp_path):
    note = str(list(range(100)))
    record = read(written(tmp_path, recording({"raw": block(digital(1, 300), ("I",))}, note=note)))
    np.testing.assert_allclose(record.signal, digital(1, 300) / 1000, rtol=1e-6)


def test_the_patient_object_tells_age_sex_and_identifiers(tmp_path):
    patient = {"mrn": "MRN-1", "dob": "1950-05-24", "sex": 2, "firstname": "Ada", "lastname": "L", "email": "a@b.c"}
    path = written(tmp_path, recording({"raw": block(digital(1), ("I",))}, patient=patient))
    record = read(path)
    assert (record.patient_id, record.sex, round(record.age_years)) == ("MRN-1", "F", 68)
    words = FORMAT.identifiers(RecordLocation("rec", str(path), "kardia_json"))
    assert set(words) == {
        "3KfQmvP1d93", "wNSEDeLOEPQE5rznkJmwbnjpxfdst93i", "MRN-1", "1950-05-24", "Ada", "L", "a@b.c",
    }  # fmt: skip


def test_other_json_is_not_taken_for_it():
    assert not recognises(b'{"resourceType": "Observation", "patientID": 1}')
    assert not recognises(b'{"recordedAt": "2020", "patientID": "3"}')
    assert not recognises(b'["algorithmDetermination", "recordedAt"]')
    assert recognises(b'\xef\xbb\xbf {"algorithmDetermination": "afib", "recordedAt": "2020"}')


def test_contradictions_are_refused(tmp_path):
    raw = block(digital(2), ("I", "II"))
    uneven = {**raw, "samples": {"leadI": [1, 2], "leadII": [1]}}
    cases = [
        (recording({}, data12L={}), UnreadableFileError, "Kardia 12L"),
        (recording({}), UnreadableFileError, "no signal"),
        (recording({"raw": {**raw, "samples": {}}}), SignalError, "no samples"),
        (recording({"raw": {**raw, "samples": {"leadI": []}}}), SignalError, "no samples"),
        (recording({"raw": uneven}), SignalError, "differ in length: {'leadI': 2, 'leadII': 1}"),
        (recording({"raw": {**raw, "samples": {"leadI": 5}}}), UnreadableFileError, "lists of numbers"),
        (recording({"raw": {**raw, "samples": {"leadI": [1, "2"]}}}), UnreadableFileError, "else than numbers"),
        (recording({"raw": {**raw, "samples": {"leadI": [10**40]}}}), UnreadableFileError, "else than numbers"),
        (recording({"raw": {**raw, "frequency": 0}}), SignalError, "sampling rate"),
        (json.dumps(recording({"raw": raw}))[:-9], UnreadableFileError, r"truncated or damaged: .* at character \d+"),
        ('{"algorithmDetermination":"x","recordedAt":' + "[" * 100_000, UnreadableFileError, "damaged"),
    ]
    for said, error, words in cases:
        with pytest.raises(error, match=words):
            read(written(tmp_path, said))

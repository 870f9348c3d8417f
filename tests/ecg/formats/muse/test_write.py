"""Records become MUSE XML that an independent reader and ours understand alike."""

from __future__ import annotations

import base64
import dataclasses
from datetime import UTC, datetime

import numpy as np
import pytest
from ecgdatakit.parsing.parsers.ge_muse_xml import GEMuseXMLParser
from lxml import etree

from einthoven.ecg.formats import read
from einthoven.ecg.formats.muse.write import encode
from einthoven.ecg.formats.writing import write
from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.ecg.record import Annotation, MedianBeat, Provenance, Record
from einthoven.errors import SignalError, UnitError

NOON = datetime(2023, 4, 29, 22, 41, 16)  # noqa: DTZ001 - local time


def record_of(leads=STANDARD_LEADS, *, n_samples=300, step_mv=0.0, seed=0, **changes) -> Record:
    """Return a record of noise: whole steps where a step is given, else any amplitude."""
    noise = np.random.default_rng(seed).normal(0, 0.5, (len(leads), n_samples))
    signal = np.rint(noise / step_mv) * step_mv if step_mv else noise
    values = {
        "signal": signal.astype(np.float32),
        "leads": tuple(leads),
        "sampling_rate_hz": 500.0,
        "record_id": "rec",
        "patient_id": "P<1>&é",
        "time": NOON,
        "time_kind": "naive",
        "age_years": 43.7,
        "sex": "F",
        "device": "MAC55",
        "measurements": {"heart_rate_bpm": 71.0, "qtc_ms": 431.0, "p_axis_deg": -12.0, "qrs_onset_ms": 438.0,
                         "rr_ms": 845.0},
        "statements": ("Sinus rhythm", "Anterior infarct, age undetermined"),
        "original_statements": ("Atrial flutter",),
        "annotations": (Annotation(0.2, "QRS type 0"), Annotation(0.4, "QRS type 3")),
        "lead_measurements": {"II": {"p_uv": 60.0, "p_ms": 90.0, "q_uv": -30.0, "q_ms": 20.0, "j_uv": -5.0}},
        "provenance": Provenance(
            "memory", "1", leads_stored=tuple(leads), original_step_mv=(step_mv,) * len(leads) if step_mv else (),
            device_filters=("high-pass 0.05 Hz", "low-pass 150 Hz", "notch 50 Hz"),
        ),
    }  # fmt: skip
    return Record(**(values | changes))


def written(record: Record, tmp_path):
    (path,) = write(record, tmp_path / "out.xml", format="muse")
    return path


def by_others(path):
    """Return millivolts by lead, and the record, as an independent reader sees them."""
    record = GEMuseXMLParser().parse(path)
    return {lead.label: lead.samples * lead.resolution / 1000 for lead in record.leads}, record


@pytest.mark.parametrize("leads", [STANDARD_LEADS, ("I", "II", "V1", "V5"), ("V2",), ("II", "III", "aVF")])
def test_amplitudes_survive_to_half_a_step_for_both_readers(tmp_path, leads):
    record = record_of(leads)
    path = written(record, tmp_path)
    ours, (theirs, _) = read(path), by_others(path)
    step_mv = ours.provenance.original_step_mv[0]
    assert step_mv <= np.abs(record.signal).max() / 32766
    assert ours.leads[: len(leads)] == tuple(leads)
    for lead, row in zip(leads, record.signal, strict=True):
        assert np.abs(ours.signal[ours.leads.index(lead)] - row).max() <= step_mv / 2 * 1.001
        assert np.abs(theirs[lead] - row).max() <= step_mv / 2 * 1.001


@pytest.mark.parametrize("step_mv", [0.00488, 0.005, 1 / 204.8, 0.001])
def test_the_original_step_is_kept_so_that_nothing_is_lost(tmp_path, step_mv):
    record = record_of(step_mv=step_mv)
    again = read(written(record, tmp_path))
    np.testing.assert_allclose(again.provenance.original_step_mv, step_mv, rtol=1e-11)
    np.testing.assert_array_equal(again.signal, record.signal)


def test_derived_leads_are_not_stored_and_come_back(tmp_path):
    eight = ("I", "II", "V1", "V2", "V3", "V4", "V5", "V6")
    record = read(written(record_of(eight, step_mv=0.00488), tmp_path))
    assert record.leads == STANDARD_LEADS
    path = written(dataclasses.replace(record, record_id="again"), tmp_path)
    assert [element.text for element in etree.parse(path).iter("LeadID")] == list(eight)
    np.testing.assert_array_equal(read(path).signal, record.signal)


def test_leads_whose_sources_are_missing_are_stored(tmp_path):
    provenance = Provenance("memory", "1", leads_derived=("III", "II"))
    record = record_of(("I", "II", "III"), provenance=provenance)
    assert len(list(etree.parse(written(record, tmp_path)).iter("LeadID"))) == 3


def test_all_that_the_format_has_a_place_for_is_carried(tmp_path):
    record = record_of(
        median_beat=MedianBeat(np.full((2, 600), 0.1, dtype=np.float32), ("I", "V1"), 500.0), step_mv=0.005
    )
    path = written(record, tmp_path)
    ours, (_, theirs) = read(path), by_others(path)
    for name in ("patient_id", "time", "time_kind", "sex", "device", "statements", "original_statements"):
        assert getattr(ours, name) == getattr(record, name)
    assert ours.age_years == 43
    assert ours.measurements == record.measurements
    assert ours.lead_measurements["II"].items() >= record.lead_measurements["II"].items()
    assert ours.annotations == record.annotations
    assert ours.provenance.device_filters == record.provenance.device_filters
    assert ours.provenance.notes == ()
    assert (ours.median_beat.leads, ours.median_beat.sampling_rate_hz) == (("I", "V1"), 500)
    np.testing.assert_allclose(ours.median_beat.signal, 0.1, atol=0.0025)
    assert (theirs.patient.patient_id, theirs.patient.sex, theirs.patient.age) == ("P<1>&é", "F", 43)
    assert theirs.recording.date == NOON
    assert [words for words, _ in theirs.interpretation.statements] == list(record.statements)
    assert theirs.measurements.heart_rate == 71
    assert theirs.recording.acquisition.filters.highpass == 0.05
    assert theirs.raw_metadata["checksum_valid"]
    assert len(theirs.median_beats) == 2


@pytest.mark.parametrize(
    ("age", "again"), [(0.02, 7 / 365.25), (1.5, 548 / 365.25), (2.0, 2), (90.0, 90), (None, None)]
)
def test_ages_are_completed_years_and_days_of_infants(tmp_path, age, again):
    assert read(written(record_of(age_years=age), tmp_path)).age_years == (
        None if again is None else pytest.approx(again)
    )


def test_a_universal_time_stays_one(tmp_path):
    at = NOON.replace(tzinfo=UTC)
    again = read(written(record_of(time=at, time_kind="utc"), tmp_path))
    assert (again.time, again.time_kind) == (at, "utc")


@pytest.mark.parametrize("rate", [100.0, 257.5, 1000.0, 128.000001])
def test_any_rate_is_written(tmp_path, rate):
    assert read(written(record_of(sampling_rate_hz=rate), tmp_path)).sampling_rate_hz == pytest.approx(rate, rel=1e-12)


def test_a_bare_record_is_written_without_inventing_anything(tmp_path):
    bare = Record(np.zeros((1, 4), dtype=np.float32), ("I",), 500.0, "rec")
    path = written(bare, tmp_path)
    again = read(path)
    assert (again.patient_id, again.time, again.age_years, again.sex, again.device) == (None, None, None, "U", None)
    assert (again.measurements, again.statements, again.annotations, again.median_beat) == ({}, (), (), None)
    assert not {"Diagnosis", "QRSTimesTypes", "MeasurementMatrix"} & {
        child.tag for child in etree.parse(path).getroot()
    }


def test_the_same_record_gives_the_same_bytes_in_ascii(tmp_path):
    first, second = (encode(record_of(), tmp_path / "a.xml") for _ in range(2))
    assert first == second
    assert list(first) == ["a.xml"]
    assert first["a.xml"].isascii()


def test_words_that_xml_can_not_write_do_not_break_the_file(tmp_path):
    record = record_of(statements=("a\0b \x1b[0m <c> & \ud800", " ", "two\nlines"), patient_id="患者-1")
    again = read(written(record, tmp_path))
    assert again.statements == ("a b [0m <c> &", "two lines")
    assert again.patient_id == "患者-1"


def test_a_de_identified_record_says_so(tmp_path):
    provenance = Provenance("memory", "1", deidentification="keyed -- pseudonyms-")
    path = written(record_of(provenance=provenance), tmp_path)
    assert b"<!-- de-identified: keyed - - pseudonyms-  -->" in path.read_bytes()
    assert read(path).patient_id


def test_what_the_format_can_not_hold_is_refused(tmp_path):
    record = record_of()
    gaps = record.signal.copy()
    gaps[3, 7] = np.nan
    with pytest.raises(SignalError, match=r"record rec has samples that were not recorded.*MUSE XML"):
        encode(dataclasses.replace(record, signal=gaps), tmp_path / "a.xml")
    with pytest.raises(UnitError, match="record rec is in arbitrary units"):
        encode(dataclasses.replace(record, unit="arbitrary"), tmp_path / "a.xml")


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["example1", "muse-sinus"])
def test_a_real_export_comes_back_sample_by_sample(tmp_path, real_data, name):
    source = real_data / f"formats/muse_xml/{name}.xml"
    record = read(source)
    path = written(record, tmp_path)
    for theirs, ours in zip(etree.parse(source).iter("LeadData"), etree.parse(path).iter("LeadData"), strict=True):
        for tag in ("LeadID", "LeadAmplitudeUnitsPerBit", "LeadDataCRC32"):
            assert ours.findtext(tag) == theirs.findtext(tag)
        assert base64.b64decode(ours.findtext("WaveFormData")) == base64.b64decode(theirs.findtext("WaveFormData"))
    again = read(path)
    same = ("patient_id", "time", "age_years", "sex", "device", "statements", "annotations", "lead_measurements")
    for field in same:
        assert getattr(again, field) == getattr(record, field)
    assert again.measurements == {name: value for name, value in record.measurements.items() if name != "pp_ms"}

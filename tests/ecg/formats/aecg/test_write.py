"""Annotated ECGs that are written: read by ecgdatakit and by our reader, and checked against the schema's order."""

from __future__ import annotations

import warnings
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from ecgdatakit.parsing.parsers.hl7_aecg import HL7aECGParser
from lxml import etree

from einthoven.ecg.deidentification import Pseudonyms, deidentify
from einthoven.ecg.formats import read
from einthoven.ecg.formats.aecg.write import encode
from einthoven.ecg.formats.writing import write
from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.ecg.record import Annotation, MedianBeat, Provenance
from einthoven.errors import SignalError, UnitError
from fakes.written_records import full_record, record_of

# children of the elements that are written, in the order of PORT_MT020001.xsd (HL7 aECG schema of December 2003)
ORDER = {
    "AnnotatedECG": "id code text effectiveTime confidentialityCode reasonCode componentOf definition location "
    "controlVariable pertainsTo component",
    "timepointEvent": "code effectiveTime reasonCode performer componentOf",
    "subjectAssignment": "subject definition componentOf",
    "trialSubject": "id code subjectDemographicPerson",
    "subjectDemographicPerson": "name administrativeGenderCode birthTime raceCode",
    "clinicalTrial": "id title activityTime componentOf author location responsibleParty",
    "relatedObservation": "code text value author",
    "series": "id code effectiveTime author secondaryPerformer support controlVariable component subjectOf derivation",
    "derivedSeries": "id code effectiveTime author secondaryPerformer support controlVariable component subjectOf "
    "derivation",
    "seriesAuthor": "id manufacturedSeriesDevice manufacturerOrganization",
    "manufacturedSeriesDevice": "id code manufacturerModelName softwareName",
    "sequenceSet": "controlVariable component",
    "sequence": "code value controlVariable",
    "annotationSet": "code activityTime methodCode author controlVariable component",
    "annotation": "code text value support component",
    "supportingROI": "code component",
    "boundary": "code value",
}
REQUIRED = {
    "AnnotatedECG": {"id", "code", "effectiveTime", "componentOf"},
    "trialSubject": {"id"},
    "clinicalTrial": {"id"},
    "series": {"code", "effectiveTime", "component"},
    "derivedSeries": {"code", "effectiveTime", "component"},
    "sequence": {"code", "value"},
    "annotation": {"code"},
    "supportingROI": {"code", "component"},
    "boundary": {"code"},
}


def _written(folder, record):
    (path,) = write(record, folder / "rec.xml", format="aecg")
    return path


def _theirs(path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # rates that aren't whole numbers are rounded there
        return HL7aECGParser().parse(path)


def _assert_in_schema_order(path):
    for element in etree.parse(path).getroot().iter("{urn:hl7-org:v3}*"):
        name = etree.QName(element).localname
        order = ORDER.get(name, "").split()
        if not order:
            continue
        names = [etree.QName(child).localname for child in element]
        assert names == sorted(names, key=order.index), name
        assert REQUIRED.get(name, set()) <= set(names), name


def _beat(leads=STANDARD_LEADS):
    signal = np.random.default_rng(5).normal(0, 0.3, (len(leads), 300)).astype(np.float32)
    return MedianBeat(signal, tuple(leads), 500.0)


def _rich(**changes):
    said = {
        "original_statements": ("Old infarct",),
        "lead_measurements": {"V1": {"p_ms": 100.0, "unknown": 3.0}},
        "annotations": (Annotation(0.2, "P onset", "II"), Annotation(0.3, "P offset", "II"), Annotation(0.35, "N")),
        "median_beat": _beat(),
        "provenance": Provenance(
            "memory", "1", leads_stored=STANDARD_LEADS, device_filters=("low-pass 150 Hz", "notch (Adaptive)", "odd")
        ),
    }
    record = full_record(**(said | changes))
    measurements = {
        **record.measurements,
        "p_onset_ms": 100.0,
        "p_offset_ms": 180.0,
        "t_offset_ms": 700.0,
        "odd_uv": 1.0,
    }
    return full_record(**(said | {"measurements": measurements} | changes))


RECORDS = {
    "full": full_record(),
    "rich": _rich(),
    "bare": record_of(),
    "one lead": record_of(leads=("V3",)),
    "eight leads": record_of(leads=("I", "II", "V1", "V2", "V3", "V4", "V5", "V6")),
    "no time": full_record(time=None, time_kind="unknown"),
    "naive time": full_record(time=datetime(850, 1, 2, 3, 4, 5, 1), time_kind="naive"),  # noqa: DTZ001
    "odd rate": record_of(rate=976.5625),
    "360 Hz": record_of(rate=360.0),
    "flat": record_of(np.zeros((12, 60))),
    "derived leads": record_of(
        provenance=Provenance("memory", "1", leads_stored=("I", "II"), leads_derived=("III", "aVR", "aVL", "aVF"))
    ),
}


@pytest.mark.parametrize("kind", RECORDS)
def test_our_reader_gives_the_record_back_to_half_a_step(tmp_path, kind):
    record = RECORDS[kind]
    path = _written(tmp_path, record)
    _assert_in_schema_order(path)
    again = read(path)
    rows = [again.leads.index(lead) for lead in record.leads]
    half_steps = np.array(again.provenance.original_step_mv)[:, None] / 2
    # float32 keeps 24 bits
    assert (
        np.abs(again.signal[rows].astype(float) - record.signal) <= half_steps + 1.2e-7 * np.abs(record.signal)
    ).all()
    assert set(record.leads) == set(again.provenance.leads_stored)
    for name in (
        "sampling_rate_hz",
        "time",
        "time_kind",
        "patient_id",
        "age_years",
        "sex",
        "device",
        "statements",
    ):
        assert getattr(again, name) == getattr(record, name), name


@pytest.mark.parametrize("kind", ["full", "rich", "bare", "one lead", "odd rate"])
def test_ecgdatakit_reads_the_same(tmp_path, kind):
    record = RECORDS[kind]
    theirs = _theirs(_written(tmp_path, record))
    assert tuple(one.label for one in theirs.leads) == record.leads
    for row, one in zip(record.signal, theirs.leads, strict=True):
        np.testing.assert_allclose(one.samples * one.resolution / 1000, row, atol=one.resolution / 1000 * 0.501)
        assert one.resolution_unit == "uV"
    assert (theirs.recording.date, theirs.patient.patient_id) == (record.time, record.patient_id or "")
    if record.measurements:
        assert theirs.measurements.qt_interval == record.measurements["qt_ms"]
        assert theirs.measurements.heart_rate == record.measurements["heart_rate_bpm"]
        assert theirs.measurements.qrs_axis == record.measurements["qrs_axis_deg"]
    if record.statements:
        assert tuple(text for text, _ in theirs.interpretation.statements) == record.statements
    if record.median_beat:
        for row, one in zip(record.median_beat.signal, theirs.median_beats, strict=True):
            np.testing.assert_allclose(one.samples * one.resolution / 1000, row, atol=one.resolution / 1000 * 0.501)


def test_all_that_has_a_place_comes_back(tmp_path):
    record = _rich()
    again = read(_written(tmp_path, record))
    assert again.original_statements == ("Old infarct",)
    assert again.measurements == {name: value for name, value in record.measurements.items() if name != "odd_uv"}
    assert again.lead_measurements == {"V1": {"p_ms": 100}}
    assert again.annotations == record.annotations[:2]
    assert again.provenance.device_filters == ("low-pass 150 Hz", "notch (Adaptive)")
    assert again.median_beat.leads == record.median_beat.leads
    np.testing.assert_allclose(again.median_beat.signal, record.median_beat.signal, atol=2.5e-5)


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["hl7_aecg/ecgtoolkit_example.xml", "muse_xml/muse-sinus.xml"])
def test_real_ecgs_lose_nothing_but_the_last_bit_of_derived_leads(tmp_path, real_data, name):
    record = read(next((real_data / "formats").glob(name)))
    again = read(_written(tmp_path, record))
    np.testing.assert_allclose(again.signal, record.signal, rtol=0, atol=2.5e-7)
    stored = [record.leads.index(lead) for lead in record.provenance.leads_stored]
    np.testing.assert_array_equal(again.signal[stored], record.signal[stored])
    assert again.time == record.time


def test_the_same_record_gives_the_same_bytes_and_another_one_other_numbers():
    first, again = (encode(_rich(), Path("a.xml"))["a.xml"] for _ in range(2))
    assert first == again
    other = encode(_rich(sex="M"), Path("a.xml"))["a.xml"]
    assert other != first
    flat = encode(record_of(np.zeros((12, 60))), Path("a.xml"))["a.xml"]
    ids = [etree.fromstring(content).find("{*}id").get("root") for content in (first, flat)]
    assert ids[0] != ids[1]


def test_samples_that_were_not_recorded_are_refused():
    signal = np.zeros((12, 60))
    signal[3, 7] = np.nan
    with pytest.raises(SignalError, match="HL7 aECG has no mark"):
        encode(record_of(signal), Path("a.xml"))


def test_arbitrary_units_are_refused():
    with pytest.raises(UnitError, match="arbitrary units"):
        encode(record_of(unit="arbitrary"), Path("a.xml"))


def test_a_representative_beat_with_gaps_is_left_out(tmp_path):
    beat = _beat()
    beat.signal[0, 0] = np.nan
    assert read(_written(tmp_path, full_record(median_beat=beat))).median_beat is None


def test_control_characters_and_markup_in_words_do_no_harm(tmp_path):
    record = full_record(statements=("<b>ST & T\x00\ud800</b>",), patient_id='P"<1>', device="A\x07 & B")
    again = read(_written(tmp_path, record))
    assert again.statements == ("<b>ST & T </b>",)
    assert (again.patient_id, again.device) == ('P"<1>', "A  & B")


def test_a_deidentified_record_says_so_and_names_no_one(tmp_path):
    record = deidentify(full_record(), pseudonyms=Pseudonyms(bytes(16)), keep=("age", "sex"))
    content = _written(tmp_path, record).read_text()
    assert "<text>De-identified: fields kept by list" in content
    assert "P-0815" not in content
    assert "Maker" not in content
    _assert_in_schema_order(tmp_path / "rec.xml")

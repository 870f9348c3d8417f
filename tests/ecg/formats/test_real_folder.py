"""Every real file of every format: read, with what it says of itself, or refused with the reason."""

from __future__ import annotations

import re

import pytest

from einthoven.ecg.formats import RecordLocation, read
from einthoven.ecg.formats.array.layout import DECLARED
from einthoven.ecg.formats.recognition import recognised_format
from einthoven.ecg.formats.search import search_folder
from einthoven.errors import RecordError

pytestmark = pytest.mark.real_data

# path: format, leads, samples, rate
READ = {
    "cardiosoft_or_other_xml/schiller_sample.xml": ("schiller", 12, 5000, 500),
    "dicom/cardio_sample.dcm": ("dicom", 12, 5000, 500),
    "dicom/ecgtoolkit_example.dcm": ("dicom", 12, 5000, 500),
    "dicom/waveform_ecg.dcm": ("dicom", 12, 10000, 1000),
    "edf/0000050.ECG.edf": ("edf", 12, 37855, 800),
    "hl7_aecg/ecgtoolkit_example.xml": ("aecg", 12, 5000, 500),
    "hl7_aecg/minimum_aecg.xml": ("aecg", 1, 13, 500),
    "hl7_aecg/minimum_aecg_effectiveTime_high.xml": ("aecg", 1, 13, 500),
    "hl7_aecg/minimum_aecg_effectiveTime_interval.xml": ("aecg", 1, 13, 500),
    "hl7_aecg/minimum_aecg_effectiveTime_low.xml": ("aecg", 1, 13, 500),
    "hl7_aecg/minimum_aecg_nouuid.xml": ("aecg", 1, 13, 500),
    "hl7_aecg/subject1_0.xml": ("aecg", 12, 5000, 500),
    "hl7_aecg/subject1_1.xml": ("aecg", 12, 5000, 500),
    "hl7_aecg/subject1_2.xml": ("aecg", 12, 5000, 500),
    "muse_xml/example1.xml": ("muse", 12, 5000, 500),
    "muse_xml/muse-sinus.hea": ("wfdb", 12, 5000, 500),
    "muse_xml/muse-sinus.xml": ("muse", 12, 5000, 500),
    "philips_xml/129DYPRG.XML": ("philips", 12, 5500, 500),
    "philips_xml/2020-5-18_15-48-11.xml": ("philips", 12, 5500, 500),
    "philips_xml/3191723_ZZDEMOPTONLY_1-04_orig.xml": ("philips", 12, 5500, 500),
    "philips_xml/ad4d3d80-d165_1-04_converted.xml": ("aecg", 12, 5500, 500),
    "philips_xml/ad4d3d80-d165_1-04_orig.xml": ("philips", 12, 5500, 500),
    "scp_ecg/0000050.ECG.scp": ("scp", 12, 32767, 800),
    "scp_ecg/ecgtoolkit_example.scp": ("scp", 12, 5000, 500),
    "wfdb/100.hea": ("wfdb", 1, 650000, 360),
    "wfdb/s0010_re.hea": ("wfdb", 12, 38400, 1000),
}
REFUSED = {
    "edf/cardio_sample.edf": "doesn't say which of the standard leads",
    "fhir/Observation-Example-observation-ekg.json": "how much is one stored unit worth",
    "hl7_aecg/empty.xml": "holds no samples",
    "philips_xml/invalid-doc-type.xml": "is a document of type",
    "philips_xml/invalid-doc-version.xml": "is of version '1.05'",
    "wfdb/a103l.mat": "for want of its header",
}
DECLARE = ["csv/0000050.ECG.csv", "csv/testing_ecg.txt"]
NO_ECG = ["dicom/expected.json", "philips_xml/expected.json"]


def test_a_search_finds_them_all_and_nothing_else(real_data):
    folder = real_data / "formats"
    found = search_folder(folder, options={})
    paths = {location.path.removeprefix(f"{folder}/") for location in found.locations}
    assert paths == set(READ) | set(REFUSED)
    assert [str(path.relative_to(folder)) for path in found.others] == sorted(DECLARE + NO_ECG)


@pytest.mark.parametrize("path", READ)
def test_it_is_read(real_data, path):
    name, n_leads, n_samples, rate_hz = READ[path]
    file = real_data / "formats" / path
    assert recognised_format(file) == name
    record = read(file)
    assert (len(record.leads), record.signal.shape[1], record.sampling_rate_hz) == (n_leads, n_samples, rate_hz)
    assert record.unit == "mV"
    assert record.provenance.original_unit
    assert record.provenance.leads_stored
    assert set(record.provenance.leads_stored) | set(record.provenance.leads_derived) == set(record.leads)


@pytest.mark.parametrize("path", REFUSED)
def test_it_is_refused_with_the_reason(real_data, path):
    file = real_data / "formats" / path
    with pytest.raises(RecordError, match=re.escape(REFUSED[path])) as raised:
        read(file)
    assert file.name in str(raised.value)


def test_the_question_about_the_unit_has_an_answer(real_data):
    path = real_data / "formats/fhir/Observation-Example-observation-ekg.json"
    record = read(RecordLocation("ekg", str(path), "fhir", {"unit": "5 uV"}))
    assert "unit 5 uV declared, the file says nothing" in record.provenance.notes
    assert record.signal.std() > 0


def test_plain_tables_are_read_once_they_are_declared(real_data):
    assert set(DECLARED) == {"axes", "rate_hz", "unit", "leads"}
    options = {"axes": "sample,lead", "rate_hz": 500, "unit": "uV", "delimiter": " ", "skip_rows": 5}
    twelve = ["I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6"]
    path = real_data / "formats/csv/testing_ecg.txt"
    record = read(RecordLocation("rec", str(path), "array", options | {"leads": twelve}))
    assert record.signal.shape == (12, 5000)

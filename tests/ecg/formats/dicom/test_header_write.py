from __future__ import annotations

from pydicom.dataset import Dataset

from einthoven.ecg.formats.dicom.header_write import file_meta, put_header, uid_for
from einthoven.ecg.record import Provenance
from fakes.written_records import full_record, record_of

TWELVE_LEAD = "1.2.840.10008.5.1.4.1.1.9.1.1"


def header(record):
    data = Dataset()
    put_header(data, record, sop_class=TWELVE_LEAD)
    return data


def test_ages_are_years_or_of_small_children_months_and_days():
    ages = {61.9: "061Y", 3.0: "003Y", 2.5: "030M", 0.25: "003M", 0.2: "073D", 0.0: "000D"}
    assert {years: header(full_record(age_years=years)).PatientAge for years in ages} == ages
    assert "PatientAge" not in header(record_of())


def test_what_is_not_known_is_empty():
    data = header(record_of())
    assert [data[keyword].value or "" for keyword in ("PatientID", "PatientSex", "PatientName", "Manufacturer")] == [
        ""
    ] * 4
    assert "ManufacturerModelName" not in data


def test_a_long_device_and_a_long_method_are_broken_to_fit():
    provenance = Provenance("memory", "1", deidentification="word " * 40 + "; second")
    data = header(full_record(device="Maker " * 30, provenance=provenance))
    assert len(data.ManufacturerModelName) <= 64
    assert all(len(line) <= 64 for line in data.DeidentificationMethod)
    assert data.DeidentificationMethod[-1] == "second"


def test_uids_differ_by_purpose_and_content():
    record, other = full_record(), full_record(patient_id="P-2")
    assert uid_for(record, "study") == uid_for(full_record(), "study")
    assert len({uid_for(record, "study"), uid_for(record, "series"), uid_for(other, "study")}) == 3
    assert len(uid_for(record, "study")) <= 64


def test_the_meta_information_names_software_and_syntax():
    meta = file_meta(TWELVE_LEAD, "2.25.1")
    assert meta.ImplementationVersionName.startswith("EINTHOVEN")
    assert len(meta.ImplementationVersionName) <= 16
    assert meta.MediaStorageSOPClassUID == TWELVE_LEAD

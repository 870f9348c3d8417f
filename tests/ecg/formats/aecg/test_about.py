from __future__ import annotations

import pytest
from lxml import etree

from einthoven.ecg.formats import read
from einthoven.ecg.formats.aecg.about import identifiers_of
from fakes.aecg_files import MDC, aecg, lead, sequence_set, series, write_aecg

AGE = (
    '<controlVariable><relatedObservation><code code="21612-7" codeSystem="2.16.840.1.113883.6.1"/>'
    '<value xsi:type="PQ" {value}/></relatedObservation></controlVariable>'
)
PERSON = (
    '<id extension="S-1"/><subjectDemographicPerson><name><family>Doe</family><given>Jane</given></name>'
    '<administrativeGenderCode code="{sex}"/><birthTime value="{birth}"/></subjectDemographicPerson>'
)


def _read(folder, *, subject="", before="", head=""):
    rhythm = series(sequence_set([lead("I", "1 2")]), head=head)
    return read(write_aecg(folder, aecg(rhythm, subject=subject, before_series=before)))


@pytest.mark.parametrize(("code", "sex"), [("F", "F"), ("M", "M"), ("UN", "U"), ("", "U")])
def test_sex_and_date_of_birth_give_sex_and_age(tmp_path, code, sex):
    record = _read(tmp_path, subject=PERSON.format(sex=code, birth="19621122"))
    assert (record.patient_id, record.sex) == ("S-1", sex)
    assert record.age_years == pytest.approx(40, abs=0.01)


@pytest.mark.parametrize(
    ("value", "age"),
    [
        ('value="46" unit="a"', 46),
        ('value="18" unit="mo"', 1.5),
        ('nullFlavor="UNK" unit="a"', None),
        ('value="300"', None),
    ],
)
def test_a_stated_age_is_taken(tmp_path, value, age):
    assert _read(tmp_path, before=AGE.format(value=value)).age_years == age


def test_an_age_that_contradicts_the_date_of_birth_is_noted(tmp_path):
    record = _read(tmp_path, subject=PERSON.format(sex="F", birth="19621122"), before=AGE.format(value='value="30"'))
    assert record.age_years == 30
    assert any("stated age of 30 years contradicts" in note for note in record.provenance.notes)


def test_a_subject_known_by_its_root_alone_has_that_number(tmp_path):
    assert _read(tmp_path, subject='<id root="1.2.3.4"/>').patient_id == "1.2.3.4"


def test_the_device_is_maker_and_model(tmp_path):
    maker = "<manufacturerOrganization><name>Acme</name></manufacturerOrganization>"
    model = "<manufacturedSeriesDevice><manufacturerModelName>{}</manufacturerModelName></manufacturedSeriesDevice>"
    author = "<author><seriesAuthor>{}{}</seriesAuthor></author>"
    assert _read(tmp_path, head=author.format(model.format("E12"), maker)).device == "Acme E12"
    assert _read(tmp_path, head=author.format(model.format("Acme E12"), maker)).device == "Acme E12"
    assert _read(tmp_path, head=author.format("", maker)).device == "Acme"
    assert _read(tmp_path).device is None


def _variable(code, inner):
    return f'<controlVariable><code code="MDC_ECG_CTL_VBL_ATTR_FILTER_{code}" {MDC}/>{inner}</controlVariable>'


def _filter(kind, *details):
    inner = "".join(f"<component>{_variable(code, value)}</component>" for code, value in details)
    return f"<controlVariable>{_variable(kind, inner)}</controlVariable>"


def test_filters_are_told_with_their_frequencies(tmp_path):
    told = [
        _filter("LOW_PASS", ("CUTOFF_FREQ", '<value value="0.15" unit="kHz"/>')),
        _filter("HIGH_PASS", ("DESCRIPTION", "<value>FIR</value>"), ("CUTOFF_FREQ", '<value value="0.05" unit="Hz"/>')),
        _filter("NOTCH", ("DESCRIPTION", "<value>Adaptive</value>")),
        _filter("NOTCH"),
        _filter("LOW_PASS", ("CUTOFF_FREQ", '<value value="0" unit="Hz"/>')),
        _filter("SMOOTHING"),
    ]
    record = _read(tmp_path, head="".join(told))
    assert record.provenance.device_filters == ("low-pass 150 Hz", "high-pass 0.05 Hz", "notch (Adaptive)", "notch")


def test_identifiers_are_names_in_whole_and_in_parts_numbers_dates_and_addresses():
    text = aecg(
        "<location><testingSite><id extension='0'/><location><name>y</name><addr><streetAddressLine>1 High St"
        "</streetAddressLine><state>ZZ</state></addr></location></testingSite></location>"
        "<seriesAuthor><id extension='EKG16296'/><manufacturerOrganization><name>Acme</name></manufacturerOrganization>"
        "</seriesAuthor><telecom value='tel:555'/><serialNumber>SN-9</serialNumber>",
        subject=PERSON.format(sex="F", birth="19621122"),
    )
    found = identifiers_of(etree.fromstring(text.encode()))
    assert {"Doe Jane", "Doe", "Jane", "S-1", "19621122", "1 High St", "EKG16296", "tel:555", "SN-9", "TRL-1"} <= set(
        found
    )
    assert not {"", "0", "y", "ZZ", "Acme"} & set(found)  # too short to search for, or no identifier

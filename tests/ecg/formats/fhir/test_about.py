from __future__ import annotations

from datetime import UTC, datetime

import pytest

from einthoven.ecg.formats.fhir.about import (
    References,
    device_of,
    filters_of,
    identifiers_of,
    measurements_of,
    statements_of,
    subject_of,
    time_of,
)
from fakes.fhir_files import bundle, coded, component, observation

PATIENT = {
    "resourceType": "Patient",
    "id": "p1",
    "identifier": [{"value": "MRN-7"}],
    "gender": "female",
    "birthDate": "1960-05-01",
}
AT = datetime(2020, 5, 1, tzinfo=UTC)


def _subject(ecg, *entries):
    return subject_of(ecg, References(ecg, bundle(*entries)["entry"]), time=AT, where="a")


@pytest.mark.parametrize(
    "reference",
    ["Patient/p1", "http://example.org/Patient/p1", "https://other.org/fhir/Patient/p1/_history/3"],
)
def test_the_patient_of_a_bundle_is_found_by_any_reference(reference):
    found = _subject(observation([], subject={"reference": reference}), PATIENT)
    assert (found.patient_id, found.sex) == ("MRN-7", "F")
    assert found.age_years == pytest.approx(60, abs=0.01)


def test_the_patient_may_be_contained():
    ecg = observation([], subject={"reference": "#p1"}, contained=[PATIENT])
    assert _subject(ecg) == ("MRN-7", pytest.approx(60, abs=0.01), "F")
    assert _subject(observation([], subject={"reference": "#p1"}, contained=[{"id": "p1"}])).patient_id is None


def test_another_patient_beside_it_is_not_the_subject():
    found = _subject(observation([], subject={"reference": "Patient/p2"}), PATIENT)
    assert found == ("p2", None, "U")


def test_a_logical_identifier_goes_before_all():
    subject = {"reference": "Patient/p1", "identifier": {"value": "A-1"}}
    assert _subject(observation([], subject=subject), PATIENT).patient_id == "A-1"


@pytest.mark.parametrize(("quantity", "age"), [({"value": 0, "unit": "a"}, 0), ({"value": 18, "code": "mo"}, 1.5)])
def test_a_stated_age_goes_before_one_that_is_computed(quantity, age):
    stated = {"code": coded("http://loinc.org", "30525-0"), "valueQuantity": quantity}
    assert _subject(observation([stated], subject={"reference": "Patient/p1"}), PATIENT).age_years == age


def test_times_are_dates_instants_or_periods():
    def of(**stated):
        return time_of(observation([], effectiveDateTime=None, **stated))

    assert of(effectiveInstant="2020-05-01T02:00:00+02:00") == AT
    assert of(effectivePeriod={"start": "2020-05-01T00:00:00Z", "end": "2020-05-01T00:00:10Z"}) == AT
    assert of() is None
    assert time_of(observation([], effectiveDateTime="2020-05-01")) == datetime(2020, 5, 1)  # noqa: DTZ001


def test_a_device_has_maker_and_model_or_what_the_reference_displays():
    ecg = observation([], device={"reference": "Device/d1", "display": "cart"})
    whole = {"resourceType": "Device", "id": "d1", "manufacturer": "Acme", "modelNumber": "E12"}
    named = {"resourceType": "Device", "id": "d1", "manufacturer": "Acme", "name": [{"value": "Acme E12"}]}
    for device, told in ((whole, "Acme E12"), (named, "Acme E12"), ({"resourceType": "Device", "id": "x"}, "cart")):
        assert device_of(ecg, References(ecg, bundle(device)["entry"])) == told


def test_measurements_come_in_their_units():
    parts = [
        {"code": coded("http://loinc.org", "8625-6"), "valueQuantity": {"value": 0.16, "unit": "s"}},
        {
            "code": coded("http://loinc.org", "8867-4"),
            "valueQuantity": {"value": 71, "unit": "beats/minute", "code": "/min"},
        },
        {"code": coded("http://loinc.org", "8633-0"), "valueQuantity": {"value": 92, "unit": "mV"}},
        {"code": coded("http://loinc.org", "8480-6"), "valueQuantity": {"value": 120, "unit": "mmHg"}},
        {"code": coded("http://loinc.org", "8634-8"), "dataAbsentReason": {}},
        component("I", "1 2"),
    ]
    assert measurements_of(observation(parts), where="a") == {"pr_ms": 160, "heart_rate_bpm": 71}


def test_statements_are_interpretations_values_notes_and_conclusions_each_once():
    ecg = observation(
        [], interpretation=[{"text": "Abnormal"}], valueString="AF", note=[{"text": "AF"}, {"text": "LAD"}]
    )
    report = {"conclusion": "Old  infarct", "conclusionCode": [coded("x", "1", "Infarct")]}
    assert statements_of(ecg, [report]) == ["Abnormal", "AF", "LAD", "Old infarct", "Infarct"]


def test_filters_stand_in_a_component_of_their_own():
    told = {"code": {"text": "Filters of the device"}, "valueString": "low-pass 150 Hz; notch 50 Hz"}
    assert filters_of(observation([told])) == ("low-pass 150 Hz", "notch 50 Hz")


def test_every_identifier_is_found_and_kinds_of_device_are_none():
    patient = PATIENT | {
        "name": [{"family": "Doe", "given": ["Jane", "May"]}],
        "telecom": [{"value": "555-1"}],
        "address": [{"line": ["1 High St"], "city": "Ton", "state": "ZZ", "postalCode": "9999"}],
    }
    device = {"resourceType": "Device", "id": "d1", "serialNumber": "SN-9", "manufacturer": "Acme"}
    place = {"resourceType": "Organization", "id": "o1", "name": "River Clinic"}
    ecg = observation(
        [component("I", "1 2")],
        identifier=[{"value": "ACC-3"}],
        subject={"reference": "Patient/p1", "display": "J. Doe"},
        performer=[{"reference": "Practitioner/f5", "display": "A. Langeveld"}],
        device={"reference": "Device/d1", "display": "cart"},
        note=[{"authorString": "Dr No", "text": "fine"}],
    )
    found = set(identifiers_of(bundle(patient, device, place, ecg)))
    assert {"Doe", "Jane", "May", "Jane May", "555-1", "1 High St", "Ton", "9999", "MRN-7", "1960-05-01"} <= found
    assert {"SN-9", "River Clinic", "ACC-3", "J. Doe", "A. Langeveld", "Dr No", "Practitioner/f5", "ekg"} <= found
    assert not {"ZZ", "Acme", "cart", "fine", ""} & found


def test_whoever_a_reference_shows_is_found_and_codes_are_not():
    ecg = observation(
        [component("I", "1 2")],
        basedOn=[{"display": "order of Dr Roe"}],
        identifier=[{"value": "A-1", "assigner": {"display": "River Clinic"}}],
        method={"coding": [{"display": "resting"}], "text": "12 leads"},
    )
    found = identifiers_of(ecg)
    assert {"order of Dr Roe", "River Clinic"} <= set(found)
    assert not {"resting", "12 leads"} & set(found)

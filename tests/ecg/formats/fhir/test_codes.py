from __future__ import annotations

import pytest

from einthoven.ecg.formats.fhir.codes import LOINC_MEASUREMENTS, MDC_POTENTIALS, code_of, lead_of, measured
from einthoven.ecg.formats.measurement_names import MEASUREMENTS
from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.errors import LeadError
from fakes.fhir_files import LOINC, MDC, SNOMED, coded


@pytest.mark.parametrize("table", [SNOMED, LOINC, MDC], ids=["snomed", "loinc", "mdc"])
def test_each_nomenclature_names_all_twelve_leads(table):
    assert [lead_of(coded("x", table[lead.upper()]), where="a") for lead in STANDARD_LEADS] == list(STANDARD_LEADS)


@pytest.mark.parametrize(
    ("code", "lead"),
    [
        (coded("urn:iso:std:iso:11073:10101", "2:62"), "aVR"),
        (coded("urn:iso:std:iso:11073:10101", "131073"), "I"),
        (coded("x", "?", "MDC_ECG_ELEC_POTL_V3"), "V3"),
        (coded("x", "aVF"), "aVF"),
        (coded("x", "272732008", "Lead aVR"), "aVR"),
        ({"text": "lead V6"}, "V6"),
        (coded("x", "1", "Pleth"), "Pleth"),
        ({}, ""),
    ],
)
def test_leads_are_known_by_code_display_or_text(code, lead):
    assert lead_of(code, where="a") == lead


def test_codes_that_name_two_leads_are_refused():
    with pytest.raises(LeadError, match="a: one code names the leads I and V2"):
        lead_of(coded("x", MDC["I"], "Lead V2"), where="a")


def test_numbers_that_are_written_are_those_of_the_nomenclature():
    assert {lead.upper(): number for lead, number in MDC_POTENTIALS.items()} == MDC


def test_measurements_are_known_by_loinc_or_by_their_names_in_the_nomenclature():
    assert set(LOINC_MEASUREMENTS.values()) <= set(MEASUREMENTS)
    assert measured(coded("http://loinc.org", "8625-6")) == "pr_ms"
    assert measured(coded("urn:iso:std:iso:11073:10101", "147240", "MDC_ECG_TIME_PD_RR_GL")) == "rr_ms"
    assert measured(coded("http://loinc.org", "8480-6", "Systolic")) is None
    assert code_of(coded("http://loinc.org", "1-8"), system="http://snomed.info/sct") == ""

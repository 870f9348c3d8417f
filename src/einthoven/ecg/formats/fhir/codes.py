"""Codes by which FHIR resources name leads and measurements.

Leads: ISO/IEEE 11073-10101 (MDC; the numbers are those of SCP-ECG, in partition 2, plain for the lead and with 256
added for its potential), SNOMED CT and LOINC as in the value sets of the German base profiles.
"""

from __future__ import annotations

from einthoven.ecg.formats.aecg.codes import measurement_name
from einthoven.ecg.formats.fhir.json_document import Resource, listed, word
from einthoven.ecg.formats.measurement_names import MEASUREMENTS
from einthoven.ecg.leads import STANDARD_LEADS, canonical_lead
from einthoven.errors import LeadError

__all__ = [
    "AGE",
    "CLOCK",
    "FILTERS",
    "LOINC",
    "LOINC_MEASUREMENTS",
    "MDC",
    "MDC_POTENTIALS",
    "code_of",
    "lead_of",
    "measured",
]

LOINC = "http://loinc.org"
MDC = "urn:iso:std:iso:11073:10101"
AGE = ("21612-7", "30525-0")  # LOINC: age as reported; age
# texts of components that no nomenclature has a code for
CLOCK = "Time of day at the start, time zone unknown"
FILTERS = "Filters of the device"

_SCP_NUMBERS = dict(zip(STANDARD_LEADS, (1, 2, 61, 62, 63, 64, 3, 4, 5, 6, 7, 8), strict=True))
_PARTITION = 2 << 16
_POTENTIAL = 256
MDC_POTENTIALS = {lead: _PARTITION + _POTENTIAL + number for lead, number in _SCP_NUMBERS.items()}
_SNOMED = (
    *("272729005", "272730000", "272731001", "257474006", "257473000", "257472005"),
    *("257475007", "257476008", "257477004", "257478009", "257479001", "257480003"),
)
_LOINC_PARTS = (
    *("LP7386-8", "LP7387-6", "LP7388-4", "LP7385-0", "LP7384-3", "LP7383-5"),
    *("LP7389-2", "LP7390-0", "LP7391-8", "LP7392-6", "LP7393-4", "LP7394-2"),
)
_LEADS = {
    **{str(number): lead for lead, number in MDC_POTENTIALS.items()},
    **{str(number - _POTENTIAL): lead for lead, number in MDC_POTENTIALS.items()},
    **{f"2:{number}": lead for lead, number in _SCP_NUMBERS.items()},
    **{f"2:{number + _POTENTIAL}": lead for lead, number in _SCP_NUMBERS.items()},
    **dict(zip(_SNOMED, STANDARD_LEADS, strict=True)),
    **dict(zip(_LOINC_PARTS, STANDARD_LEADS, strict=True)),
}
# first code of a measurement: the one that is written
LOINC_MEASUREMENTS = {
    "8867-4": "heart_rate_bpm",
    "76282-3": "heart_rate_bpm",
    "8637-1": "rr_ms",
    "8625-6": "pr_ms",
    "8633-0": "qrs_ms",
    "8634-8": "qt_ms",
    "8636-3": "qtc_ms",
    "8626-4": "p_axis_deg",
    "8632-2": "qrs_axis_deg",
    "8638-9": "t_axis_deg",
}


def lead_of(code: Resource, *, where: str) -> str:
    """Return the lead that a coded concept names; as it spells it where that is none of the twelve.

    Raises
    ------
    LeadError
        When its codes and their displays name different leads.
    """
    codings = listed(code, "coding")
    named = [_LEADS.get(word(coding, "code")) for coding in codings]
    named += [canonical_lead(word(coding, key)) for coding in codings for key in ("display", "code")]
    leads = {lead for lead in named if lead} or {lead for lead in (canonical_lead(word(code, "text")),) if lead}
    if len(leads) > 1:
        raise LeadError(f"{where}: one code names the leads {' and '.join(sorted(leads))}: which of them is it?")
    return leads.pop() if leads else _spelled(code)


def code_of(code: Resource, *, system: str) -> str:
    """Return the code of one system, empty where there is none."""
    return next((word(coding, "code") for coding in listed(code, "coding") if word(coding, "system") == system), "")


def measured(code: Resource) -> str | None:
    """Return the name of the measurement that a coded concept stands for, None when it is none that we know."""
    by_loinc = LOINC_MEASUREMENTS.get(code_of(code, system=LOINC))
    by_name = (measurement_name(word(coding, "display"), "") for coding in listed(code, "coding"))
    return by_loinc or next((name for name in by_name if name in MEASUREMENTS), None)


def _spelled(code: Resource) -> str:
    words = [word(coding, key) for coding in listed(code, "coding") for key in ("display", "code")]
    return next((spelled for spelled in (word(code, "text"), *words) if spelled), "")

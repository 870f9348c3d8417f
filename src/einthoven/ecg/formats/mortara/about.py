"""Patient, device, measurements and statements in Mortara's ELI XML, all of them attributes."""

from __future__ import annotations

import math
from collections.abc import Iterator

from lxml import etree

from einthoven.ecg.formats.decoded import About
from einthoven.ecg.formats.patient_words import age_between, age_in_years, as_date, parse_sex, parse_timestamp
from einthoven.ecg.formats.xml_document import attribute, children, local_name, text

__all__ = ["about", "filters"]

_VALUES = {
    "VENT_RATE": "heart_rate_bpm",
    "AVERAGE_RR": "rr_ms",
    "P_DURATION": "p_ms",
    "PR_DURATION": "pr_ms",
    "PR_INTERVAL": "pr_ms",
    "QRS_DURATION": "qrs_ms",
    "QT": "qt_ms",
    "QTC": "qtc_ms",
    "QTB": "qtc_bazett_ms",
    "QTF": "qtc_fridericia_ms",
    "P_AXIS": "p_axis_deg",
    "QRS_AXIS": "qrs_axis_deg",
    "T_AXIS": "t_axis_deg",
    "SYSTOLIC_BP": "systolic_mmhg",
    "DIASTOLIC_BP": "diastolic_mmhg",
}
_AGE_UNITS = {"": "years", "Y": "years", "M": "months", "W": "weeks", "D": "days", "H": "hours"}
# numbers of the fields that are seen in exports; their labels are in the hospital's language
_FIELDS = {"last_name": "1", "patient_id": "2", "age": "3", "sex": "4", "first_name": "7", "birth": "16"}
_IMPERSONAL_FIELDS = (_FIELDS["age"], _FIELDS["sex"])
# attributes with one of these words in their names say who, where or which one
_IDENTIFYING_WORDS = {
    "ID", "NAME", "DOB", "PHYSICIAN", "DOCTOR", "TECHNICIAN", "OPERATOR", "USER", "ROOM", "BED",
    "LOCATION", "SITE", "INSTITUTION", "HOSPITAL", "DEPARTMENT", "SERIAL", "ORDER", "ACCESSION",
    "VISIT", "ADMISSION", "ENCOUNTER", "SEQUENCE", "UID", "GUID", "SSN", "PHONE", "ADDRESS", "CITY",
    "STREET", "ZIP",
}  # fmt: skip
_IMPERSONAL_ELEMENTS = (
    "CHANNEL", "TYPICAL_CYCLE", "TYPICAL_CYCLE_CHANNEL", "STATEMENT", "MEDICATION", "DEMOGRAPHIC_FIELD",
)  # fmt: skip


def about(root: etree._Element) -> About:
    """Return all that the file says but the signal."""
    time = parse_timestamp(attribute(root, "ACQUISITION_TIME_XML")) or parse_timestamp(
        attribute(root, "ACQUISITION_TIME")
    )
    fields = {attribute(one, "ID"): one for one in children(root, "DEMOGRAPHIC_FIELDS/DEMOGRAPHIC_FIELD")}
    birth = (
        as_date(attribute(root, "DOB_XML", "SUBJECT"))
        or as_date(attribute(root, "DOB", "SUBJECT"))
        or as_date(_field(fields, "birth"))
    )
    age = _age_in_years(attribute(root, "AGE"), attribute(root, "AGE_UNITS"))
    if not age and fields:
        age = _age_in_years(_field(fields, "age"), attribute(fields.get(_FIELDS["age"]), "UNITS"))
    subject = attribute(root, "ID", "SUBJECT") or attribute(root, "LOCAL_ID", "SUBJECT")
    return About(
        patient_id=subject or _field(fields, "patient_id") or None,
        time=time,
        age_years=age or age_between(birth, time),  # 0 stands for unknown, too
        sex=parse_sex(attribute(root, "GENDER", "SUBJECT") or _field(fields, "sex")),
        device=_device(root),
        measurements=dict(_measurements(root)),
        statements=_statements(root),
        identifiers=tuple(_identifiers(root)),
    )


def filters(root: etree._Element) -> tuple[str, ...]:
    """Return the low- and high-pass filter; the codes of the others are not published."""
    cutoffs = (("high-pass", "HIGH_PASS_FILTER"), ("low-pass", "LOW_PASS_FILTER"))
    found = ((kind, _number(attribute(root, name, "SOURCE"))) for kind, name in cutoffs)
    return tuple(f"{kind} {cutoff:g} Hz" for kind, cutoff in found if cutoff)


def _number(word: str) -> float | None:
    try:
        value = float(word)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _field(fields: dict[str, etree._Element], name: str) -> str:
    return attribute(fields.get(_FIELDS[name]), "VALUE")


def _age_in_years(value: str, unit: str) -> float | None:
    number = _number(value)
    return None if number is None else age_in_years(number, _AGE_UNITS.get(unit.upper(), unit))


def _device(root: etree._Element) -> str | None:
    model = attribute(root, "MODEL", "SOURCE") or attribute(
        root, "ACQUIRING_DEVICE_EXTENDED_MODEL_DESCRIPTION", "SOURCE"
    )
    return " ".join(filter(None, (attribute(root, "MANUFACTURER", "SOURCE"), model))) or None


def _measurements(root: etree._Element) -> Iterator[tuple[str, float]]:
    """Yield the values that were measured: intervals and rates of nothing are not."""
    for source in (*children(root, "AUTOMATIC_MEASUREMENTS"), *children(root, "TYPICAL_CYCLE"), root):
        for name, ours in _VALUES.items():
            value = _number(attribute(source, name))
            if value is not None and (value > 0 or ours.endswith("_deg")):
                yield ours, value


def _statements(root: etree._Element) -> tuple[str, ...]:
    """Return the automatic statements; their reasons are left out."""
    statements = children(root, "AUTOMATIC_INTERPRETATION/STATEMENT")
    return tuple(filter(None, (attribute(one, "TEXT") or text(one) for one in statements)))


def _identifiers(root: etree._Element) -> Iterator[str]:
    for element in root.iter(etree.Element):
        if local_name(element) not in _IMPERSONAL_ELEMENTS:
            for name, value in element.attrib.items():
                if _IDENTIFYING_WORDS & set(str(name).upper().split("_")):
                    yield str(value)
    for one in children(root, "DEMOGRAPHIC_FIELDS/DEMOGRAPHIC_FIELD"):
        if attribute(one, "ID") not in _IMPERSONAL_FIELDS:
            yield attribute(one, "VALUE")

"""Patient, device, statements and marks in Philips' Sierra ECG files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from lxml import etree

from einthoven.ecg.formats.decoded import About
from einthoven.ecg.formats.patient_words import age_between, age_in_years, as_date, joined_date_time, parse_sex
from einthoven.ecg.formats.philips.leads import sierra_lead
from einthoven.ecg.formats.philips.measurements import (
    latest_interpretation,
    lead_measurements,
    measured_number,
    measurements,
)
from einthoven.ecg.formats.telling_elements import telling_texts
from einthoven.ecg.formats.xml_document import attribute, children, find, local_name, text
from einthoven.ecg.record import Annotation

__all__ = ["about", "marks"]

_PATIENT = "patient/generalpatientdata"
_AGE_UNITS = ("years", "months", "weeks", "days", "hours")
_COMPONENTS = "interpretationdatastructure/statementcomponents"
# whole branches in which every word says who, where or which one
_IDENTIFYING_BRANCHES = ("dataacquisition/acquirer", f"{_PATIENT}/name", "otherECGs", "documentinfo/editor")
_IDENTIFYING = (
    *(f"{_PATIENT}/{name}" for name in ("patientid", "uniquepatientid", "viperuniquepatientid", "MRN", "secondaryid")),
    f"{_PATIENT}/age/dateofbirth",
    "documentinfo/documentname",
    "documentinfo/filename",
    "dataacquisition/databaseid",
    *(f"orderinfo/{name}" for name in ("ordernumber", "uniqueorderid", "orderbillingcode", "inbox")),
    "userdefines/userdefine/value",
    "interpretations/interpretation/serialcomparison/previousecg/documentname",
)
# hospitals name their staff in further elements of orders, reports and interpretations
_STAFF = re.compile(r"clinician|physician|doctor|nurse|operator|technician|requester|requestedby")
_NOBODY = re.compile(r"(?!)")  # the search takes names apart
_NOT_OF_STAFF = ("measurements", "internalmeasurements", "waveforms")
_NUMBERS = re.compile(r"\*+(?:\.\*+)?")
# the instants of the first measured beat in 1.03, of each beat in 1.04
_INSTANTS = {
    "pon": "P onset",
    "poff": "P end",
    "qrson": "QRS onset",
    "qon": "QRS onset",
    "qrsoff": "QRS end",
    "qoff": "QRS end",
    "ton": "T onset",
    "toff": "T end",
}
_QUALITY = {
    "inops/inop": "lead off",
    "saturations/saturation": "saturated",
    "baseartifacts/baseartifact": "baseline artifact",
    "acartifacts/acartifact": "mains artifact",
    "muscleartifacts/muscleartifact": "muscle artifact",
}
_MAX_MARKS = 100_000


def about(root: etree._Element) -> About:
    """Return all that the file says but the signal; values such as ``---`` are unknown."""
    acquisition = find(root, "dataacquisition")
    patient = find(root, _PATIENT)
    time = joined_date_time(attribute(acquisition, "date"), attribute(acquisition, "time"))
    machine = _known(text(acquisition, "machine"))
    maker = attribute(acquisition, "detaildescription", "machine").partition(":")[0].strip()
    interpretation = latest_interpretation(root)
    return About(
        patient_id=_known(text(patient, "patientid")) or _known(text(patient, "MRN")) or None,
        time=time,
        age_years=_age_in_years(patient, at=time),
        sex=parse_sex(text(patient, "sex")),
        device=" ".join(filter(None, (maker, machine))) or None,
        measurements=measurements(root),
        lead_measurements=lead_measurements(root),
        statements=_statements(interpretation),
        original_statements=_original_statements(interpretation),
        identifiers=tuple(word for word in map(_known, _identifiers(root)) if word),
    )


def marks(root: etree._Element) -> tuple[Annotation, ...]:
    """Return pace pulses, instants of beats, bad stretches and free marks; times in the file are milliseconds."""
    return tuple(sorted(_marks(root), key=lambda mark: mark.time_s)[:_MAX_MARKS])


def _known(word: str) -> str:
    """Return the word, nothing for a mere ``---`` or ``,``."""
    return word if any(letter.isalnum() for letter in word) else ""


def _age_in_years(patient: etree._Element | None, *, at: datetime | None) -> float | None:
    """Return the age that the file gives, else that from the date of birth; its default age is a setting."""
    for unit in _AGE_UNITS:
        value = measured_number(text(patient, f"age/{unit}"))
        if value is not None:
            return age_in_years(value, unit)
    return age_between(as_date(text(patient, "age/dateofbirth")), at)


def _statements(interpretation: etree._Element | None) -> tuple[str, ...]:
    """Return the statements as they stand now, and the summary; their reasons (right statements) are left out."""
    if interpretation is None:
        return ()
    lines = [text(one, "leftstatement") or text(one, "rightstatement") for one in children(interpretation, "statement")]
    return tuple(filter(None, [*lines, text(interpretation, "severity")]))


def _original_statements(interpretation: etree._Element | None) -> tuple[str, ...]:
    """Return what the analysis program had said where an editor has changed it."""
    if interpretation is None:
        return ()
    components = list(children(interpretation, f"{_COMPONENTS}/*"))
    edited = any(attribute(one, "source") == "Editor" or attribute(one, "deleted") == "True" for one in components)
    if not edited and not any(attribute(one, "editedflag") == "True" for one in children(interpretation, "statement")):
        return ()
    return tuple(filter(None, (_rendered(one) for one in components if attribute(one, "source") != "Editor")))


def _rendered(component: etree._Element) -> str:
    """Return the text of a coded statement: stars stand for its numbers, ``*LEAD*`` for its leads."""
    template = text(component, "unparsedstatement/lhsstatement") or text(component)
    leads = " ".join(text(one) for one in children(component, "variables/listofECGlead"))
    values = (text(one) for one in children(component, "variables/numericvalue"))
    modifiers = [text(one) for one in children(component, "modifiers/modifier")]
    filled = _NUMBERS.sub(lambda stars: next(values, stars[0]), template.replace("*LEAD*", leads))
    return " ".join(filter(None, [*modifiers, filled]))


def _identifiers(root: etree._Element) -> Iterator[str]:
    for path in _IDENTIFYING:
        yield from (text(element) for element in children(root, path))
    for path in _IDENTIFYING_BRANCHES:
        for branch in children(root, path):
            for element in branch.iter(etree.Element):
                yield text(element)
                yield attribute(element, "id")
    yield attribute(root, "machineid", "dataacquisition/machine")
    yield attribute(root, "modifiedby", "waveforms/parsedwaveforms")
    yield from telling_texts(root, telling=_STAFF, person=_NOBODY, skipped=_NOT_OF_STAFF)
    for interpretation in children(root, "interpretations/interpretation"):
        yield attribute(interpretation, "id", "confirmingclinician")
        # Confirmed by: NAME 24-Dec-2008 07:15:13
        signature = text(interpretation, "mdsignatureline").partition(":")[2]
        yield re.sub(r"\d.*", "", signature, flags=re.DOTALL).strip()


def _marks(root: etree._Element) -> Iterator[Annotation]:
    for path in ("internalmeasurements", "measurements"):
        for name in ("crossleadmeasurements", "globalmeasurements"):
            whole = find(root, f"{path}/{name}")
            if whole is not None:
                yield from _instants(whole, None)
                yield from _pace_pulses(whole, None)
        for one in children(root, f"{path}/leadmeasurements/leadmeasurement"):
            lead = sierra_lead(attribute(one, "leadname"))
            yield from _pace_pulses(one, lead)
            yield from _bad_stretches(one, lead)
            for beat in children(one, "beats/beat"):
                yield from _instants(beat, lead)
    for one in children(root, "waveforms/annotations/annotation"):
        time_ms = measured_number(text(one, "time"))
        lead = text(one, "leadname")
        if time_ms is not None:
            yield Annotation(time_ms / 1000, text(one, "label"), sierra_lead(lead) if lead else None)


def _instants(element: etree._Element, lead: str | None) -> Iterator[Annotation]:
    for child in element:
        label = _INSTANTS.get(local_name(child))
        time_ms = measured_number(text(child)) if label else None
        if label and time_ms:  # 0 where no beat was found
            yield Annotation(time_ms / 1000, label, lead)


def _bad_stretches(measured: etree._Element, lead: str) -> Iterator[Annotation]:
    for path, label in _QUALITY.items():
        for stretch in children(measured, f"leadqualitystates/{path}"):
            time_ms = measured_number(attribute(stretch, "starttime"))
            duration_ms = measured_number(attribute(stretch, "duration"))
            if time_ms is not None and duration_ms is not None:
                yield Annotation(time_ms / 1000, f"{label} for {duration_ms / 1000:g} s", lead)


def _pace_pulses(element: etree._Element, lead: str | None) -> Iterator[Annotation]:
    for pulse in children(element, "pacepulses/pacepulse"):
        time_ms = measured_number(attribute(pulse, "starttime"))
        if time_ms is not None:
            yield Annotation(time_ms / 1000, "pace pulse", lead)

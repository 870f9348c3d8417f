"""Annotation sets of an annotated ECG: statements, measurements, and waves marked in time.

A set by a person (an ``assignedPerson`` as author) is the reading of a physician: its statements are the confirmed ones
and its measurements go before those of the device. What is measured beat by beat in the rhythm is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from lxml import etree

from einthoven.ecg.formats.aecg.codes import in_unit_of, measurement_name, wave_name
from einthoven.ecg.formats.aecg.timeline import Timeline
from einthoven.ecg.formats.aecg.values import SECONDS, quantity, quoted_number, seconds_between
from einthoven.ecg.formats.patient_words import parse_timestamp
from einthoven.ecg.formats.xml_document import attribute, children, find, local_name
from einthoven.ecg.leads import canonical_lead
from einthoven.ecg.record import Annotation

__all__ = ["Annotated", "annotated"]

_STATEMENTS = "MDC_ECG_INTERPRETATION"
_RHYTHM = "MDC_ECG_RHY"
_BEAT = "MDC_ECG_BEAT"
_WAVES = ("MDC_ECG_WAVC", "MDC_ECG_WAVC_TYPE")
_EDGES = {"low": "onset", "high": "offset"}
# marks in the representative beat that have a name among the measurements
_BEAT_MARKS = {"p_onset_ms", "p_offset_ms", "qrs_onset_ms", "qrs_offset_ms", "t_offset_ms"}


@dataclass(slots=True)
class Annotated:
    """What annotation sets say, gathered set by set."""

    statements: list[str] = field(default_factory=list)
    original_statements: list[str] = field(default_factory=list)
    measurements: dict[str, float] = field(default_factory=dict)
    lead_measurements: dict[str, dict[str, float]] = field(default_factory=dict)
    annotations: list[Annotation] = field(default_factory=list)


class _Boundary(NamedTuple):
    """One limit of a region: a lead, or a time with its value."""

    code: str
    value: etree._Element | None


class _Parts(NamedTuple):
    """The children of an annotation that count."""

    code: str
    value: etree._Element | None
    region: list[_Boundary]
    inner: list[etree._Element]


class _Context(NamedTuple):
    """What an annotation inherits from those around it."""

    in_beat: bool = False
    lead: str | None = None
    wave: str = ""


class _Mark(NamedTuple):
    """A moment or an edge of an interval, in seconds of the series' own time."""

    edge: str
    time_s: float


class _Clock(NamedTuple):
    """Turns the times of a region into seconds from the first sample, whose own time is ``head_s``.

    No timeline stands for a representative beat.
    """

    timeline: Timeline | None
    head_s: float

    def seconds(self, element: etree._Element, *, absolute: bool) -> float | None:
        if not absolute:
            relative = quantity(element, SECONDS)
            return None if relative is None else relative - self.head_s
        moment = parse_timestamp(attribute(element, "value"))
        if moment is None or self.timeline is None or self.timeline.start is None:
            return None
        return seconds_between(self.timeline.start, moment)


def annotated(
    rhythm: Iterable[etree._Element],
    derived: Iterable[etree._Element],
    *,
    timeline: Timeline,
    beat_head_s: float = 0.0,
) -> Annotated:
    """Return what the annotation sets of the rhythm series and of the representative beats say.

    Parameters
    ----------
    rhythm, derived : iterable of series elements
    timeline : Timeline
        Marks outside it are left out.
    beat_head_s : float
        Relative time of the representative beat's first sample.
    """
    whole, beat = _Clock(timeline, timeline.head_s), _Clock(None, beat_head_s)
    sets = [(found, whole) for series in rhythm for found in children(series, "subjectOf/annotationSet")]
    sets += [(found, beat) for series in derived for found in children(series, "subjectOf/annotationSet")]
    gathered = Annotated()
    by_person = [
        find(found, "author/assignedEntity/assignedAuthorType/assignedPerson") is not None for found, _ in sets
    ]
    confirmed: list[str] = []
    for person in (True, False):  # the first to say something about a measurement is believed
        for (found, clock), is_person in zip(sets, by_person, strict=True):
            if is_person is person:
                _gather(found, clock, gathered, statements=confirmed if person else gathered.statements)
    gathered.statements, confirmed = _once(gathered.statements), _once(confirmed)
    if confirmed:
        gathered.original_statements, gathered.statements = gathered.statements, confirmed
    duration_s = timeline.channels.digital.shape[1] / timeline.channels.sampling_rate_hz
    inside = [mark for mark in gathered.annotations if 0 <= mark.time_s <= duration_s]
    gathered.annotations = sorted(inside, key=lambda mark: mark.time_s)
    return gathered


def _gather(annotation_set: etree._Element, clock: _Clock, gathered: Annotated, *, statements: list[str]) -> None:
    in_beat_series = clock.timeline is None
    beat_marks: dict[tuple[str | None, str], set[float]] = {}
    for parts, context in _walk(annotation_set):
        code = parts.code.upper()
        if code.startswith(_STATEMENTS) or code == _RHYTHM:
            statements.append(_told(parts.value))
            continue
        label = context.wave or ("beat" if code == _BEAT else "")
        for mark in _marks(parts, clock) if label else ():
            if in_beat_series:
                name = f"{label.lower()}_{mark.edge}_ms"
                beat_marks.setdefault((context.lead, name), set()).add(round(mark.time_s * 1e3, 6))
            else:
                gathered.annotations.append(Annotation(mark.time_s, f"{label} {mark.edge}".strip(), context.lead))
        if in_beat_series or not context.in_beat:
            _measure(parts, context, gathered)
    _keep_beat_marks(beat_marks, gathered)


def _keep_beat_marks(marks: Mapping[tuple[str | None, str], set[float]], gathered: Annotated) -> None:
    """Keep onsets and ends in the representative beat, but for those that stand there twice and differ."""
    for (lead, name), values in marks.items():
        if name in _BEAT_MARKS and len(values) == 1:
            (value,) = values
            _of_lead(gathered, lead).setdefault(name, value)


def _walk(annotation_set: etree._Element) -> Iterator[tuple[_Parts, _Context]]:
    """Yield all annotations in document order, however deep."""
    stack = [(found, _Context()) for found in children(annotation_set, "component/annotation")][::-1]
    while stack:
        annotation, outer = stack.pop()
        parts = _parts(annotation)
        code = parts.code.upper()
        lead = next((lead for lead in (canonical_lead(code) for code, _ in parts.region) if lead), outer.lead)
        wave = outer.wave
        if code in _WAVES:
            own = wave_name(attribute(parts.value, "code"))
            wave = f"{wave} {own}".strip() if own == "peak" else own
        context = _Context(outer.in_beat or code == _BEAT, lead, wave)
        yield parts, context
        stack += [(inner, context) for inner in reversed(parts.inner)]


def _parts(annotation: etree._Element) -> _Parts:
    """Return the parts in one pass: there may be thousands of annotations."""
    code, value = "", None
    region: list[_Boundary] = []
    inner: list[etree._Element] = []
    for child in annotation:
        name = local_name(child)
        if name == "code":
            code = (child.get("code") or "").strip()
        elif name == "value":
            value = child
        elif name == "support":
            region += [_boundary(found) for found in children(child, "supportingROI/component/boundary")]
        elif name == "component":
            inner += [found for found in child if local_name(found) == "annotation"]
    return _Parts(code, value, region, inner)


def _boundary(element: etree._Element) -> _Boundary:
    named = {local_name(child): child for child in element}
    return _Boundary(attribute(named.get("code"), "code").upper(), named.get("value"))


def _marks(parts: _Parts, clock: _Clock) -> list[_Mark]:
    marks = []
    for code, value in parts.region:
        if value is None or code not in ("TIME_ABSOLUTE", "TIME_RELATIVE"):
            continue
        for element in (value, *value):
            edge = "" if element is value else _EDGES.get(local_name(element))
            seconds = None if edge is None else clock.seconds(element, absolute=code == "TIME_ABSOLUTE")
            if edge is not None and seconds is not None:
                marks.append(_Mark(edge, seconds))
    return marks


def _measure(parts: _Parts, context: _Context, gathered: Annotated) -> None:
    value = quoted_number(parts.value)
    if value is None or not parts.code:
        return
    unit = attribute(parts.value, "unit")
    name = measurement_name(parts.code, unit)
    converted = in_unit_of(name, value, unit)
    if converted is not None:
        _of_lead(gathered, context.lead).setdefault(name, converted)


def _of_lead(gathered: Annotated, lead: str | None) -> dict[str, float]:
    return gathered.measurements if lead is None else gathered.lead_measurements.setdefault(lead, {})


def _once(statements: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(told for told in statements if told))


def _told(value: etree._Element | None) -> str:
    if value is None:
        return ""
    words = " ".join("".join(value.itertext("{*}*")).split()) if len(value) else " ".join((value.text or "").split())
    return words or attribute(value, "displayName") or attribute(value, "code")

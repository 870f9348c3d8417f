"""HL7 annotated ECGs written as text from the implementation guide, with no reader's or writer's code."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from einthoven.ecg.formats import RecordLocation
from fakes.fake_format import Fake

MDC = 'codeSystem="2.16.840.1.113883.6.24" codeSystemName="MDC"'
ACT = 'codeSystem="2.16.840.1.113883.5.4"'
START = "20021122091000.000"
ABSOLUTE = ('TIME_ABSOLUTE" ' + ACT, '<head value="{head}"/><increment value="0.002" unit="s"/>')
RELATIVE = ('TIME_RELATIVE" ' + ACT, '<head value="{head}" unit="ms"/><increment value="2" unit="ms"/>')


def aecg(
    series: str,
    *,
    subject: str = '<id root="2.16.840.1.113883.3.400" extension="SBJ-123"/>',
    before_series: str = "",
    effective: str = f'<center value="{START}"/>',
    prolog: str = '<?xml version="1.0" encoding="UTF-8"?>',
) -> str:
    """Return a document around its series."""
    return f"""{prolog}
<AnnotatedECG xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" type="Observation">
<id root="61d1a24f-b47e-41aa-ae95-f8ac302f4eeb"/>
<code code="93000" codeSystem="2.16.840.1.113883.6.12" codeSystemName="CPT-4"/>
<effectiveTime>{effective}</effectiveTime>
<componentOf><timepointEvent><componentOf><subjectAssignment>
<subject><trialSubject>{subject}</trialSubject></subject>
<componentOf><clinicalTrial><id root="2.16.840.1.113883.3.400" extension="TRL-1"/></clinicalTrial></componentOf>
</subjectAssignment></componentOf></timepointEvent></componentOf>{before_series}{series}
</AnnotatedECG>
"""


def series(content: str, *, code: str = "RHYTHM", low: str = START, beside: str = "", head: str = "") -> str:
    """Return a series: ``head`` before its sets of sequences, ``beside`` behind them."""
    effective = f'<low value="{low}"/>' if low else ""
    return (
        f'<component><series><id root="dd7b629e-9be1-4686-a1bf-7896e16e2d46"/><code code="{code}" {ACT}/>'
        f"<effectiveTime>{effective}</effectiveTime>{head}{content}{beside}</series></component>"
    )


def sequence_set(leads: Sequence[str], *, head: str = START, time: tuple[str, str] = ABSOLUTE) -> str:
    """Return one set: sequences of leads beside that of their times."""
    code, values = time
    times = f'<sequence><code code="{code}/><value>{values.format(head=head)}</value></sequence>'
    return f"<component><sequenceSet>{_components([times, *leads])}</sequenceSet></component>"


def lead(
    name: str,
    digits: Sequence[int] | str,
    *,
    scale: str = 'value="1" unit="uV"',
    origin: str = 'value="0" unit="uV"',
    kind: str = "SLIST_PQ",
) -> str:
    """Return the sequence of one lead."""
    text = digits if isinstance(digits, str) else " ".join(str(int(value)) for value in digits)
    return (
        f'<sequence><code code="MDC_ECG_LEAD_{name.upper()}" {MDC}/><value xsi:type="{kind}">'
        f"<origin {origin}/><scale {scale}/><digits>{text}</digits></value></sequence>"
    )


def _components(parts: Sequence[str]) -> str:
    return "".join(f"<component>{part}</component>" for part in parts)


def write_aecg(folder: Path, text: str, name: str = "rec.xml") -> RecordLocation:
    """Write a document and return where it lies."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return RecordLocation(path.stem, str(path), "aecg", {})


def _absolute(folder: Path, signal_mv: np.ndarray, leads: Sequence[str]) -> RecordLocation:
    rows = [lead(name, row) for name, row in zip(leads, _microvolts(signal_mv), strict=True)]
    return write_aecg(folder, aecg(series(sequence_set(rows))))


def _relative(folder: Path, signal_mv: np.ndarray, leads: Sequence[str]) -> RecordLocation:
    scales = ('value="0.001" unit="mV"', 'value="1000" unit="nV"', 'value="1" unit="uV"')
    rows = [
        lead(name, row, scale=scales[index % 3], origin='nullFlavor="NA"')
        for index, (name, row) in enumerate(zip(leads, _microvolts(signal_mv), strict=True))
    ]
    return write_aecg(folder, aecg(series(sequence_set(rows, head="0", time=RELATIVE))))


def _halves(folder: Path, signal_mv: np.ndarray, leads: Sequence[str]) -> RecordLocation:
    """Two series, one after the other in time, the later one first."""
    digits = _microvolts(signal_mv)
    middle = digits.shape[1] // 2
    parts = [
        series(sequence_set([lead(name, row) for name, row in zip(leads, half, strict=True)], head=_moment(start)))
        for start, half in ((middle, digits[:, middle:]), (0, digits[:, :middle]))
    ]
    return write_aecg(folder, aecg("".join(parts)))


def _lead_by_lead(folder: Path, signal_mv: np.ndarray, leads: Sequence[str]) -> RecordLocation:
    sets = [sequence_set([lead(name, row)]) for name, row in zip(leads, _microvolts(signal_mv), strict=True)]
    return write_aecg(folder, aecg(series("".join(sets))))


def _microvolts(signal_mv: np.ndarray) -> np.ndarray:
    return np.rint(np.asarray(signal_mv) * 1000).astype(int)


def _moment(sample: int) -> str:
    minutes, milliseconds = divmod(sample * 2, 60_000)
    return f"200211220{910 + minutes}{milliseconds // 1000:02}.{milliseconds % 1000:03}"


FAKES: dict[str, Fake] = {
    "absolute": _absolute,
    "relative": _relative,
    "halves": _halves,
    "lead-by-lead": _lead_by_lead,
}

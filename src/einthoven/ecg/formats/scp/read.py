"""SCP-ECG, versions 1.0 to 3.0 (EN 1064, ISO 11073-91064): the short recording of a resting ECG and what is said of it.

Long-term recordings (section 12 of version 3.0) are refused by name where there is no other.
"""

from __future__ import annotations

import dataclasses
import struct
from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeVar

from einthoven.ecg.formats.decoded import About, Decoded
from einthoven.ecg.formats.scp.beats import Beats, beats
from einthoven.ecg.formats.scp.huffman import huffman_tables
from einthoven.ecg.formats.scp.leads import LeadDefinition, lead_definition
from einthoven.ecg.formats.scp.measurements import Measured, lead_measurements, measurements
from einthoven.ecg.formats.scp.patient import Patient, patient
from einthoven.ecg.formats.scp.rhythm import ReferenceBeat, Rhythm, reference_beat, rhythm
from einthoven.ecg.formats.scp.sections import HEADER_BYTES, RECORD_BYTES, Section, Sections, read_sections
from einthoven.ecg.formats.scp.statements import CODED, TEXTUAL, Statements, as_confirmed, statements
from einthoven.ecg.formats.scp.values import block
from einthoven.ecg.formats.single_file import single_file_format
from einthoven.ecg.record import Annotation
from einthoven.errors import SignalError, UnreadableFileError

__all__ = ["FORMAT", "decode", "recognises"]

LONG_TERM = 12
# 3.0 has neither decimation nor subtraction; 1.0 has no flag for the former
VERSION_3, VERSION_1_1 = 30, 11
_Said = TypeVar("_Said")
MAX_FIRST_SECTION_BYTES = HEADER_BYTES + 10 * 256


def recognises(head: bytes) -> bool:
    """Return whether a record begins here: with section 0, whose first pointer is to itself."""
    if len(head) < RECORD_BYTES + HEADER_BYTES + 10:
        return False
    size, _, number, length = struct.unpack_from("<IHHI", head, 2)
    pointer = struct.unpack_from("<HII", head, RECORD_BYTES + HEADER_BYTES)
    fits = HEADER_BYTES < length <= MAX_FIRST_SECTION_BYTES and size >= RECORD_BYTES + length
    return number == 0 and fits and pointer == (0, length, RECORD_BYTES + 1)


def decode(content: bytes, *, where: str) -> Decoded:
    """Return what an SCP-ECG record holds."""
    sections = read_sections(content, where=where)
    numbered, notes = sections.by_number, list(sections.notes)
    _refuse_without_recording(sections, where=where)
    known = patient(numbered[1], protocol=sections.protocol) if 1 in numbered else None
    definition = lead_definition(numbered[3])
    signals = _signals(numbered, definition, protocol=known.protocol if known else sections.protocol, notes=notes)
    measured = _read(
        numbered.get(7), lambda section: measurements(section, with_onsets=signals.beat is not None), notes
    )
    notes += [*definition.notes, *signals.rhythm.notes, *(known.notes if known else ["section 1 (patient) is missing"])]
    if LONG_TERM in sections.others and sections.protocol >= VERSION_3:
        notes.append("the long-term recording (section 12) was not read")
    return Decoded(
        rhythm=signals.rhythm.channels,
        about=_about(numbered, known, measured, notes=notes),
        median_beat=signals.beat.channels(definition.leads) if signals.beat else None,
        annotations=_annotations(signals, measured),
        device_filters=known.device_filters if known else (),
        resampling=signals.rhythm.resampling,
        notes=notes,
    )


class _Signals(NamedTuple):
    rhythm: Rhythm
    beats: Beats | None
    beat: ReferenceBeat | None


def _refuse_without_recording(sections: Sections, *, where: str) -> None:
    if LONG_TERM in sections.others and 6 not in sections.by_number:
        raise UnreadableFileError(
            f"{where} holds a long-term recording (section 12 of SCP-ECG 3.0), which is not read: export it as a short "
            "one, or as EDF or WFDB"
        )
    missing = [str(number) for number in (3, 6) if number not in sections.by_number]
    if missing:
        raise SignalError(f"{where} holds no recording: section {' and '.join(missing)} is missing")


def _signals(
    numbered: Mapping[int, Section], definition: LeadDefinition, *, protocol: int, notes: list[str]
) -> _Signals:
    n_leads = len(definition.leads)
    plain = [] if 2 in numbered else [lead.n_samples for lead in definition.leads]
    stored = block(numbered[6], n_leads=n_leads, plain_samples=plain)
    tables = huffman_tables(numbered[2]) if 2 in numbered else None
    bimodal = stored.bimodal and VERSION_1_1 <= (protocol or VERSION_1_1) < VERSION_3
    subtracted = definition.subtracted and protocol < VERSION_3
    needed = subtracted or bimodal
    if needed and 4 not in numbered:
        raise stored.section.error("is compressed by beats, and section 4 that tells where they are is missing")
    complexes = _read(
        numbered.get(4), lambda section: beats(section, protocol=protocol, needed=needed), notes, needed=needed
    )
    if subtracted and 5 not in numbered and complexes is not None and not (complexes.kind == 0).any():
        notes.append("a reference beat should have been subtracted, but at no complex: nothing was added")
        subtracted = False
    beat_ms = complexes.beat_ms if complexes is not None else 0
    if 5 in numbered and not beat_ms:
        notes.append("the reference beat was not read: section 4 doesn't say how long it is")
    beat = _read(
        numbered.get(5) if beat_ms else None,
        lambda section: reference_beat(
            block(section, n_leads=n_leads), definition.leads, beat_ms=beat_ms, tables=tables
        ),
        notes,
        needed=needed,
    )
    definition = dataclasses.replace(definition, subtracted=subtracted)
    recording = rhythm(stored, definition, beats=complexes, beat=beat, bimodal=bimodal, tables=tables)
    return _Signals(recording, complexes, beat)


def _read(
    section: Section | None, read: Callable[[Section], _Said], notes: list[str], *, needed: bool = False
) -> _Said | None:
    """Return what a section says; one that the signal doesn't need and that can't be understood is a note."""
    if section is None:
        return None
    try:
        return read(section)
    except UnreadableFileError as error:
        if needed:
            raise
        notes.append(f"not read: {error}")
        return None


def _about(
    numbered: Mapping[int, Section], known: Patient | None, measured: Measured | None, *, notes: list[str]
) -> About:
    encoding = known.encoding if known else "latin-1"
    none = Statements((), reviewed=False)
    textual, coded = (
        _read(numbered.get(number), lambda section: statements(section, encoding=encoding), notes) or none
        for number in (TEXTUAL, CODED)
    )
    confirmed, original = as_confirmed(textual, coded)
    by_lead = _read(numbered.get(10), lead_measurements, notes) or {}
    if known is None:
        return About(
            measurements=measured.values if measured else {},
            lead_measurements=by_lead,
            statements=confirmed,
            original_statements=original,
        )
    return About(
        patient_id=known.patient_id,
        time=known.time,
        age_years=known.age_years,
        sex=known.sex,
        device=known.device,
        measurements={**(measured.values if measured else {}), **known.measurements},
        lead_measurements=by_lead,
        statements=confirmed,
        original_statements=original,
        identifiers=known.identifiers,
    )


def _annotations(signals: _Signals, measured: Measured | None) -> list[Annotation]:
    """Return the complexes that section 4 locates and the pacemaker spikes of section 7."""
    recording = signals.rhythm
    rate, n_samples = recording.channels.sampling_rate_hz, recording.channels.digital.shape[1]
    found = []
    if signals.beats is not None:
        within = signals.beats.fiducial - recording.first
        inside = (within >= 0) & (within < n_samples)
        for sample, kind in zip(within[inside].tolist(), signals.beats.kind[inside].tolist(), strict=True):
            found.append(Annotation(sample / rate, f"QRS of type {kind}"))
    spikes = measured.spikes_s if measured else ()
    found += [Annotation(time_s, "pacemaker spike") for time_s in spikes if time_s < n_samples / rate]
    return sorted(found, key=lambda mark: mark.time_s)


FORMAT = single_file_format(
    "scp", title="SCP-ECG (EN 1064, ISO 11073-91064), versions 1.0 to 3.0", decode=decode, recognises=recognises
)

"""Annotations of EDF+ and BDF+: lists of time, duration and texts, which also tell when each data record began.

A list is ``+onset[0x15 duration]0x14 text 0x14 ... 0x14 0x00``; the first of a data record has an empty text and is the
record's own onset in seconds from the start of the file (EDF+ specification, 2.2).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from einthoven.ecg.formats.edf_header import EdfHeader
from einthoven.ecg.leads import canonical_lead
from einthoven.ecg.record import Annotation
from einthoven.errors import UnreadableFileError

__all__ = ["EdfAnnotations", "read_annotations"]

# a week of beats at 100 a minute
MAX_ANNOTATIONS = 1_000_000
_ONSET = re.compile(rb"([+-]\d{1,12}(?:\.\d{0,12})?)(?:\x15(\d{1,12}(?:\.\d{0,12})?)?)?\x14", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class EdfAnnotations:
    """What the annotation signals hold.

    Attributes
    ----------
    onsets_s : tuple of float
        Start of each data record, from the start that the header gives; empty in a file without annotation signal.
    marks : tuple of Annotation
        Times from the first sample.
    n_durations : int
        How many marks have a duration.
    """

    onsets_s: tuple[float, ...] = ()
    marks: tuple[Annotation, ...] = ()
    n_durations: int = 0


def read_annotations(content: bytes, header: EdfHeader, n_records: int, *, where: str) -> EdfAnnotations:
    """Return record onsets and annotations.

    Raises
    ------
    UnreadableFileError
        When a data record doesn't tell its onset, or there are more annotations than a week of beats.
    """
    spans = _spans(header)
    if not spans:
        return EdfAnnotations()
    onsets: list[float] = []
    found: list[tuple[float, str, bool]] = []
    for record in range(n_records):
        begin = header.n_bytes + record * header.record_bytes
        for start, stop in spans:
            for onset, has_duration, texts in _lists(content[begin + start : begin + stop]):
                if len(onsets) == record:
                    onsets.append(onset)
                found += [(onset, text, has_duration) for text in texts]
        if len(onsets) <= record:
            raise UnreadableFileError(f"{where}: data record {record + 1} (byte {begin}) doesn't say when it began")
        if len(found) > MAX_ANNOTATIONS:
            raise UnreadableFileError(f"{where} holds more than {MAX_ANNOTATIONS} annotations: cut it into pieces")
    first = onsets[0] if onsets else 0.0
    return EdfAnnotations(
        onsets_s=tuple(onsets),
        marks=tuple(_mark(onset - first, text) for onset, text, _ in sorted(found, key=lambda mark: mark[0])),
        n_durations=sum(has_duration for _, _, has_duration in found),
    )


def _spans(header: EdfHeader) -> list[tuple[int, int]]:
    """Return where in a data record the annotation signals lie, in bytes."""
    if not header.is_plus:
        return []
    spans = []
    for index, signal in enumerate(header.signals):
        if signal.is_annotation:
            first = header.first_sample(index)
            spans.append((first * header.sample_bytes, (first + signal.samples_per_record) * header.sample_bytes))
    return spans


def _lists(block: bytes) -> Iterator[tuple[float, bool, list[str]]]:
    """Yield onset, whether there is a duration, and the texts that aren't empty of each list."""
    for part in block.split(b"\0"):
        found = _ONSET.match(part) if part else None
        if found:
            texts = part[found.end() :].split(b"\x14")
            yield float(found[1]), bool(found[2]), [text.decode("utf-8", "replace") for text in texts if text]


def _mark(time_s: float, text: str) -> Annotation:
    """Return the annotation; behind ``@@`` stands the signal that it belongs to."""
    label, _, signal = text.partition("@@")
    lead = canonical_lead(signal) if signal else None
    return Annotation(time_s, label if lead else text, lead)

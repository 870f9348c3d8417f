"""Annotations of EDF+ and BDF+: lists of time, duration and texts, which also tell when each data record began.

A list is ``+onset[0x15 duration]0x14 text 0x14 ... 0x14 0x00``; the first of a data record has an empty text and is the
record's own onset in seconds from the start of the file (EDF+ specification, 2.2).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.formats.edf.header import EdfHeader
from einthoven.ecg.leads import canonical_lead
from einthoven.ecg.record import Annotation
from einthoven.errors import UnreadableFileError

__all__ = ["EdfAnnotations", "read_annotations"]

# a week of beats at 100 a minute
MAX_ANNOTATIONS = 1_000_000
# behind a 0 or at the start, which is asked behind the sign to be found fast: onset, duration, texts up to the next 0
_LIST = re.compile(rb"([+-](?<![^\0][+-])\d{1,12}(?:\.\d{0,12})?)(?:\x15(\d{1,12}(?:\.\d{0,12})?)?)?\x14([^\0]*)")


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
    blocks = _blocks(content, header, n_records)
    if blocks is None:
        return EdfAnnotations()
    n_records, width = blocks.shape
    onsets: list[float] = []
    found: list[tuple[float, str]] = []
    n_durations = 0
    for match in _LIST.finditer(blocks.tobytes()):
        onset = float(match[1])
        record = match.start() // width
        if record == len(onsets):
            onsets.append(onset)
        elif record > len(onsets):
            break
        if len(match[3]) > 1:
            texts = [text.decode("utf-8", "replace") for text in match[3].split(b"\x14") if text]
            found += [(onset, text) for text in texts]
            n_durations += len(texts) if match[2] else 0
        if len(found) > MAX_ANNOTATIONS:
            raise UnreadableFileError(f"{where} holds more than {MAX_ANNOTATIONS} annotations: cut it into pieces")
    if len(onsets) < n_records:
        begin = header.n_bytes + len(onsets) * header.record_bytes
        raise UnreadableFileError(f"{where}: data record {len(onsets) + 1} (byte {begin}) doesn't say when it began")
    found.sort(key=itemgetter(0))
    return EdfAnnotations(
        onsets_s=tuple(onsets),
        marks=tuple(_mark(onset - onsets[0], text) for onset, text in found),
        n_durations=n_durations,
    )


def _blocks(content: bytes, header: EdfHeader, n_records: int) -> NDArray[np.uint8] | None:
    """Return uint8 (record, byte) of the annotation signals, each ended by a 0; None where there are none."""
    rows = [row for row, signal in enumerate(header.signals) if signal.is_annotation]
    if not rows or not header.is_plus:
        return None
    stored = np.frombuffer(content, np.uint8, n_records * header.record_bytes, header.n_bytes)
    records = stored.reshape(n_records, header.record_bytes)
    end = np.zeros((n_records, 1), dtype=np.uint8)
    parts = []
    for row in rows:
        begin = header.first_sample(row) * header.sample_bytes
        parts += [records[:, begin : begin + header.signals[row].samples_per_record * header.sample_bytes], end]
    return np.concatenate(parts, axis=1)


def _mark(time_s: float, text: str) -> Annotation:
    """Return the annotation; behind ``@@`` stands the signal that it belongs to."""
    label, _, signal = text.partition("@@")
    lead = canonical_lead(signal) if signal else None
    return Annotation(time_s, label if lead else text, lead)

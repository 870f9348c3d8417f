"""Representative beats of Philips' Sierra ECG files: one per lead, with a rate and an amplitude of their own."""

from __future__ import annotations

import numpy as np
from lxml import etree
from numpy.typing import NDArray

from einthoven.ecg.formats.decoded import Channels
from einthoven.ecg.formats.philips.leads import sierra_lead
from einthoven.ecg.formats.xml_document import attribute, base64_bytes, children, find, line_of, number, numbers, text
from einthoven.errors import RecordError, UnreadableFileError

__all__ = ["representative_beats"]

_FILLING = 32767  # PageWriters fill up with it what the beat leaves free


def representative_beats(root: etree._Element) -> tuple[Channels | None, tuple[str, ...]]:
    """Return the beats, None where there are none that can be read, and why they can't."""
    beats = find(root, "waveforms/repbeats")
    if beats is None or find(beats, "repbeat") is None:
        return None, ()
    try:
        return _channels(beats), ()
    except RecordError as error:
        return None, (f"representative beats left out: {error}",)


def _channels(beats: etree._Element) -> Channels:
    element = line_of(beats)
    method, encoding = attribute(beats, "compression"), attribute(beats, "dataencoding")
    if method or encoding not in ("Base64", "Plain"):
        raise UnreadableFileError(f"{element} is encoded as {encoding!r}, compressed by {method or 'nothing'!r}")
    resolution = attribute(beats, "resolution")
    if not resolution:  # the schema of 1.03 has no place for it; the rhythm's differs from it in later versions
        raise UnreadableFileError(f"{element} doesn't say what its samples are worth")
    names, rows, durations = [], [], []
    for beat in children(beats, "repbeat"):
        inner = find(beat, "waveform")
        holder = beat if inner is None else inner
        names.append(sierra_lead(attribute(beat, "leadname")))
        rows.append(_samples(holder, plain=encoding == "Plain", where=element))
        durations.append(attribute(holder, "duration"))
    if len({row.size for row in rows}) != 1 or not rows[0].size:
        raise UnreadableFileError(f"{element} has beats of different lengths: {[row.size for row in rows]} samples")
    digital = np.stack(rows)
    recorded = np.flatnonzero((digital != _FILLING).any(axis=0))
    return Channels(
        digital=digital[:, : recorded[-1] + 1] if recorded.size else digital,
        names=names,
        step=[number(resolution, where=element, what="resolution")] * len(names),
        unit="uV",
        sampling_rate_hz=_rate_hz(beats, duration_ms=durations[0], n_samples=digital.shape[1], where=element),
    )


def _rate_hz(beats: etree._Element, *, duration_ms: str, n_samples: int, where: str) -> float:
    """Return the rate that the file gives, else the one that fits samples and duration."""
    said = attribute(beats, "samplespersec") or attribute(beats, "samplespersecond")
    if said:
        return number(said, where=where, what="samplespersec")
    duration = number(duration_ms, where=where, what="duration")
    if duration <= 0:
        raise UnreadableFileError(f"{where} has a beat of {duration:g} ms")
    return n_samples * 1000 / duration


def _samples(holder: etree._Element, *, plain: bool, where: str) -> NDArray[np.signedinteger]:
    if plain:
        return numbers(text(holder), where=where, what="repbeat").astype(np.int32)
    content = base64_bytes(text(holder), where=where, what="repbeat")
    if len(content) % 2:
        raise UnreadableFileError(f"{where} has a beat of {len(content)} bytes, samples have two each")
    return np.frombuffer(content, dtype="<i2")

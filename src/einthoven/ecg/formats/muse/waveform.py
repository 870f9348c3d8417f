"""Signals of a MUSE export: the rhythm strip and the median beat, base64 of little-endian integers lead by lead."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from lxml import etree
from numpy.typing import NDArray

from einthoven.ecg.formats.decoded import Channels
from einthoven.ecg.formats.xml_document import base64_bytes, children, line_of, number, text, texts
from einthoven.errors import ChecksumError, SignalError, UnreadableFileError

__all__ = ["Waveforms", "read_waveforms"]

MAX_LEADS = 256
# by LeadSampleSize in bytes; MUSE itself writes 2
_TYPES: dict[int, np.dtype[Any]] = {1: np.dtype("<i1"), 2: np.dtype("<i2"), 4: np.dtype("<i4")}
_FLAGS = {
    "LeadOff": "electrode off",
    "BaselineSway": "baseline sway",
    "ExcessiveACNoise": "mains noise",
    "MuscleNoise": "muscle noise",
}
# no public document says how these change the samples: what they say is passed on, not applied
_SHIFTS = ("LeadOffsetFirstSample", "FirstSampleBaseline")


class Waveforms(NamedTuple):
    """Signals of a file; ``filters`` and ``notes`` as in ``Decoded``."""

    rhythm: Channels
    median: Channels | None
    filters: tuple[str, ...]
    notes: tuple[str, ...]


class _Lead(NamedTuple):
    """One lead: digital (sample,), what one unit is worth, and what a human should know."""

    name: str
    digital: NDArray[Any]
    step: float
    unit: str
    notes: tuple[str, ...]


def read_waveforms(root: etree._Element, *, where: str) -> Waveforms:
    """Return the signals of the first rhythm strip and of the first median beat.

    Raises
    ------
    SignalError
        Without a rhythm strip, or with leads of unequal length.
    UnreadableFileError, ChecksumError
        When a lead is cut or damaged.
    """
    found: dict[str, list[etree._Element]] = {}
    for waveform in children(root, "Waveform"):
        found.setdefault(text(waveform, "WaveformType").lower() or "rhythm", []).append(waveform)
    if "rhythm" not in found:
        held = ", ".join(sorted(found)) or "none"
        raise SignalError(f"{where} holds no rhythm strip (waveforms: {held}): export it again with its waveforms")
    first, *others = found["rhythm"]
    rhythm, notes = _channels(first, where=where)
    if others:
        notes = (*notes, f"{len(others) + 1} rhythm strips, the first is read")
    median = None
    if "median" in found:
        median, median_notes = _channels(found["median"][0], where=where)
        notes = (*notes, *(f"median beat: {note}" for note in median_notes))
    return Waveforms(rhythm, median, tuple(_filters(first)), notes)


def _channels(waveform: etree._Element, *, where: str) -> tuple[Channels, tuple[str, ...]]:
    elements = list(children(waveform, "LeadData"))
    if len(elements) > MAX_LEADS:
        raise UnreadableFileError(f"{where} has {len(elements)} leads in one waveform: it is damaged")
    leads = [_lead(element, where=where) for element in elements]
    if not leads:
        raise SignalError(f"{where}: {line_of(waveform)} holds no leads: export it again")
    lengths = {lead.name: lead.digital.size for lead in leads}
    if len(set(lengths.values())) > 1:
        raise SignalError(f"{where}: leads differ in length ({_listed(lengths)} samples): export it again")
    digital = np.array([lead.digital for lead in leads])
    channels = Channels(
        digital=digital,
        names=[lead.name for lead in leads],
        step=[lead.step for lead in leads],
        unit=[lead.unit for lead in leads],
        sampling_rate_hz=_rate(waveform, where=where),
    )
    said = text(waveform, "NumberofLeads")
    notes = [note for lead in leads for note in lead.notes]
    if said.isdecimal() and said.lstrip("0") != str(len(leads)):
        notes.append(f"{said[:20]} leads declared, {len(leads)} held")
    return channels, tuple(notes)


def _lead(element: etree._Element, *, where: str) -> _Lead:
    said = texts(element)
    name = said.get("LeadID", "")
    what = f"lead {name or '?'} (line {element.sourceline})"
    size = int(number(said.get("LeadSampleSize") or "2", where=where, what=f"LeadSampleSize of {what}"))
    if size not in _TYPES:
        raise UnreadableFileError(f"{where}: samples of {what} have {size} bytes, supported are 1, 2 and 4")
    content = base64_bytes(said.get("WaveFormData", ""), where=where, what=f"WaveFormData of {what}")
    if len(content) % size:
        raise UnreadableFileError(f"{where}: {what} ends inside a sample ({len(content)} bytes): export it again")
    notes = list(_count_notes(said, len(content) // size, len(content), what=what, where=where))
    _check_crc(said.get("LeadDataCRC32", ""), content, what=what, where=where)
    notes += [f"{word} in lead {name}" for flag, word in _FLAGS.items() if said.get(flag, "").upper() == "TRUE"]
    notes += [
        f"{tag} of lead {name} is {said[tag][:20]}, not applied"
        for tag in _SHIFTS
        if said.get(tag) not in {None, "", "0"}
    ]
    step = said.get("LeadAmplitudeUnitsPerBit", "")
    return _Lead(
        name,
        np.frombuffer(content, dtype=_TYPES[size]),
        number(step, where=where, what=f"LeadAmplitudeUnitsPerBit of {what}") if step else 1.0,
        said.get("LeadAmplitudeUnits", "") if step else "",
        tuple(notes),
    )


def _count_notes(said: dict[str, str], samples: int, size: int, *, what: str, where: str) -> Iterator[str]:
    """Yield what the declared counts leave unexplained; fewer samples than declared are refused."""
    for tag, held in (("LeadSampleCountTotal", samples), ("LeadByteCountTotal", size)):
        if not said.get(tag):
            continue
        declared = number(said[tag], where=where, what=f"{tag} of {what}")
        if declared > held:
            raise UnreadableFileError(f"{where}: {what} holds {held}, {tag} is {declared:.0f}: export it again")
        if declared < held:
            yield f"{tag} of {what} is {declared:.0f}, {held} are held and read"


def _check_crc(word: str, content: bytes, *, what: str, where: str) -> None:
    """Compare with the CRC-32 over the decoded bytes; 0 stands for none, some exports write it signed."""
    if not word.lstrip("-").isdecimal() or len(word) > 12 or not int(word):
        return
    if zlib.crc32(content) != int(word) & 0xFFFFFFFF:
        raise ChecksumError(f"{where}: samples of {what} differ from LeadDataCRC32: export it again")


def _rate(waveform: etree._Element, *, where: str) -> float:
    base = number(text(waveform, "SampleBase"), where=where, what="SampleBase")
    exponent = number(text(waveform, "SampleExponent") or "0", where=where, what="SampleExponent")
    if not -9 <= exponent <= 9:
        raise UnreadableFileError(f"{where}: SampleExponent must lie between -9 and 9, got {exponent:g}")
    return float(base * 10.0**exponent)


def _filters(waveform: etree._Element) -> Iterator[str]:
    said = texts(waveform)
    high_pass, low_pass = _positive(said.get("HighPassFilter", "")), _positive(said.get("LowPassFilter", ""))
    if high_pass:
        hundredths = "." not in said["HighPassFilter"]
        yield f"high-pass {high_pass / 100 if hundredths else high_pass:g} Hz"
    if low_pass:
        yield f"low-pass {low_pass:g} Hz"
    for mains in children(waveform, "ACFilter"):
        if frequency := _positive(text(mains)):
            yield f"notch {frequency:g} Hz"


def _positive(word: str) -> float | None:
    """Return a filter's number, None for words such as NONE and for what no filter has."""
    try:
        value = float(word)
    except ValueError:
        return None
    return value if 0 < value < 1e6 else None


def _listed(lengths: dict[str, int]) -> str:
    return ", ".join(f"{name} {length}" for name, length in list(lengths.items())[:12])

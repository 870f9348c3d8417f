"""Series of an annotated ECG: sets of sequences that were sampled at the same moments.

A sequence of digits stands for ``origin + scale * digit``; its moments are ``head + k * increment`` (HL7 aECG
Implementation Guide, 21 March 2005, sections on GLIST and SLIST).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
from lxml import etree
from numpy.typing import NDArray

from einthoven.ecg.formats.aecg.values import SECONDS, quantity, quoted_number, start_of
from einthoven.ecg.formats.digit_text import decimal_numbers, narrowed, whole_numbers
from einthoven.ecg.formats.patient_words import parse_timestamp
from einthoven.ecg.formats.units import millivolts_per_unit
from einthoven.ecg.formats.xml_document import attribute, children, find, line_of
from einthoven.errors import LeadError, SignalError, UnitError, UnreadableFileError

__all__ = ["Piece", "pieces_of"]

MAX_LEADS = 256
_SLOWEST_S = 1.0  # no ECG is sampled at less than 1 Hz
_INT32 = 2**31 - 1  # digits are xs:int in the schema


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """Leads that were sampled at the same moments.

    Attributes
    ----------
    names : tuple of str
        Codes as the file spells them.
    digits : tuple of integer or float (sample,), all of one length
    step, offset : tuple of float
        In ``unit``, per lead.
    unit : tuple of str
    rate_hz : float
    start : datetime, optional
        Of the first sample.
    head_s : float
        Where relative times are given: that of the first sample.
    """

    names: tuple[str, ...]
    digits: tuple[NDArray[Any], ...]
    step: tuple[float, ...]
    offset: tuple[float, ...]
    unit: tuple[str, ...]
    rate_hz: float
    start: datetime | None
    head_s: float

    @property
    def n_samples(self) -> int:
        """Samples of each lead."""
        return self.digits[0].size

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.n_samples / self.rate_hz


class _Scale(NamedTuple):
    step: float
    offset: float
    unit: str


class _Sequences(NamedTuple):
    """The sequences of a set: that of the times, and those of leads that have samples."""

    time: etree._Element | None
    leads: dict[etree._Element, NDArray[Any]]


def pieces_of(series: etree._Element, *, where: str) -> list[Piece]:
    """Return the sets of sequences of a series, those without any samples left out.

    Raises
    ------
    UnreadableFileError
        When digits, scale or increment are no numbers or out of range.
    SignalError
        When the leads of a set differ in length, or it has no time.
    """
    effective_time = find(series, "effectiveTime")  # once: where it lacks, all children are looked at
    sets = children(series, "component/sequenceSet")
    pieces = (_piece(found, effective_time=effective_time, where=where) for found in sets)
    return [piece for piece in pieces if piece is not None]


def _piece(sequence_set: etree._Element, *, effective_time: etree._Element | None, where: str) -> Piece | None:
    time, leads = _sequences(sequence_set, where=where)
    if not leads:
        return None
    names = tuple(attribute(lead, "code", "code") or attribute(lead, "displayName", "code") for lead in leads)
    n_samples = _common_length(names, list(leads.values()), where=where)
    if time is None:
        raise SignalError(f"{where}: no sequence of times beside the leads ({line_of(sequence_set)}): export it again")
    scales = [_scale(lead, where=where) for lead in leads]
    rate_hz = _rate_hz(time, where=where)
    head = find(time, "value/head")
    absolute = parse_timestamp(attribute(head, "value")) if _is_absolute(time) else None
    head_s = 0.0 if _is_absolute(time) else quantity(head, SECONDS) or 0.0
    return Piece(
        names=names,
        digits=tuple(leads.values()),
        step=tuple(scale.step for scale in scales),
        offset=tuple(scale.offset for scale in scales),
        unit=tuple(scale.unit for scale in scales),
        rate_hz=rate_hz,
        start=absolute or _moved(start_of(effective_time, duration_s=n_samples / rate_hz), head_s),
        head_s=head_s,
    )


def _sequences(sequence_set: etree._Element, *, where: str) -> _Sequences:
    time: etree._Element | None = None
    leads: dict[etree._Element, NDArray[Any]] = {}
    for sequence in children(sequence_set, "component/sequence"):
        if attribute(sequence, "code", "code").upper().startswith("TIME_"):
            time = sequence if time is None else time
            continue
        digits = find(sequence, "value/digits")
        samples = None if digits is None else _samples(digits, where=where)
        if samples is not None and samples.size:  # a lead whose value is null has none
            leads[sequence] = samples
    return _Sequences(time, leads)


def _common_length(names: Sequence[str], samples: Sequence[NDArray[Any]], *, where: str) -> int:
    if len(names) > MAX_LEADS:
        raise LeadError(f"{where} holds {len(names)} leads at once, more than {MAX_LEADS}")
    if len({one.size for one in samples}) > 1:
        told = ", ".join(f"{name} {one.size}" for name, one in zip(names, samples, strict=True))
        raise SignalError(f"{where}: leads of one set must have one number of samples, got {told}: export it again")
    return samples[0].size


def _is_absolute(time: etree._Element) -> bool:
    return attribute(time, "code", "code").upper() == "TIME_ABSOLUTE"


def _moved(start: datetime | None, seconds: float) -> datetime | None:
    try:
        return start + timedelta(seconds=seconds) if start else None
    except OverflowError:
        return None


def _samples(digits: etree._Element, *, where: str) -> NDArray[Any]:
    # a comment inside would end .text early
    words = digits.xpath("string()") if len(digits) else digits.text or ""
    if not words.strip():
        return np.empty(0, dtype=np.int16)
    whole = whole_numbers(words)
    if whole is None:
        decimals = decimal_numbers(words)
        if decimals is None:
            raise UnreadableFileError(f"{where}: {line_of(digits)} holds something else than numbers: export it again")
        return decimals
    samples = narrowed(whole, limit=_INT32)
    if samples is None:
        raise UnreadableFileError(f"{where}: digits beyond 32 bits in {line_of(digits)}: export it again")
    return samples


def _scale(sequence: etree._Element, *, where: str) -> _Scale:
    scale, origin = find(sequence, "value/scale"), find(sequence, "value/origin")
    step = quoted_number(scale)
    unit = attribute(scale, "unit")
    if attribute(scale, "value") and step is None:
        raise UnitError(
            f"{where}: scale must be a number, got {attribute(scale, 'value')[:40]!r} ({line_of(sequence)})"
        )
    offset, origin_unit = quoted_number(origin) or 0.0, attribute(origin, "unit")
    if offset and unit and origin_unit not in ("", unit):
        offset *= millivolts_per_unit(origin_unit, where=where) / millivolts_per_unit(unit, where=where)
    return _Scale(1.0 if step is None else step, offset, "" if unit == "1" else unit)


def _rate_hz(time: etree._Element, *, where: str) -> float:
    increment = find(time, "value/increment")
    value, unit = quoted_number(increment), attribute(increment, "unit")
    if attribute(find(time, "value"), "denominator") not in ("", "1"):
        raise UnreadableFileError(f"{where}: times with a denominator are not supported ({line_of(time)})")
    if value is None or unit not in SECONDS or not 0 < value * SECONDS[unit] <= _SLOWEST_S:
        raise UnreadableFileError(
            f"{where}: the increment of time must be positive, at most {_SLOWEST_S:g} s, and in s, ms or us, got "
            f"{attribute(increment, 'value')[:40]!r} {unit[:10]!r} ({line_of(time)}): export it again"
        )
    rate = round(1 / SECONDS[unit]) / value if SECONDS[unit] < 1 else 1 / (value * SECONDS[unit])
    # 1 / 49 s, written as a decimal, gives 49.00000000000001 Hz
    return float(round(rate)) if 0 < abs(rate - round(rate)) < 1e-9 * rate else rate

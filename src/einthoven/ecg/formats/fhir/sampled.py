"""Leads of a FHIR Observation: components with ``SampledData``.

The data are numbers with blanks between them; a number stands for ``origin + number * factor``. ``E`` marks a sample
that could not be taken, ``L`` and ``U`` one below and above what the device measures (FHIR R4, section 2.24.0.6).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.formats.decoded import Channels
from einthoven.ecg.formats.digit_text import decimal_numbers, narrowed, whole_numbers
from einthoven.ecg.formats.fhir.codes import lead_of
from einthoven.ecg.formats.fhir.json_document import Resource, decimal, listed, nested, word
from einthoven.ecg.leads import canonical_lead
from einthoven.errors import LeadError, SignalError, UnreadableFileError

__all__ = ["Sampled", "sampled_components", "sampled_of"]

MAX_LEADS = 256
_INT32 = 2**31 - 1
_SLOWEST_S = 1.0  # no ECG is sampled at less than 1 Hz
# R5 gives the interval in a unit of UCUM, R4 always in milliseconds
_PER_SECOND = {"ms": 1e3, "s": 1.0, "us": 1e6, "ns": 1e9}
_MARKS = {"E": "not recorded", "L": "below what the device measures", "U": "above what the device measures"}
_UNITS = {"microvolt": "uV", "microvolts": "uV", "millivolt": "mV", "millivolts": "mV", "volt": "V", "volts": "V"}
_DIMENSIONLESS = {"1", "{count}", "{counts}", "count", "counts"}


class Sampled(NamedTuple):
    """The channels, and what a human should know about them."""

    channels: Channels
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """Channels of one component."""

    names: tuple[str, ...]
    digital: NDArray[Any]
    absent: NDArray[np.bool_] | None
    step: float
    offset: float
    unit: str
    rate_hz: float
    notes: tuple[str, ...]


class _Samples(NamedTuple):
    digital: NDArray[Any]
    absent: NDArray[np.bool_] | None
    notes: tuple[str, ...]


class _Scale(NamedTuple):
    step: float
    offset: float
    unit: str
    notes: tuple[str, ...]


def sampled_components(observation: Resource) -> list[Resource]:
    """Return the components that hold samples; the observation itself where it does."""
    components = listed(observation, "component")
    return [one for one in (*components, observation) if isinstance(one.get("valueSampledData"), dict)]


def sampled_of(observation: Resource, *, where: str) -> Sampled:
    """Return the leads of an ECG.

    Raises
    ------
    SignalError, LeadError, UnreadableFileError
        When they differ in rate or length, or their data are damaged.
    """
    components = sampled_components(observation)
    if len(components) > MAX_LEADS:
        raise LeadError(f"{where} holds {len(components)} sampled signals, more than {MAX_LEADS}")
    found = [_rows(component, where=where) for component in components]
    leads = [rows for rows in found if any(canonical_lead(name) for name in rows.names)] or found
    if not leads:
        raise SignalError(f"{where} holds no SampledData: it is no ECG")
    shapes = {(rows.rate_hz, rows.digital.shape[1]) for rows in leads}
    if len(shapes) > 1:
        told = ", ".join(f"{', '.join(rows.names)}: {rows.digital.shape[1]} at {rows.rate_hz:g} Hz" for rows in leads)
        raise SignalError(f"{where}: all leads must have one rate and one number of samples, got {told[:300]}")
    names = [name for rows in leads for name in rows.names]
    if len(names) > MAX_LEADS:
        raise LeadError(f"{where} holds {len(names)} leads, more than {MAX_LEADS}")
    left_out = [name for rows in found if rows not in leads for name in rows.names]
    notes = [f"left out, no leads: {', '.join(left_out)}"] if left_out else []
    return Sampled(
        _together(leads, names), tuple(dict.fromkeys([*notes, *(note for rows in leads for note in rows.notes)]))
    )


def _together(leads: Sequence[_Rows], names: Sequence[str]) -> Channels:
    absent = None
    if any(rows.absent is not None for rows in leads):
        absent = np.concatenate(
            [np.zeros(rows.digital.shape, dtype=np.bool_) if rows.absent is None else rows.absent for rows in leads]
        )
    return Channels(
        digital=np.concatenate([rows.digital for rows in leads]),
        names=names,
        step=[rows.step for rows in leads for _ in rows.names],
        offset=[rows.offset for rows in leads for _ in rows.names],
        unit=[rows.unit for rows in leads for _ in rows.names],
        sampling_rate_hz=leads[0].rate_hz,
        absent=absent,
    )


def _rows(component: Resource, *, where: str) -> _Rows:
    data = nested(component, "valueSampledData")
    names = _names(nested(component, "code"), dimensions=_dimensions(data, where=where), where=where)
    place = f"{where}, lead {names[0] or '?'}"
    samples = _samples(word(data, "data"), where=place)
    if samples.digital.size % len(names):
        raise SignalError(f"{place}: {samples.digital.size} samples are no multiple of {len(names)} dimensions")
    scale = _scale(data, samples, where=place)
    return _Rows(
        names=names,
        digital=np.ascontiguousarray(samples.digital.reshape(-1, len(names)).T),
        absent=None if samples.absent is None else samples.absent.reshape(-1, len(names)).T,
        step=scale.step,
        offset=scale.offset,
        unit=scale.unit,
        rate_hz=_rate_hz(data, where=place),
        notes=(*samples.notes, *scale.notes),
    )


def _dimensions(data: Resource, *, where: str) -> int:
    dimensions = data.get("dimensions", 1)
    if not isinstance(dimensions, int) or isinstance(dimensions, bool) or not 1 <= dimensions <= MAX_LEADS:
        raise UnreadableFileError(f"{where}: dimensions must be 1 to {MAX_LEADS}, got {str(dimensions)[:40]!r}")
    return dimensions


def _names(code: Resource, *, dimensions: int, where: str) -> tuple[str, ...]:
    if dimensions == 1:
        return (lead_of(code, where=where),)
    codings = listed(code, "coding")
    if len(codings) == dimensions:
        return tuple(lead_of({"coding": [coding]}, where=where) for coding in codings)
    names = re.split(r"[\s,;]+", word(code, "text"))
    if len(names) != dimensions:
        raise LeadError(f"{where}: {dimensions} interleaved leads need {dimensions} codes or names, got {len(codings)}")
    return tuple(names)


def _samples(data: str, *, where: str) -> _Samples:
    if not data:
        raise SignalError(f"{where}: no samples in its SampledData: export it again")
    whole = whole_numbers(data)
    if whole is not None:
        return _Samples(_narrow(whole), None, ())
    words = data.split()
    counts = {mark: words.count(mark) for mark in _MARKS if mark in data}
    notes = tuple(f"{count} samples {_MARKS[mark]} are absent" for mark, count in counts.items() if count)
    absent = np.fromiter((item in _MARKS for item in words), dtype=np.bool_, count=len(words)) if notes else None
    plain = " ".join("0" if item in _MARKS else item for item in words) if notes else data
    whole = whole_numbers(plain)
    digital = decimal_numbers(plain) if whole is None else _narrow(whole)
    if digital is None:
        raise UnreadableFileError(f"{where}: its data hold something else than numbers and E, L, U: export it again")
    return _Samples(digital, absent, notes)


def _narrow(whole: NDArray[np.int64]) -> NDArray[Any]:
    narrow = narrowed(whole, limit=_INT32)
    return whole.astype(np.float64) if narrow is None else narrow


def _scale(data: Resource, samples: _Samples, *, where: str) -> _Scale:
    origin = nested(data, "origin")
    zero = decimal(origin, "value", where=where) or 0.0
    factor = decimal(data, "factor", where=where)
    step = 1.0 if factor is None else factor
    unit = _unit(origin)
    present = samples.digital if samples.absent is None else samples.digital[~samples.absent]
    middle = float(np.median(present)) if zero and not unit and present.size else 0.0
    # a plain number isn't an amplitude: HL7's own example gives the zero of its converter, 2048, as origin
    if zero and not unit and abs(middle - zero) * abs(step) < abs(middle * step + zero):
        return _Scale(step, -zero * step, unit, (f"numbers count from the origin {zero:g}, which has no unit",))
    return _Scale(step, zero, unit, ())


def _unit(origin: Resource) -> str:
    spelled = word(origin, "code") or word(origin, "unit")
    known = _UNITS.get(spelled.lower(), spelled)
    return "" if known in _DIMENSIONLESS else known


def _rate_hz(data: Resource, *, where: str) -> float:
    if data.get("offsets"):
        raise SignalError(f"{where}: samples at offsets of their own have no rate; only even intervals are read")
    unit = word(data, "intervalUnit") if "interval" in data else "ms"
    interval = decimal(data, "interval" if "interval" in data else "period", where=where)
    per_second = _PER_SECOND.get(unit)
    if interval is None or per_second is None or not 0 < interval <= _SLOWEST_S * per_second:
        raise UnreadableFileError(
            f"{where}: the time between samples must be positive and at most {_SLOWEST_S:g} s, got {interval} {unit!r}"
        )
    rate = per_second / interval
    # a period of 1000 / 49 ms, written as a decimal, gives 49.00000000000001 Hz
    return float(round(rate)) if 0 < abs(rate - round(rate)) < 1e-9 * rate else rate

"""From the bytes of one file to a ``Record``: what all formats that keep an ECG in one file have in common."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
from collections.abc import Callable
from datetime import UTC
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from einthoven import __version__
from einthoven.ecg.calibration_pulse import calibration_note
from einthoven.ecg.formats.amplitudes import MAX_AMPLITUDE, beyond_measure
from einthoven.ecg.formats.declared_leads import named_leads, with_declared_leads
from einthoven.ecg.formats.decoded import Channels, Decoded
from einthoven.ecg.formats.file_format import FileFormat
from einthoven.ecg.formats.files import MAX_VALUES, read_bytes
from einthoven.ecg.formats.location import RecordLocation
from einthoven.ecg.formats.measurement_names import is_measured
from einthoven.ecg.formats.options import check_options
from einthoven.ecg.formats.selection import LeadSelection, select_standard_leads
from einthoven.ecg.formats.units import declaration_notes, millivolts_per_unit, unit_in_force
from einthoven.ecg.record import MAX_RATE_HZ, MIN_RATE_HZ, MedianBeat, Provenance, Record, rate_error
from einthoven.errors import EinthovenError, LeadError, SignalError, UnitError, UnreadableFileError

__all__ = ["OPTIONS", "Decode", "single_file_format"]

OPTIONS = ("unit", "leads")
_FILLING = 32767


class Decode(Protocol):
    """Turns the bytes of a file into what it holds; ``where`` names the file in errors."""

    def __call__(self, content: bytes, *, where: str) -> Decoded:
        """Return what the file holds, or raise a RecordError that says where it is wrong."""
        ...


def single_file_format(
    name: str,
    *,
    title: str,
    decode: Decode,
    recognises: Callable[[bytes], bool],
    max_bytes: int = 2 * MAX_VALUES,
) -> FileFormat:
    """Return the format whose files ``decode`` understands.

    Parameters
    ----------
    name, title, recognises
        As in ``FileFormat``.
    decode : Decode
    max_bytes : int
        Larger files are refused before they are read.
    """
    return FileFormat(
        name=name,
        title=title,
        recognises=recognises,
        options=OPTIONS,
        read=functools.partial(_read, name=name, decode=decode, max_bytes=max_bytes),
        identifiers=functools.partial(_identifiers, decode=decode, max_bytes=max_bytes),
    )


def _read(location: RecordLocation, *, name: str, decode: Decode, max_bytes: int, with_sha256: bool = True) -> Record:
    check_options(location.options, accepted=OPTIONS, reader=name)
    content = read_bytes(location.path, limit=max_bytes)
    decoded = _decoded(decode, content, where=location.path)
    provenance = Provenance(
        reader=name,
        reader_version=__version__,
        source_path=location.path,
        source_sha256=hashlib.sha256(content).hexdigest() if with_sha256 else "",
        notes=tuple(decoded.notes),
        device_filters=tuple(decoded.device_filters),
        resampling=decoded.resampling,
    )
    unit = location.options.get("unit")
    decoded = with_declared_leads(decoded, location.options.get("leads"), where=location.path)
    return _record(decoded, location, provenance=provenance, unit=None if unit is None else str(unit))


def _identifiers(location: RecordLocation, *, decode: Decode, max_bytes: int) -> tuple[str, ...]:
    content = read_bytes(location.path, limit=max_bytes)
    spelled = _decoded(decode, content, where=location.path).about.identifiers
    return tuple(dict.fromkeys(word.strip() for word in spelled if word.strip()))


def _decoded(decode: Decode, content: bytes, *, where: str) -> Decoded:
    if not content:
        raise UnreadableFileError(f"{where} is empty: export it again")
    try:
        return decode(content, where=where)
    except EinthovenError:
        raise
    except (ValueError, LookupError, ArithmeticError, TypeError, AttributeError, RecursionError, EOFError) as error:
        # a decoder names what it checks; what it did not foresee in a damaged file is still that file's error
        reason = f"{type(error).__name__}: {error}"[:300]
        raise UnreadableFileError(f"{where} is damaged ({reason}): export it again") from error


def _record(decoded: Decoded, location: RecordLocation, *, provenance: Provenance, unit: str | None) -> Record:
    rhythm, about, where = decoded.rhythm, decoded.about, location.path
    selection = named_leads(rhythm.names, where=where)
    in_force = _units(rhythm, selection, declared=unit, where=where)
    declared = declaration_notes(unit, stated=_units(rhythm, selection, declared=None, where=where), in_force=in_force)
    steps_mv = _steps_mv(rhythm, selection, unit=unit, where=where)
    signal = _millivolts(rhythm, selection, steps_mv=steps_mv, where=where)
    utc = about.time is not None and about.time.tzinfo is not None
    note = calibration_note(signal, sampling_rate_hz=_rate(rhythm, where=where))
    pulse = [] if note is None else [note]
    stored_as_numbers = rhythm.digital.dtype.kind in "iu"
    return Record(
        signal=signal,
        leads=selection.leads,
        sampling_rate_hz=_rate(rhythm, where=where),
        record_id=location.record_id,
        patient_id=location.patient_id or about.patient_id or None,
        time=about.time.astimezone(UTC) if about.time and utc else about.time,
        time_kind="unknown" if about.time is None else "utc" if utc else "naive",
        age_years=about.age_years,
        sex=about.sex,
        device=about.device or None,
        measurements={name: value for name, value in about.measurements.items() if is_measured(name, value)},
        lead_measurements={lead: dict(values) for lead, values in about.lead_measurements.items()},
        statements=tuple(about.statements),
        original_statements=tuple(about.original_statements),
        median_beat=_median_beat(decoded.median_beat, unit=unit, where=where),
        annotations=tuple(decoded.annotations),
        provenance=dataclasses.replace(
            provenance,
            original_unit=", ".join(dict.fromkeys(in_force)),
            original_step_mv=tuple(steps_mv.tolist()) if stored_as_numbers else (),
            leads_stored=selection.leads,
            notes=(*provenance.notes, *selection.notes, *declared, *pulse),
        ),
    )


def _rate(channels: Channels, *, where: str) -> float:
    rate = float(channels.sampling_rate_hz)
    if not MIN_RATE_HZ <= rate <= MAX_RATE_HZ:
        raise rate_error(rate, where=where)
    return rate


def _units(channels: Channels, selection: LeadSelection, *, declared: str | None, where: str) -> list[str]:
    """Return the unit of each selected channel: as the file spells it, or as declared where it doesn't say."""
    stated = [channels.unit if isinstance(channels.unit, str) else channels.unit[row] for row in selection.rows]
    return [unit_in_force(unit, declared, where=where) for unit in stated]


def _steps_mv(channels: Channels, selection: LeadSelection, *, unit: str | None, where: str) -> NDArray[np.float64]:
    units = _units(channels, selection, declared=unit, where=where)
    known = {name: millivolts_per_unit(name, where=where) for name in set(units)}
    steps = np.array([channels.step[row] for row in selection.rows], dtype=np.float64)
    if not (np.isfinite(steps).all() and (steps != 0).all()):
        raise UnitError(f"{where}: one stored unit must be worth a number other than 0, got {steps.tolist()}")
    steps_mv: NDArray[np.float64] = steps * np.array([known[name] for name in units])
    return steps_mv


def _millivolts(
    channels: Channels, selection: LeadSelection, *, steps_mv: NDArray[np.float64], where: str
) -> NDArray[np.float32]:
    """Return the selected rows as float32 (lead, sample), mV, NaN where absent."""
    digital = channels.digital
    if digital.ndim != 2 or digital.shape[0] != len(channels.names):
        raise SignalError(f"{where} names {len(channels.names)} leads, holds signals of shape {digital.shape}")
    if digital.shape[1] == 0:
        raise SignalError(f"{where} holds no samples: leave the record out")
    rows = list(selection.rows)
    signal = np.empty((len(rows), digital.shape[1]), dtype=np.float32)
    amplitude = np.empty(digital.shape[1])  # one for all leads: a day of ECG needs no second copy in float64
    with np.errstate(over="ignore", invalid="ignore"):  # what float32 can't hold is refused below
        for target, row in enumerate(rows):
            np.multiply(digital[row], steps_mv[target], out=amplitude)
            if channels.offset and channels.offset[row]:
                amplitude += channels.offset[row] * (steps_mv[target] / channels.step[row])
            signal[target] = amplitude
    if channels.absent is not None:
        signal[channels.absent[rows]] = np.nan
    if not _bounded(channels, steps_mv) and beyond_measure(signal):
        raise SignalError(f"{where} holds amplitudes beyond all measure: export it again")
    return signal


def _bounded(channels: Channels, steps_mv: NDArray[np.float64]) -> bool:
    """Return whether no amplitude can be too large, by the type of the samples alone: saves looking at them."""
    if channels.digital.dtype.kind not in "iu":
        return False
    farthest = float(np.iinfo(channels.digital.dtype).max) * float(np.abs(steps_mv).max())
    ratios = [abs(offset / step) for offset, step in zip(channels.offset, channels.step, strict=False) if step]
    return farthest + max(ratios, default=0.0) * float(np.abs(steps_mv).max()) < MAX_AMPLITUDE


def _median_beat(channels: Channels | None, *, unit: str | None, where: str) -> MedianBeat | None:
    """Return the representative beat; one that can't be used is left out, the rhythm is what counts."""
    if channels is None or channels.digital.size == 0:
        return None
    try:
        channels = _without_filling(channels)
        selection = select_standard_leads(channels.names, where=where)
        steps_mv = _steps_mv(channels, selection, unit=unit, where=where)
        signal = _millivolts(channels, selection, steps_mv=steps_mv, where=where)
        return MedianBeat(signal, selection.leads, _rate(channels, where=where))
    except (LeadError, SignalError, UnitError):
        return None


def _without_filling(channels: Channels) -> Channels:
    """Cut what stands behind a beat: absent samples, or, with beats of one fixed length, the largest 16-bit number."""
    if channels.digital.ndim != 2:
        return channels
    recorded = channels.digital != _FILLING if channels.absent is None else ~channels.absent
    real = np.flatnonzero(recorded.any(axis=0))
    kept = slice(0, int(real[-1]) + 1 if real.size else 0)
    absent = None if channels.absent is None or not channels.absent[:, kept].any() else channels.absent[:, kept]
    return dataclasses.replace(channels, digital=channels.digital[:, kept], absent=absent)

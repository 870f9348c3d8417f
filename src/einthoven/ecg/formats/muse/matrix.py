"""The measurement matrix of GE's 12SL analysis in a MUSE export: 53 measurements of each of the 12 leads.

Layout: a header of 18 little-endian words (its size in bytes; onsets and global measurements, the last word the number
of entries), then entries of lead (one byte), measurement (one byte) and value (int16). The list of measurements is that
of GE's documents as public software cites it (CardioVascular Research Grid, ``MuseAnnotationsExtractor``). Amplitudes
are in uV against QRS onset, for P against the line from its onset to its end; magnitudes for Q and S. An area of 1 is
4.88 uV over 4 ms. All of this was confirmed on the median beats of the public exports.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.formats.xml_document import base64_bytes
from einthoven.errors import UnreadableFileError

__all__ = ["encode_matrix", "lead_measurements"]

_HEADER_BYTES = 36
_LEADS = ("I", "II", "V1", "V2", "V3", "V4", "V5", "V6", "III", "aVR", "aVL", "aVF")
_ENTRY = np.dtype([("lead", "u1"), ("measurement", "u1"), ("value", "<i2")])
_AREA = 4.88 * 4  # uV ms
# first of the four measurements of each wave (amplitude, duration, area, time from the onset of P or QRS, or the end of
# ST, to its peak), and -1 where the matrix gives the magnitude of a negative deflection
_WAVES = {
    "p": (1, 1),
    "p_prime": (5, 1),
    "q": (9, -1),
    "r": (13, 1),
    "s": (17, -1),
    "r_prime": (21, 1),
    "s_prime": (25, -1),
    "t": (39, 1),
    "t_prime": (43, 1),
}
_COUNT = 53


class _Measurement(NamedTuple):
    """What stands at ``place``, in units of ``factor``; there only when what stands at ``duration`` is not 0."""

    name: str
    place: int
    factor: float
    duration: int | None


def _of_wave(wave: str, first: int, sign: int) -> tuple[_Measurement, ...]:
    return (
        _Measurement(f"{wave}_uv", first, sign, first + 1),
        _Measurement(f"{wave}_ms", first + 1, 1, first + 1),
        _Measurement(f"{wave}_area_uv_ms", first + 2, sign * _AREA, first + 1),
        _Measurement(f"{wave}_peak_ms", first + 3, 1, first + 1),
    )


_MEASUREMENTS = (
    *(measurement for wave, (first, sign) in _WAVES.items() for measurement in _of_wave(wave, first, sign)),
    _Measurement("p_onset_uv", 0, 1, None),
    _Measurement("j_uv", 29, 1, None),
    _Measurement("st_middle_uv", 30, 1, None),
    _Measurement("st_end_uv", 31, 1, None),
    _Measurement("qrs_deflection_uv", 36, 1, None),
    _Measurement("t_end_uv", 47, 1, None),
    _Measurement("p_total_area_uv_ms", 48, _AREA, None),
    _Measurement("qrs_total_area_uv_ms", 49, _AREA, None),
    _Measurement("t_total_area_uv_ms", 50, _AREA, None),
    _Measurement("intrinsicoid_deflection_ms", 51, 1, None),
)
_NAMES = [measurement.name for measurement in _MEASUREMENTS]
_PLACES = [measurement.place for measurement in _MEASUREMENTS]
_FACTORS = np.array([measurement.factor for measurement in _MEASUREMENTS])
# the last column of the table holds ones, for what is always there
_PRESENCE = [_COUNT if measurement.duration is None else measurement.duration for measurement in _MEASUREMENTS]


def lead_measurements(words: str) -> tuple[dict[str, dict[str, float]], tuple[str, ...]]:
    """Return what was measured in each lead, and notes.

    Waves that are not there (duration 0) are left out, and so is what the matrix has no entry for. A matrix of another
    layout is left out with a note.

    Parameters
    ----------
    words : str
        Text of ``MeasurementMatrix``, base64.
    """
    if not words.strip():
        return {}, ()
    table = _table(words)
    if table is None:
        return {}, ("measurement matrix left out: its layout is not the one of 12SL",)
    values = (table.values[:, _PLACES] * _FACTORS).tolist()
    there = (table.entered[:, _PLACES] & (table.values[:, _PRESENCE] > 0)).tolist()
    measured: list[int] = np.flatnonzero(table.values[:, :_COUNT].any(axis=1)).tolist()
    return {
        _LEADS[row]: {
            name: value for name, value, is_there in zip(_NAMES, values[row], there[row], strict=True) if is_there
        }
        for row in measured
    }, ()


def encode_matrix(measured: Mapping[str, Mapping[str, float]], *, header: Mapping[int, float]) -> bytes:
    """Return the matrix that holds these measurements, rounded to whole units; empty when it has a place for none.

    Parameters
    ----------
    measured : mapping of lead to mapping of str to float
        As ``lead_measurements`` returns them.
    header : mapping of int to float
        Words of the header by position; others are -1, as MUSE writes what it does not know.
    """
    entries = [
        struct.pack("<BBh", row, known.place, max(-32768, min(32767, round(measured[lead][known.name] / known.factor))))
        for row, lead in enumerate(_LEADS)
        for known in _MEASUREMENTS
        if known.name in measured.get(lead, {})
    ]
    words = [max(-1, min(32767, round(header.get(place, -1)))) for place in range(1, _HEADER_BYTES // 2 - 1)]
    return struct.pack("<18h", _HEADER_BYTES, *words, len(entries)) + b"".join(entries) if entries else b""


class _Table(NamedTuple):
    """Int16 (lead, measurement and a column of ones), 0 without an entry; bool (lead, measurement), True with one."""

    values: NDArray[np.int16]
    entered: NDArray[np.bool_]


def _table(words: str) -> _Table | None:
    """Return the entries, or None for another layout."""
    try:
        content = base64_bytes(words, where="", what="")
    except UnreadableFileError:
        return None
    if len(content) < _HEADER_BYTES:
        return None
    size, *_, count = np.frombuffer(content[:_HEADER_BYTES], dtype="<i2").tolist()
    if size != _HEADER_BYTES or len(content) != _HEADER_BYTES + 4 * count:
        return None
    entries = np.frombuffer(content[_HEADER_BYTES:], dtype=_ENTRY)
    lead, measurement, value = (entries[name] for name in ("lead", "measurement", "value"))
    if (lead >= len(_LEADS)).any() or (measurement >= _COUNT).any():
        return None
    table = _Table(np.zeros((len(_LEADS), _COUNT + 1), dtype=np.int16), np.zeros((len(_LEADS), _COUNT), dtype=np.bool_))
    table.values[:, _COUNT] = 1
    table.values[lead, measurement] = value
    table.entered[lead, measurement] = True
    return table

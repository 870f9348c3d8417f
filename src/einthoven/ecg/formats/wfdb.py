"""WFDB records, the format of PhysioNet: a text header beside binary signal files.

Formats 16, 24, 32, 80 and 212 (the MAT files of the challenges are format 16) are decoded directly; multi-segment
records, several samples per frame, skew and the rarer formats go through the ``wfdb`` package.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from einthoven import __version__
from einthoven.ecg.formats.files import MAX_VALUES, read_bytes
from einthoven.ecg.formats.location import RecordLocation
from einthoven.ecg.formats.options import check_options
from einthoven.ecg.formats.selection import LeadSelection, select_standard_leads
from einthoven.ecg.formats.units import millivolts_per_unit
from einthoven.ecg.formats.wfdb_comments import particulars
from einthoven.ecg.formats.wfdb_header import Header, SignalLine, parse_header
from einthoven.ecg.formats.wfdb_locate import OPTIONS, data_path, header_path
from einthoven.ecg.formats.wfdb_signal import CODINGS, Coding, Digital, checksums, to_millivolts
from einthoven.ecg.record import Provenance, Record
from einthoven.errors import ChecksumError, SignalError, UnreadableFileError

__all__ = ["read"]

_MAX_HEADER_BYTES = 1 << 24
_MAX_DATA_BYTES = 4 * MAX_VALUES + (1 << 20)


def read(location: RecordLocation, *, with_sha256: bool = True) -> Record:
    """Return the ECG of a WFDB header; standard leads only, in canonical order, in millivolts.

    Parameters
    ----------
    location : RecordLocation
        Options: ``unit`` (mV, uV or V) replaces what the header says for all leads; ``verify_checksum`` (default true)
        refuses samples whose 16-bit sum is not the header's, otherwise the provenance notes it.
    with_sha256 : bool
        Hash header and signal files into the provenance.

    Raises
    ------
    UnreadableFileError
        Header or signal file missing, truncated, contradictory.
    ChecksumError, LeadError, UnitError, SignalError
        Damaged samples, no standard lead, an amplitude unit that is not a voltage, no samples.
    """
    check_options(location.options, accepted=OPTIONS, reader="wfdb")
    path = header_path(location.path)
    header_bytes = read_bytes(path, limit=_MAX_HEADER_BYTES, remedy="a WFDB record needs its .hea file")
    header = parse_header(header_bytes, path=path)
    stored = _stored(header, path, unit=location.options.get("unit"))
    notes = [*_checksum_notes(stored.sums, path, refuse=location.options.get("verify_checksum", True)), *stored.notes]
    about = particulars(header)
    return Record(
        signal=stored.signal,
        leads=stored.leads,
        sampling_rate_hz=header.rate_hz,
        record_id=location.record_id,
        patient_id=location.patient_id or None,
        time=about.time,
        time_kind="naive" if about.time else "unknown",
        age_years=about.age_years,
        sex=about.sex,
        statements=about.statements,
        provenance=Provenance(
            reader="wfdb",
            reader_version=__version__,
            source_path=path,
            source_sha256=_sha256(header_bytes, *stored.contents) if with_sha256 else "",
            original_unit=stored.unit,
            notes=(*notes, *about.notes),
        ),
    )


class _Sum(NamedTuple):
    """The 16-bit sum of one signal: what the header promises, what the samples give."""

    file_name: str
    lead: str
    expected: int | None
    found: int


class _Stored(NamedTuple):
    signal: NDArray[np.float32]
    leads: tuple[str, ...]
    unit: str
    contents: Sequence[bytes]
    sums: Sequence[_Sum]
    notes: Sequence[str]


def _stored(header: Header, path: str, *, unit: str | None) -> _Stored:
    if not header.segments and not header.signals:
        raise SignalError(f"{path} describes no signal (annotations only?): name the header of the recording itself")
    groups = [list(group) for _, group in itertools.groupby(header.signals, key=lambda line: line.file_name)]
    if header.segments or not all(_is_direct(group) for group in groups):
        return _through_package(header, path, unit=unit)
    selection = select_standard_leads([line.name for line in header.signals], where=path)
    calibration = _calibration([header.signals[row] for row in selection.rows], unit, path)
    return _direct(header, groups, path=path, selection=selection, calibration=calibration)


def _is_direct(group: Sequence[SignalLine]) -> bool:
    first = group[0]
    return first.format in CODINGS and all(
        line.format == first.format and line.samples_per_frame == 1 and line.skew == 0 for line in group
    )


class _Calibration(NamedTuple):
    """Of the leads kept: ADC units per mV, ADC units at 0 mV, the units as spelled, what to note."""

    gain: NDArray[np.float64]
    baseline: NDArray[np.int64]
    unit: str
    notes: list[str]


def _calibration(lines: Sequence[SignalLine], unit: str | None, path: str) -> _Calibration:
    spelled = [unit or line.unit or "mV" for line in lines]
    factor = {name: millivolts_per_unit(name, where=path) for name in set(spelled)}
    gain = np.array([line.gain for line in lines])
    if any(value != 1 for value in factor.values()):
        gain = gain / np.array([factor[name] for name in spelled])
    notes = []
    if not all(line.gain_given for line in lines):
        notes.append("gain not in the header: WFDB's default of 200 per mV taken")
    if unit:
        notes.append(f"unit declared as {unit}, header: {_joined([line.unit or 'none' for line in lines])}")
    return _Calibration(gain, np.array([line.baseline for line in lines]), _joined(spelled), notes)


def _direct(
    header: Header,
    groups: Sequence[Sequence[SignalLine]],
    *,
    path: str,
    selection: LeadSelection,
    calibration: _Calibration,
) -> _Stored:
    contents, sums, parts, order = [], [], [], []
    notes = [*selection.notes, *calibration.notes]
    start = 0
    for group in groups:
        file = data_path(path, group[0].file_name)
        content = read_bytes(file, limit=_MAX_DATA_BYTES, remedy=f"{path} names it, fetch it too")
        digital = _digital(content, group, n_samples=header.n_samples, file=file)
        sums += [
            _Sum(file, line.name, line.checksum, found) for line, found in zip(group, checksums(digital), strict=True)
        ]
        places = [k for k, row in enumerate(selection.rows) if start <= row < start + len(group)]
        if places:
            rows = [selection.rows[k] - start for k in places]
            parts.append(
                to_millivolts(
                    digital if rows == list(range(len(group))) else digital[rows],
                    calibration.gain[places],
                    baseline=calibration.baseline[places],
                    invalid=CODINGS[group[0].format].invalid,
                )
            )
            order += places
        contents.append(content)
        start += len(group)
    signal = _assembled(parts, order, path)
    return _Stored(signal, selection.leads, calibration.unit, contents, sums, notes)


def _assembled(parts: Sequence[NDArray[np.float32]], order: Sequence[int], path: str) -> NDArray[np.float32]:
    if len({part.shape[1] for part in parts}) > 1:
        raise UnreadableFileError(f"the signal files of {path} differ in length: fetch them again")
    signal = parts[0] if len(parts) == 1 else np.concatenate(parts)
    return signal if list(order) == sorted(order) else signal[np.argsort(order)]


def _digital(content: bytes, group: Sequence[SignalLine], *, n_samples: int, file: str) -> Digital:
    coding: Coding = CODINGS[group[0].format]
    offset, n_leads = group[0].byte_offset, len(group)
    if n_samples == 0:  # header(5): not written, so the file decides
        n_samples = max(0, len(content) - offset) * 8 // coding.bits // n_leads
        if n_samples == 0:
            raise SignalError(f"{file} holds no samples: leave the record out")
    end = offset + coding.n_bytes(n_leads * n_samples)
    if len(content) < end:
        raise UnreadableFileError(
            f"{file} is truncated: its header promises {end} bytes ({n_leads} leads x {n_samples} samples, format "
            f"{group[0].format}), found {len(content)}; copy it again"
        )
    return coding.decode(memoryview(content)[offset:end], n_leads, n_samples)


def _through_package(header: Header, path: str, *, unit: str | None) -> _Stored:
    from einthoven.ecg.formats import wfdb_package  # the package pulls in pandas: only where it is needed

    whole = wfdb_package.read(header, path)
    selection = select_standard_leads(whole.names, where=path)
    rows = list(selection.rows)
    spelled = [unit or whole.units[row] or "mV" for row in rows]
    factor = np.array([millivolts_per_unit(name, where=path) for name in spelled])
    signal = np.ascontiguousarray(whole.physical[rows] * factor[:, None], dtype=np.float32)
    sums = [_Sum(path, *values) for values in whole.sums]
    return _Stored(signal, selection.leads, _joined(spelled), whole.contents, sums, [*selection.notes, *whole.notes])


def _checksum_notes(sums: Sequence[_Sum], path: str, *, refuse: bool) -> list[str]:
    if not any(entry.expected for entry in sums):  # all 0 or not written: nobody computed them
        return ["header gives no checksums"] if sums else []
    notes = []
    for file, lead, expected, found in sums:
        if expected is None or (expected - found) & 0xFFFF == 0:
            continue
        if refuse:
            raise ChecksumError(
                f"{file}: the samples of lead {lead} sum to {found}, {path} promises {expected & 0xFFFF} "
                "(modulo 65536): the file is damaged or was edited; copy it again, or accept it by "
                "options={'verify_checksum': False}"
            )
        notes.append(f"checksum of lead {lead} is {found}, the header promises {expected & 0xFFFF}: accepted on demand")
    return notes


def _sha256(*contents: bytes) -> str:
    digest = hashlib.sha256()
    for content in contents:
        digest.update(content)
    return digest.hexdigest()


def _joined(words: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(words))

"""WFDB signals decoded directly: bytes to millivolts with a few passes of NumPy."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.formats.files import MAX_VALUES, read_bytes
from einthoven.ecg.formats.selection import select_standard_leads
from einthoven.ecg.formats.units import declaration_notes, millivolts_per_unit, unit_in_force
from einthoven.ecg.formats.wfdb.header import Header, SignalLine
from einthoven.ecg.formats.wfdb.locate import data_path
from einthoven.ecg.formats.wfdb.samples import CODINGS, Coding, Digital, checksums, to_millivolts
from einthoven.ecg.formats.wfdb.stored import ChecksumPair, StoredSignal, joined_words
from einthoven.errors import SignalError, UnreadableFileError

__all__ = ["is_direct", "read_direct"]

_MAX_DATA_BYTES = 4 * MAX_VALUES + (1 << 20)

_file_name = operator.attrgetter("file_name")


def is_direct(header: Header) -> bool:
    """Return whether every signal is in a format that NumPy decodes whole, one sample per frame, without skew."""
    storage = {(line.file_name, line.format, line.samples_per_frame, line.skew) for line in header.signals}
    one_format_per_file = len({file_name for file_name, *_ in storage}) == len(storage)
    return one_format_per_file and all(
        form in CODINGS and per_frame == 1 and skew == 0 for _, form, per_frame, skew in storage
    )


def read_direct(header: Header, path: str, *, unit: str | None) -> StoredSignal:
    """Return the standard leads of a record all of whose signals ``is_direct`` accepts.

    Raises
    ------
    RecordError
        Of the kind that says what is wrong with the signal files.
    """
    selection = select_standard_leads([line.name for line in header.signals], where=path)
    calibration = _calibration([header.signals[row] for row in selection.rows], unit, path)
    contents: list[bytes] = []
    pairs: list[ChecksumPair] = []
    parts, order, start = [], [], 0
    for file_name, lines in itertools.groupby(header.signals, key=_file_name):
        group = list(lines)
        file = data_path(path, file_name)
        contents.append(read_bytes(file, limit=_MAX_DATA_BYTES, remedy=f"{path} names it, fetch it too"))
        digital = _digital(contents[-1], group, n_samples=header.n_samples, file=file)
        found = checksums(digital)
        pairs += [ChecksumPair(file, line.name, line.checksum, total) for line, total in zip(group, found, strict=True)]
        places = [k for k, row in enumerate(selection.rows) if start <= row < start + len(group)]
        if places:
            rows = [selection.rows[k] - start for k in places]
            kept = digital if rows == list(range(len(group))) else digital[rows]
            parts.append(_millivolts(kept, calibration, places, invalid=CODINGS[group[0].format].invalid))
            order += places
        start += len(group)
    notes = [*selection.notes, *calibration.notes]
    signal = _assembled(parts, order, path)
    steps = tuple((1 / calibration.gain).tolist())
    return StoredSignal(signal, selection.leads, calibration.unit, contents, pairs, notes, steps)


def _millivolts(digital: Digital, calibration: _Calibration, places: list[int], *, invalid: int) -> NDArray[np.float32]:
    gain, baseline = calibration.gain[places], calibration.baseline[places]
    return to_millivolts(digital, gain, baseline=baseline, invalid=invalid)


class _Calibration(NamedTuple):
    """Of the leads kept: ADC units per mV, ADC units at 0 mV, the units as spelled, what to note."""

    gain: NDArray[np.float64]
    baseline: NDArray[np.int64]
    unit: str
    notes: list[str]


def _calibration(lines: Sequence[SignalLine], unit: str | None, path: str) -> _Calibration:
    # header(5): what a header doesn't say is mV
    spelled = [(unit_in_force(line.unit, unit, where=path) if unit else line.unit) or "mV" for line in lines]
    factor = {name: millivolts_per_unit(name, where=path) for name in set(spelled)}
    gain = np.array([line.gain for line in lines])
    if any(value != 1 for value in factor.values()):
        gain = gain / np.array([factor[name] for name in spelled])
    notes = []
    if not all(line.gain_given for line in lines):
        notes.append("gain not in the header: WFDB's default of 200 per mV taken")
    notes += declaration_notes(unit, stated=[line.unit for line in lines], in_force=spelled)
    return _Calibration(gain, np.array([line.baseline for line in lines]), joined_words(spelled), notes)


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

"""WFDB signals that need the ``wfdb`` package: several samples per frame, skew, FLAC and the rarer formats."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import wfdb
from numpy.typing import NDArray

from einthoven.ecg.formats.files import MAX_VALUES, read_bytes
from einthoven.ecg.formats.selection import select_standard_leads
from einthoven.ecg.formats.units import millivolts_per_unit, unit_in_force
from einthoven.ecg.formats.wfdb.header import Header
from einthoven.ecg.formats.wfdb.locate import data_path
from einthoven.ecg.formats.wfdb.stored import ChecksumPair, StoredSignal, joined_words
from einthoven.errors import SignalError, UnreadableFileError

__all__ = ["read_through_package"]


def read_through_package(header: Header, path: str, *, unit: str | None) -> StoredSignal:
    """Return the standard leads of a record, as the package decodes them; samples of one frame are averaged.

    Raises
    ------
    UnreadableFileError
        With the package's own reason.
    LeadError, UnitError, SignalError
        No standard lead, a unit that is not a voltage, no samples.
    """
    selection = select_standard_leads([line.name for line in header.signals], where=path)
    lines = [header.signals[row] for row in selection.rows]
    spelled = [unit_in_force(line.unit, unit, where=path) or "mV" for line in lines]
    factors = [millivolts_per_unit(name, where=path) for name in spelled]
    contents = [
        read_bytes(data_path(path, name), limit=4 * MAX_VALUES, remedy=f"{path} names it, fetch it too")
        for name in dict.fromkeys(line.file_name for line in header.signals)
    ]
    digital, physical = _decoded(path)
    pairs = [
        ChecksumPair(path, line.name, line.checksum, int(np.sum(samples, dtype=np.int64)) & 0xFFFF)
        for line, samples in zip(header.signals, digital, strict=True)
    ]
    rows = [
        physical[row].reshape(-1, line.samples_per_frame).mean(axis=1) * factor
        for row, line, factor in zip(selection.rows, lines, factors, strict=True)
    ]
    signal = np.stack(rows).astype(np.float32)
    if signal.shape[1] == 0:
        raise SignalError(f"{path} holds no samples: leave the record out")
    notes = [*selection.notes, "read through the wfdb package"]
    if any(line.samples_per_frame > 1 for line in lines):
        notes.append("samples of one frame averaged")
    return StoredSignal(signal, selection.leads, joined_words(spelled), contents, pairs, notes)


def _decoded(path: str) -> tuple[list[NDArray[np.int64]], list[NDArray[np.float64]]]:
    """Return the digital samples without skew, as checksums are made, and the physical ones with it."""
    name = str(Path(path).with_suffix(""))
    try:
        stored: Any = wfdb.rdrecord(name, physical=False, smooth_frames=False, ignore_skew=True)
        record: Any = wfdb.rdrecord(name, smooth_frames=False)
    except Exception as error:  # the package raises whatever its parsing runs into
        raise UnreadableFileError(f"{path} can't be read by the wfdb package ({error}): fetch it again") from error
    return list(stored.e_d_signal), list(record.e_p_signal)

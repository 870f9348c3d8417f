"""Plain arrays (.npy, .npz, .csv, HDF5) whose layout a human declares: "I just have signals"."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from einthoven import __version__
from einthoven.ecg.formats.amplitudes import beyond_measure
from einthoven.ecg.formats.array.file import is_array, open_array
from einthoven.ecg.formats.array.layout import ONE, OPTIONS, ArrayLayout
from einthoven.ecg.formats.array.locate import locate
from einthoven.ecg.formats.file_format import FileFormat
from einthoven.ecg.formats.files import MAX_VALUES
from einthoven.ecg.formats.location import RecordLocation
from einthoven.ecg.formats.selection import select_standard_leads
from einthoven.ecg.record import Provenance, Record
from einthoven.errors import LeadError, SignalError, SpecificationError, UnreadableFileError

__all__ = ["FORMAT", "read"]


def read(location: RecordLocation, *, with_sha256: bool = True) -> Record:
    """Return one ECG of an array file; standard leads only, in canonical order.

    Parameters
    ----------
    location : RecordLocation
        Options: those of ``ArrayLayout``; axes, rate, unit and leads must be declared.
    with_sha256 : bool
        Hash into the provenance: the bytes of the row as stored, or of the whole file when it is one record.

    Raises
    ------
    SpecificationError
        When something is not declared.
    UnreadableFileError, LeadError, UnitError, SignalError
        When the file is not what is declared.
    """
    layout = ArrayLayout.from_options(location.options, path=location.path)
    factor = layout.factor(path=location.path)
    stored = _stored(location, layout)
    padded = _lead_by_sample(stored, layout, where=location.path)
    signal = _unpadded(padded, where=location.path) if layout.padding == "zero" else padded
    n_padding = padded.shape[1] - signal.shape[1]
    selection = select_standard_leads(layout.leads, where=location.path)
    if selection.rows != tuple(range(signal.shape[0])):
        signal = signal[list(selection.rows)]
    with np.errstate(over="ignore"):  # what float32 can't hold becomes infinite, and is refused below
        signal = signal if factor == 1 else signal * np.float64(factor)
        signal = np.ascontiguousarray(signal, dtype=np.float32)
    if beyond_measure(signal):
        raise SignalError(
            f"record {location.record_id} of {location.path} holds samples that are infinite or beyond all measure: "
            "write NaN where unknown"
        )
    return Record(
        signal=signal,
        leads=selection.leads,
        sampling_rate_hz=layout.rate_hz,
        record_id=location.record_id,
        patient_id=location.patient_id or None,
        unit="arbitrary" if layout.unit == "arbitrary" else "mV",
        provenance=Provenance(
            reader="array",
            reader_version=__version__,
            source_path=location.path,
            source_sha256=_sha256(location.path, stored, layout) if with_sha256 else "",
            original_unit=layout.unit,
            original_step_mv=_steps_mv(stored, layout, factor=factor, n_leads=len(selection.leads)),
            leads_stored=selection.leads,
            notes=(*selection.notes, *([f"{n_padding} samples of padding left out"] if n_padding else [])),
        ),
    )


def _unpadded(signal: NDArray[Any], *, where: str) -> NDArray[Any]:
    """Return the samples from the first to the last at which any lead isn't 0."""
    filled = np.flatnonzero((signal != 0).any(axis=0))
    if filled.size == 0:
        raise SignalError(f"{where} holds a record of nothing but padding: leave it out")
    return signal[:, filled[0] : filled[-1] + 1]


def _steps_mv(stored: NDArray[Any], layout: ArrayLayout, *, factor: float, n_leads: int) -> tuple[float, ...]:
    """Return what one stored unit is worth, where the array holds whole numbers of volts."""
    return (factor,) * n_leads if stored.dtype.kind in "iu" and layout.unit != "arbitrary" else ()


def _stored(location: RecordLocation, layout: ArrayLayout) -> NDArray[Any]:
    """Return the record as stored, read into memory, without its record axis."""
    array = open_array(location.path, layout)
    if array.ndim != len(layout.axes) and not (array.ndim == 2 and layout.axes == ("sample",) and array.shape[1] == 1):
        raise UnreadableFileError(
            f"{location.path} has shape {tuple(array.shape)}, declared axes are {','.join(layout.axes)}: "
            "declare all of them"
        )
    index: list[Any] = [slice(None)] * array.ndim
    shape = list(array.shape)
    if "record" in layout.axes:
        axis = layout.axes.index("record")
        if layout.row is None:
            raise SpecificationError(f"{location.path} holds {shape[axis]} records; say which: row = 0")
        if not 0 <= layout.row < shape[axis]:
            raise UnreadableFileError(f"{location.path} has rows 0 to {shape[axis] - 1}, asked for row {layout.row}")
        index[axis] = layout.row
    for axis in (axis for axis, name in enumerate(layout.axes) if name == ONE):
        if shape[axis] != 1:
            raise UnreadableFileError(f"{location.path} has {shape[axis]} entries on an axis declared as 'one'")
        index[axis] = 0
    shape = [length for length, chosen in zip(shape, index, strict=True) if isinstance(chosen, slice)]
    if np.prod(shape, dtype=float) > MAX_VALUES:
        raise UnreadableFileError(f"{location.path}: one record of shape {tuple(shape)} is no ECG: check the axes")
    try:
        return np.asarray(array[tuple(index)])
    except (OSError, ValueError, RuntimeError) as error:
        raise UnreadableFileError(f"{location.path} is damaged ({error}): export it again") from error


def _lead_by_sample(stored: NDArray[Any], layout: ArrayLayout, *, where: str) -> NDArray[Any]:
    axes = [axis for axis in layout.axes if axis not in {"record", ONE}]
    if "lead" not in axes:
        stored = stored.reshape(1, -1)
    signal = stored.T if axes == ["sample", "lead"] else stored
    if signal.shape[0] != len(layout.leads):
        raise LeadError(
            f"{where} holds {signal.shape[0]} leads on the axis declared as 'lead', {len(layout.leads)} are declared: "
            f"{', '.join(layout.leads)}; check axes and leads"
        )
    if signal.shape[1] == 0:
        raise SignalError(f"{where} holds no samples: leave the record out")
    return signal


def _sha256(path: str, stored: NDArray[Any], layout: ArrayLayout) -> str:
    if "record" in layout.axes:
        return hashlib.sha256(stored.tobytes()).hexdigest()
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


FORMAT = FileFormat(
    name="array",
    title="arrays with a declared layout (.npy, .npz, .csv, .mat, .h5, .hdf5, .parquet)",
    read=read,
    recognises=is_array,
    options=OPTIONS,
    locate=locate,
)

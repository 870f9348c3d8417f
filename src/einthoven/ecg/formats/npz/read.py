"""ECGs that einthoven wrote as NPZ: all of a ``Record`` in one file, which NumPy reads as well.

``signal`` is float32 (lead, sample), ``leads`` and ``sampling_rate_hz`` describe it for readers that know only NumPy;
``einthoven.json``, the first member, describes all of the record.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from einthoven import __version__
from einthoven.ecg.formats.amplitudes import beyond_measure
from einthoven.ecg.formats.file_format import FileFormat
from einthoven.ecg.formats.files import MAX_VALUES, read_bytes, refuse_bomb
from einthoven.ecg.formats.location import RecordLocation
from einthoven.ecg.formats.options import check_options
from einthoven.ecg.formats.selection import select_standard_leads
from einthoven.ecg.formats.units import declaration_notes, millivolts_per_unit, unit_in_force
from einthoven.ecg.record import MAX_RATE_HZ, MIN_RATE_HZ, Annotation, MedianBeat, Provenance, Record, rate_error
from einthoven.errors import EinthovenError, LeadError, SignalError, UnreadableFileError

__all__ = ["DESCRIPTION", "FORMAT", "SCHEMA", "read", "recognises"]

DESCRIPTION = "einthoven.json"
SCHEMA = 1
_OPTIONS = ("unit",)
_NAME_OF_FIRST_MEMBER = 30  # offset in a ZIP file
_SEXES = ("F", "M", "U")

Value = TypeVar("Value")
Description = dict[str, Any]


def recognises(head: bytes) -> bool:
    """Return whether a file is a ZIP archive whose first member is our description."""
    name = DESCRIPTION.encode()
    return head.startswith(b"PK\x03\x04") and head[_NAME_OF_FIRST_MEMBER:].startswith(name)


def read(location: RecordLocation, *, with_sha256: bool = True) -> Record:
    """Return the record as it was written; standard leads only, in canonical order.

    Parameters
    ----------
    location : RecordLocation
        Option ``unit``: what one unit of a record in arbitrary units is worth.
    with_sha256 : bool

    Raises
    ------
    UnreadableFileError, LeadError, SignalError, UnitError
        When the file is damaged, newer, or not what it says.
    """
    check_options(location.options, accepted=_OPTIONS, reader="npz")
    where = location.path
    content = read_bytes(where, limit=4 * MAX_VALUES)
    description, arrays = _unpacked(content, where)
    sha256 = hashlib.sha256(content).hexdigest() if with_sha256 else ""
    unit = location.options.get("unit")
    try:
        return _record(description, arrays, location, sha256=sha256, declared=None if unit is None else str(unit))
    except EinthovenError:
        raise
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError) as error:
        raise UnreadableFileError(f"{where}: {DESCRIPTION} is damaged ({error!r}): convert the ECG again") from error


def identifiers(location: RecordLocation) -> tuple[str, ...]:
    """Return the patient's number, the only direct identifier that a record holds."""
    description, _ = _unpacked(read_bytes(location.path, limit=4 * MAX_VALUES), location.path)
    patient_id = description.get("patient_id")
    return (str(patient_id),) if patient_id else ()


def _unpacked(content: bytes, where: str) -> tuple[Description, dict[str, NDArray[np.float32]]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            sizes = {info.filename: (info.file_size, info.compress_size) for info in archive.infolist()}
            for name, (unpacked, packed) in sizes.items():
                refuse_bomb(f"{where}: {name}", unpacked=unpacked, packed=packed)
            description = json.loads(archive.read(DESCRIPTION))
            names = [name for name in ("signal", "median_beat") if f"{name}.npy" in sizes]
            arrays = {name: _array(archive.read(f"{name}.npy"), f"{where}: {name}") for name in names}
    except EinthovenError:
        raise
    except (
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        EOFError,
        OSError,
        RuntimeError,
        ValueError,
        LookupError,
    ) as error:
        # odd compression and deeply nested JSON raise kinds of RuntimeError
        raise UnreadableFileError(f"{where} is damaged ({error}): convert the ECG again") from error
    schema = description.get("schema") if isinstance(description, dict) else None
    if schema != SCHEMA:
        raise UnreadableFileError(
            f"{where} is written in schema {schema!r}, this version of einthoven ({__version__}) reads {SCHEMA}"
        )
    return description, arrays


def _array(content: bytes, which: str) -> NDArray[np.float32]:
    """Return the samples of a .npy member of version 1.0, without allocating what its header claims."""
    file = io.BytesIO(content)
    version = np.lib.format.read_magic(file)
    if version != (1, 0):
        raise UnreadableFileError(f"{which} is a .npy of version {version}, einthoven writes 1.0: convert it again")
    shape, by_columns, dtype = np.lib.format.read_array_header_1_0(file)
    if dtype != np.dtype("<f4") or by_columns or len(shape) != 2 or min(shape) < 0:
        raise UnreadableFileError(f"{which} must be float32 (lead, sample), got {dtype} {shape}: convert it again")
    if math.prod(shape) * 4 != len(content) - file.tell():
        raise UnreadableFileError(f"{which} has {len(content) - file.tell()} bytes for {shape}: convert it again")
    return np.frombuffer(content, "<f4", offset=file.tell()).reshape(shape)


def _record(
    about: Description,
    arrays: Mapping[str, NDArray[np.float32]],
    location: RecordLocation,
    *,
    sha256: str,
    declared: str | None,
) -> Record:
    where = location.path
    said = str(about["unit"])
    in_force = unit_in_force(said, declared, where=where)
    unit = None if in_force == said else in_force
    if "signal" not in arrays:
        raise UnreadableFileError(f"{where} holds no signal: convert the ECG again")
    names = [str(name) for name in about["leads"]]
    signal, leads, notes = _standard(arrays["signal"], names, unit=unit, where=where)
    time = datetime.fromisoformat(about["time"]) if about["time"] else None
    beat = about["median_beat"]
    return Record(
        signal=signal,
        leads=leads,
        sampling_rate_hz=_rate(about["sampling_rate_hz"], where),
        record_id=location.record_id,
        patient_id=location.patient_id or _optional(str, about["patient_id"]),
        time=time,
        time_kind="unknown" if time is None else "naive" if time.tzinfo is None else "utc",
        age_years=_optional(float, about["age_years"]),
        sex=about["sex"] if about["sex"] in _SEXES else "U",
        device=_optional(str, about["device"]),
        measurements=_numbers(about["measurements"]),
        lead_measurements={str(lead): _numbers(values) for lead, values in about["lead_measurements"].items()},
        statements=_words(about["statements"]),
        original_statements=_words(about["original_statements"]),
        median_beat=_median_beat(beat, arrays["median_beat"], unit=unit, where=where) if beat else None,
        annotations=tuple(
            Annotation(float(time_s), str(label), _optional(str, lead)) for time_s, label, lead in about["annotations"]
        ),
        unit=about["unit"] if unit is None else "mV",
        provenance=_provenance(
            about,
            leads=leads,
            notes=(*notes, *declaration_notes(declared, stated=[said], in_force=[in_force])),
            sha256=sha256,
            unit=unit,
            where=where,
        ),
    )


def _provenance(
    about: Description, *, leads: tuple[str, ...], notes: tuple[str, ...], sha256: str, unit: str | None, where: str
) -> Provenance:
    """Return where the ECG came from before it was converted, and what happened since."""
    kept, said = about["provenance"], about["unit"]
    return Provenance(
        reader="npz",
        reader_version=__version__,
        source_path=where,
        source_sha256=sha256,
        original_unit=unit or str(kept["original_unit"]) or str(said),
        original_step_mv=tuple(float(step) for step in kept["original_step_mv"]) if unit is None else (),
        leads_stored=_words(kept["leads_stored"]) or leads,
        leads_derived=_words(kept["leads_derived"]),
        device_filters=_words(kept["device_filters"]),
        resampling=str(kept["resampling"]),
        deidentification=str(kept["deidentification"]),
        notes=(*_words(kept["notes"]), *notes),
    )


def _standard(
    stored: NDArray[np.float32], names: list[str], *, unit: str | None, where: str
) -> tuple[NDArray[np.float32], tuple[str, ...], tuple[str, ...]]:
    """Return the standard leads in canonical order, their names, and what was left out."""
    if stored.shape[0] != len(names):
        raise LeadError(f"{where} names {len(names)} leads, holds {stored.shape[0]}: convert the ECG again")
    if stored.shape[1] == 0:
        raise SignalError(f"{where} holds no samples: leave the record out")
    selection = select_standard_leads(names, where=where)
    signal = stored[list(selection.rows)].astype(np.float32)
    if unit is not None:
        signal *= np.float32(millivolts_per_unit(unit, where=where))
    if beyond_measure(signal):
        raise SignalError(f"{where} holds infinite amplitudes, or such beyond all measure: convert the ECG again")
    return signal, selection.leads, selection.notes


def _median_beat(beat: Description, stored: NDArray[np.float32], *, unit: str | None, where: str) -> MedianBeat:
    signal, leads, _ = _standard(stored, [str(name) for name in beat["leads"]], unit=unit, where=where)
    return MedianBeat(signal, leads, _rate(beat["sampling_rate_hz"], where))


def _rate(value: Any, where: str) -> float:
    rate = float(value)
    if not MIN_RATE_HZ <= rate <= MAX_RATE_HZ:
        raise rate_error(rate, where=where)
    return rate


def _optional(kind: Callable[[Any], Value], value: Any) -> Value | None:
    return None if value is None else kind(value)


def _words(values: list[Any]) -> tuple[str, ...]:
    return tuple(str(value) for value in values)


def _numbers(values: Mapping[str, Any]) -> dict[str, float]:
    return {str(name): float(value) for name, value in values.items()}


FORMAT = FileFormat(
    name="npz",
    title="NPZ as einthoven writes it",
    read=read,
    recognises=recognises,
    options=_OPTIONS,
    identifiers=identifiers,
)

"""Recordings as AliveCor's Kardia API hands them out (JSON; developers.kardia.com, "Recording object").

``data.raw`` holds the signal as recorded, ``data.enhanced`` the same behind AliveCor's filter; amplitudes are whole
numbers of ``amplitudeResolution`` nanovolts.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.formats.decoded import About, Channels, Decoded
from einthoven.ecg.formats.digit_text import whole_numbers
from einthoven.ecg.formats.patient_words import age_between, as_date, parse_sex, parse_timestamp
from einthoven.ecg.formats.single_file import single_file_format
from einthoven.ecg.formats.whole_characters import whole_characters
from einthoven.errors import SignalError, UnreadableFileError

__all__ = ["FORMAT", "decode", "recognises"]

_OWN_KEYS = (b'"algorithmDetermination"', b'"amplitudeResolution"')
_KEYS = (*_OWN_KEYS, b'"recordedAt"', b'"patientID"', b'"mainsFrequency"')
_QT_MEASUREMENTS = {"qt": "qt_ms", "rr": "rr_ms", "qtcb": "qtc_bazett_ms", "qtcf": "qtc_fridericia_ms"}
_PATIENT_IDENTIFIERS = ("id", "mrn", "dob", "email", "firstname", "lastname")
_LONG = 200  # characters
_PUT_ASIDE = "einthoven: numbers put aside"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def recognises(head: bytes) -> bool:
    """Return whether a file begins like JSON and has at least two of the keys of a recording, one of them its own."""
    if not head.removeprefix(_BYTE_ORDER_MARK).lstrip().startswith(b"{"):
        return False
    return any(key in head for key in _OWN_KEYS) and sum(key in head for key in _KEYS) >= 2


def decode(content: bytes, *, where: str) -> Decoded:
    """Return what a recording holds; raise a RecordError that names the key."""
    recording = _parsed(content, where)
    if "data12L" in recording:
        raise UnreadableFileError(
            f"{where} is a Kardia 12L recording (data12L), which doesn't say what its numbers are worth: "
            "export it as ATC"
        )
    data = recording.get("data")
    stored = {
        name: data[name] for name in ("raw", "enhanced") if isinstance(data, dict) and isinstance(data.get(name), dict)
    }
    if not stored:
        raise UnreadableFileError(f"{where} holds no signal (data.raw): fetch the recording again")
    which = next(iter(stored))
    notes = ["the signal behind AliveCor's filter (data.enhanced) is left out"] if len(stored) == 2 else []
    return Decoded(
        rhythm=_channels(stored[which], which, where=where),
        about=_about(recording),
        device_filters=("AliveCor enhanced filter",) if which == "enhanced" else (),
        notes=notes,
    )


def _parsed(content: bytes, where: str) -> dict[str, Any]:
    try:
        text = content.decode("utf-8-sig")
        recording = _parsed_in_parts(text) or json.loads(text)
    except json.JSONDecodeError as error:
        raise UnreadableFileError(
            f"{where} is truncated or damaged: {error.msg} at character {error.pos}; fetch the recording again"
        ) from error
    except (UnicodeDecodeError, RecursionError) as error:
        raise UnreadableFileError(f"{where} is damaged ({error}): fetch the recording again") from error
    if not isinstance(recording, dict):
        raise UnreadableFileError(f"{where} is not one recording of the Kardia API: fetch it by its id")
    return recording


def _parsed_in_parts(text: str) -> dict[str, Any] | None:
    """Return the document with long lists of whole numbers as arrays, which NumPy parses faster than any list.

    None when that doesn't give an object: such a text is for the JSON parser, which says where it is wrong.
    """
    arrays: list[NDArray[np.int64]] = []
    parts: list[str] = []
    taken = searched = 0
    while (end := text.find("]", searched)) >= 0:
        start = text.rfind("[", searched, end)
        searched = end + 1
        numbers = _long_list(text[start + 1 : end]) if start >= 0 else None
        if numbers is not None:
            parts += [text[taken:start], f'{{"{_PUT_ASIDE}": {len(arrays)}}}']
            arrays.append(numbers)
            taken = searched

    def put_back(found: dict[str, Any]) -> Any:
        place = found.get(_PUT_ASIDE)
        return arrays[place] if place is not None else found

    try:
        document = json.loads("".join([*parts, text[taken:]]), object_hook=put_back)
    except (ValueError, LookupError, TypeError):
        return None
    return document if isinstance(document, dict) else None


def _long_list(words: str) -> NDArray[np.int64] | None:
    if len(words) < _LONG:
        return None
    numbers = whole_numbers(words.replace(",", " "))
    # one number between two commas: NumPy would pass over an empty place
    return numbers if numbers is not None and numbers.size == words.count(",") + 1 else None


def _channels(block: Mapping[str, Any], which: str, *, where: str) -> Channels:
    samples = block.get("samples")
    if not isinstance(samples, dict) or not samples:
        raise SignalError(f"{where} holds no samples (data.{which}.samples): leave the record out")
    if not all(isinstance(values, list | np.ndarray) for values in samples.values()):
        raise UnreadableFileError(f"{where}: data.{which}.samples must be lists of numbers: fetch the recording again")
    lengths = {lead: len(values) for lead, values in samples.items()}
    if len(set(lengths.values())) > 1:
        raise SignalError(f"{where}: the leads of data.{which} differ in length: {lengths}; fetch the recording again")
    rows = [_digital(values, f"{where}: data.{which}.samples.{lead}") for lead, values in samples.items()]
    absent = [_is_null(values) for values in samples.values()]
    resolution_nv = _number(block.get("amplitudeResolution"))
    return Channels(
        digital=np.stack(rows),
        names=tuple(samples),
        step=(resolution_nv or 1.0,) * len(rows),
        unit="nV" if resolution_nv else "",
        sampling_rate_hz=_number(block.get("frequency")) or 0.0,
        absent=np.stack(absent) if np.any(absent) else None,
    )


def _is_null(values: Sequence[Any] | NDArray[np.int64]) -> NDArray[np.bool_]:
    if isinstance(values, np.ndarray) or None not in values:
        return np.zeros(len(values), dtype=np.bool_)
    return np.array([value is None for value in values])


def _digital(values: Sequence[Any] | NDArray[np.int64], which: str) -> NDArray[Any]:
    if isinstance(values, list):
        values = [0 if value is None else value for value in values]
    stored = np.asarray(values)
    if stored.size and (stored.ndim != 1 or stored.dtype.kind not in "iuf"):
        raise UnreadableFileError(f"{which} holds something else than numbers: fetch the recording again")
    if stored.dtype.kind != "i" or not stored.size:
        return stored.astype(np.float64)
    kinds: tuple[Any, ...] = (np.int16, np.int32)
    fitting = [kind for kind in kinds if np.iinfo(kind).min <= stored.min() and stored.max() <= np.iinfo(kind).max]
    return stored.astype(fitting[0] if fitting else np.float64)


def _about(recording: Mapping[str, Any]) -> About:
    patient, device = _object(recording, "patient"), _object(recording, "deviceInfo")
    time = parse_timestamp(_text(recording.get("recordedAt")))
    determination = _text(recording.get("algorithmDetermination"))
    return About(
        patient_id=_text(patient.get("mrn")) or _text(recording.get("patientID")) or None,
        time=time,
        age_years=age_between(as_date(_text(patient.get("dob"))), time),
        sex=parse_sex(_text(patient.get("sex"))),
        device=f"AliveCor {_text(device.get('hardwareType'))}".strip(),
        measurements=_measurements(recording),
        statements=(determination,) if determination else (),
        identifiers=(
            _text(recording.get("id")),
            _text(recording.get("patientID")),
            _text(device.get("serialNumber")),
            *(_text(patient.get(name)) for name in _PATIENT_IDENTIFIERS),
        ),
    )


def _measurements(recording: Mapping[str, Any]) -> dict[str, float]:
    found = {"heart_rate_bpm": _number(recording.get("heartRate"))}
    for name, entry in _object(recording, "qtMeasurement").items():
        known = _QT_MEASUREMENTS.get(name.lower())
        if known:
            found[known] = _number(entry.get("Value") if isinstance(entry, dict) else entry)
    return {name: value for name, value in found.items() if value is not None and value > 0}


def _object(recording: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = recording.get(name)
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return whole_characters(str(value).strip()) if isinstance(value, str | int) else ""


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


FORMAT = single_file_format(
    "kardia_json", title="AliveCor Kardia API (JSON)", decode=decode, recognises=recognises, max_bytes=1 << 28
)

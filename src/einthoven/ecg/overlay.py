"""What stands over an ECG, sample by sample: the waves, a mask, or how much each sample weighed in a model's answer."""

from __future__ import annotations

import hashlib
import io
import json
import math
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.delineation import Delineation, Mark
from einthoven.ecg.formats.writing import write_files
from einthoven.ecg.record import Record
from einthoven.errors import SignalError, SpecificationError

__all__ = ["Overlay", "OverlayKind", "OverlayValues", "Wave", "beats_overlay", "read_overlay", "write_overlay"]

OverlayValues = NDArray[np.float32] | NDArray[np.int8] | NDArray[np.bool_]
OverlayKind = Literal["attribution", "beats", "mask"]
TYPE, VERSION = "einthoven.overlay", 1
_DTYPES: dict[str, type[np.generic]] = {"attribution": np.float32, "beats": np.int8, "mask": np.bool_}


class Wave(IntEnum):
    """Value of an overlay of kind ``beats``."""

    NONE = 0
    P = 1
    QRS = 2
    T = 3


_BORDERS = {
    Wave.P: (Mark.P_ON, Mark.P_OFF),
    Wave.T: (Mark.T_ON, Mark.T_OFF),
    Wave.QRS: (Mark.QRS_ON, Mark.QRS_OFF),  # last: a QRS is never painted over
}


@dataclass(frozen=True, slots=True, eq=False)
class Overlay:
    """Values aligned to the samples of one record.

    Attributes
    ----------
    values : (lead, sample), of the record's own leads, order and rate
        ``attribution``: float32, any unit, positive where a sample spoke for the answer, NaN where nothing is known.
        ``beats``: int8, values of ``Wave``. ``mask``: bool.
    leads : tuple of str
    sampling_rate_hz : float
    record_id : str
    kind : ``attribution``, ``beats`` or ``mask``
    name : str
        What a legend calls it, for example the method of an attribution.

    Raises
    ------
    SignalError
        When shape, type and leads contradict each other.
    """

    values: OverlayValues
    leads: tuple[str, ...]
    sampling_rate_hz: float
    record_id: str
    kind: OverlayKind
    name: str = ""

    def __post_init__(self) -> None:
        if self.kind not in _DTYPES:
            raise SpecificationError(f"an overlay is of kind {', '.join(get_args(OverlayKind))}, got {self.kind!r}")
        expected = np.dtype(_DTYPES[self.kind])
        if self.values.ndim != 2 or self.values.dtype != expected or self.values.shape[0] != len(self.leads):
            raise SignalError(
                f"an overlay of kind {self.kind} must be {expected} ({len(self.leads)} leads, sample), got "
                f"{self.values.dtype} {self.values.shape} for record {self.record_id}"
            )

    def check_fits(self, record: Record) -> None:
        """Refuse a record of other leads, rate or length: a shifted overlay explains the wrong wave.

        Raises
        ------
        SignalError
        """
        ours = (self.leads, self.values.shape[1], self.sampling_rate_hz)
        theirs = (record.leads, record.signal.shape[1], record.sampling_rate_hz)
        if ours != theirs:
            raise SignalError(
                f"the overlay of {self.record_id} is {_shape(*ours)}, {record.record_id} {_shape(*theirs)}"
            )


def _shape(leads: tuple[str, ...], samples: int, rate_hz: float) -> str:
    return f"({', '.join(leads)}) x {samples} samples at {rate_hz:g} Hz"


def beats_overlay(record: Record, delineation: Delineation) -> Overlay:
    """Return the waves of every beat, lead by lead, and P waves that no QRS follows.

    A wave covers the samples from its onset to its end, both included. Leads that the delineation lacks stay empty.
    """
    rate = record.sampling_rate_hz
    values = np.zeros(record.signal.shape, dtype=np.int8)
    for row, lead in enumerate(record.leads):
        if lead not in delineation.leads:
            continue
        index = delineation.leads.index(lead)
        _paint(values[row], delineation.free_p[:, index][:, [0, 2]], Wave.P, rate_hz=rate)
        for wave, borders in _BORDERS.items():
            _paint(values[row], delineation.beat_marks[:, index][:, list(borders)], wave, rate_hz=rate)
    return Overlay(values, record.leads, rate, record.record_id, "beats")


def _paint(row: NDArray[np.int8], spans_s: NDArray[np.float64], wave: Wave, *, rate_hz: float) -> None:
    for start_s, end_s in spans_s[np.isfinite(spans_s).all(axis=1)]:
        first = max(math.ceil(start_s * rate_hz - 1e-6), 0)
        row[first : max(math.floor(end_s * rate_hz + 1e-6) + 1, 0)] = wave


def write_overlay(overlay: Overlay, path: Path) -> list[Path]:
    """Write ``path`` (.npz) and a .json of the same stem, which says what the array is; both or none.

    The same overlay gives the same bytes.
    """
    _check_suffix(path)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, values=overlay.values)
    content = buffer.getvalue()
    about = {
        "type": TYPE,
        "version": VERSION,
        "kind": overlay.kind,
        "name": overlay.name,
        "record_id": overlay.record_id,
        "leads": list(overlay.leads),
        "sampling_rate_hz": overlay.sampling_rate_hz,
        "values_sha256": hashlib.sha256(content).hexdigest(),
    }
    text = json.dumps(about, indent=1) + "\n"
    return write_files({path.name: content, path.with_suffix(".json").name: text.encode()}, path.parent)


def read_overlay(path: Path) -> Overlay:
    """Read what ``write_overlay`` wrote; ``path`` is the .npz.

    Raises
    ------
    SpecificationError
        When one of the two files is missing, damaged, of another type, newer, or not the other's.
    """
    _check_suffix(path)
    try:
        content = path.read_bytes()
        about = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        _check_about(about, path, sha256=hashlib.sha256(content).hexdigest())
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            values = archive["values"]
        leads, rate, kind = tuple(map(str, about["leads"])), float(about["sampling_rate_hz"]), about["kind"]
        return Overlay(values, leads, rate, str(about["record_id"]), kind, str(about["name"]))
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise SpecificationError(f"the overlay {path} can't be read ({error}): write it again") from error


def _check_suffix(path: Path) -> None:
    if path.suffix != ".npz":
        raise SpecificationError(f"an overlay is a file that ends in .npz, with a .json beside it; got {path}")


def _check_about(about: Any, path: Path, *, sha256: str) -> None:
    if not isinstance(about, dict) or about.get("type") != TYPE:
        raise SpecificationError(f"{path.with_suffix('.json')} does not describe an overlay: its type must be {TYPE!r}")
    version = about.get("version")
    if not isinstance(version, int) or version > VERSION:
        raise SpecificationError(
            f"the overlay {path} has version {version}, this einthoven reads up to {VERSION}: update einthoven"
        )
    if about.get("values_sha256") != sha256:
        raise SpecificationError(f"{path} is not the array that its .json describes: write the overlay again")

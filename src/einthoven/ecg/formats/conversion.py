"""Convert an ECG file to another format, and say what the other format has no place for."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from einthoven.ecg.formats.files import read_head
from einthoven.ecg.formats.location import RecordLocation
from einthoven.ecg.formats.reading import read
from einthoven.ecg.formats.recognition import recognised_format
from einthoven.ecg.formats.wfdb.header import parse_header
from einthoven.ecg.formats.wfdb.locate import header_path
from einthoven.ecg.formats.writing import encode, write_files
from einthoven.ecg.record import Record
from einthoven.errors import RecordError, SpecificationError

__all__ = ["Converted", "convert", "files_of", "losses"]


def _is_other(before: Any, after: Any) -> bool:
    return bool(before) and before != after


def _lacks_some(before: Sequence[Any], after: Sequence[Any]) -> bool:
    return any(item not in after for item in before)


def _is_shorter(before: Sequence[Any], after: Sequence[Any]) -> bool:
    return len(after) < len(before)


def _is_gone(before: Any, after: Any) -> bool:
    return bool(before) and not after


def _is_another_age(before: float | None, after: float | None) -> bool:
    """Most formats keep the whole years of all but infants."""
    if before is None or after is None:
        return before is not None
    return abs(after - before) >= (1 if before >= 2 else 0.1)


def _is_another_moment(before: datetime | None, after: datetime | None) -> bool:
    if before is None or after is None:
        return before is not None
    return abs((after.replace(tzinfo=None) - before.replace(tzinfo=None)).total_seconds()) >= 1


_FIELDS: dict[str, tuple[str, Callable[[Any, Any], bool]]] = {
    "patient_id": ("patient's number", _is_other),
    "time": ("time of recording", _is_another_moment),
    "age_years": ("age", _is_another_age),
    "sex": ("sex", lambda before, after: before not in {after, "U"}),
    "device": ("device", _is_other),
    "statements": ("statements", _lacks_some),
    "original_statements": ("the machine's original statements", _lacks_some),
    "median_beat": ("median beat", _is_gone),
    "annotations": ("annotations", _is_shorter),
    "lead_measurements": ("measurements of each lead", _is_gone),
}
_PROVENANCE_FIELDS: dict[str, tuple[str, Callable[[Any, Any], bool]]] = {
    "device_filters": ("device filters", _is_shorter),
    "resampling": ("resampling", _is_gone),
    "deidentification": ("mark of de-identification", _is_gone),
}
_FLOAT32 = 1e-6  # relative; what float32 leaves of a product is a tenth of it
_HEADER_BYTES = 1 << 20
_LIMITS_UV = (0.01, 0.1, 0.5, 1, 2.5, 5, 10)


@dataclass(frozen=True, slots=True)
class Converted:
    """What became of one ECG.

    Attributes
    ----------
    files : tuple of Path
    lost : tuple of str
        What the output, read back, says otherwise or not at all.
    derived : tuple of str
        Leads that were computed from others, not recorded.
    notes : tuple of str
        The reader's, on the input.
    """

    files: tuple[Path, ...]
    lost: tuple[str, ...]
    derived: tuple[str, ...]
    notes: tuple[str, ...]


def convert(
    location: RecordLocation, target: Path, *, to: str, overwrite: bool = False, protected: Collection[Path] = ()
) -> Converted:
    """Write the ECG at ``location`` as ``target``, read it back and compare.

    Parameters
    ----------
    location : RecordLocation
    target : Path
        WFDB and CSV write a second file beside it.
    to : str
        A name in ``WRITERS``.
    overwrite : bool
        Replace files that exist; never those of ``protected``, nor the input itself.
    protected : collection of Path
        Resolved.

    Raises
    ------
    SpecificationError
        When a file exists already, or is an input.
    RecordError
        When the input can't be read, or the format can't hold it.
    """
    record = read(location)
    files = encode(record, target, format=to)
    never = {*protected, *files_of(location)}
    for name in files:
        file = target.parent / name
        if file.resolve() in never:
            raise SpecificationError(f"{file} is an input: write to another name or folder")
        if file.exists() and not overwrite:
            raise SpecificationError(f"{file} exists already: choose another name, or replace it with --overwrite")
    written = write_files(files, target.parent)
    return Converted(
        files=tuple(written),
        lost=losses(record, _read_back(written)),
        derived=record.provenance.leads_derived,
        notes=record.provenance.notes,
    )


def files_of(location: RecordLocation) -> set[Path]:
    """Return the files that an ECG lies in, resolved: for WFDB the header and the signal files it names."""
    header = Path(location.path)
    names: list[str] = []
    if location.format == "wfdb":
        try:
            header = Path(header_path(location.path))
            parsed = parse_header(read_head(header, size=_HEADER_BYTES), path=str(header))
            names = [line.file_name for line in parsed.signals]
        except (OSError, RecordError):  # whoever reads it says what is wrong
            pass
    return {file.resolve() for file in (header, *(header.parent / name for name in names))}


def losses(record: Record, again: Record | None) -> tuple[str, ...]:
    """Return what ``again`` has not, or otherwise; amplitudes are compared, too.

    Examples
    --------
    >>> import dataclasses
    >>> bare = Record(np.zeros((1, 5), np.float32), ("I",), 500.0, "a")
    >>> losses(dataclasses.replace(bare, sex="F", device="X"), bare)
    ('sex', 'device')
    """
    if again is None:
        return ("unknown: the output can't be read back",)
    lost = [words for name, (words, is_lost) in _FIELDS.items() if is_lost(getattr(record, name), getattr(again, name))]
    if record.time and again.time and record.time_kind != again.time_kind:
        lost.append("time zone")
    other = sorted(name for name, value in record.measurements.items() if _is_another(value, again, name))
    if other:
        lost.append(f"measurements ({', '.join(other)})")
    lost += [
        words
        for name, (words, is_lost) in _PROVENANCE_FIELDS.items()
        if is_lost(getattr(record.provenance, name), getattr(again.provenance, name))
    ]
    return (*lost, *_signal_losses(record, again))


def _is_another(value: float, again: Record, name: str) -> bool:
    """Most formats keep whole milliseconds, degrees and beats per minute."""
    return name not in again.measurements or abs(again.measurements[name] - value) > 0.5


def _signal_losses(record: Record, again: Record) -> list[str]:
    missing = [lead for lead in record.leads if lead not in again.leads]
    if missing:
        return [f"leads {', '.join(missing)}"]
    if record.signal.shape[1] != again.signal.shape[1]:
        return [f"length ({record.signal.shape[1]} samples became {again.signal.shape[1]})"]
    rows = [again.leads.index(lead) for lead in record.leads]
    written = again.signal[rows]
    lost = []
    if (np.isnan(record.signal) != np.isnan(written)).any():
        lost.append("marks of samples that were not recorded")
    rounding_mv = float(np.nan_to_num(np.abs(record.signal - written)).max())
    peak_mv = float(np.nan_to_num(np.abs(record.signal)).max())
    if rounding_mv > _FLOAT32 * peak_mv:
        lost.append(f"decimals of the amplitude: it is rounded by at most {_rounded_up(rounding_mv * 1000)} uV")
    return lost


def _rounded_up(microvolts: float) -> str:
    """Return one of few numbers, so that the same is said about many ECGs."""
    return next((f"{limit:g}" for limit in _LIMITS_UV if microvolts <= limit), f"{microvolts:.0f}")


def _read_back(files: list[Path]) -> Record | None:
    path = files[0]
    layout = path.with_name(f"{path.stem}.layout.toml")
    try:
        if layout in files:
            options = tomllib.loads(layout.read_text(encoding="utf-8"))
            return read(RecordLocation(path.stem, str(path), "array", options), with_sha256=False)
        return read(RecordLocation(path.stem, str(path), recognised_format(path)), with_sha256=False)
    except RecordError:
        return None

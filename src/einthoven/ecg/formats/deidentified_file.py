"""Write an ECG without its patient's identity, after a search for whatever may have slipped through."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from einthoven.ecg.deidentification import Pseudonyms, deidentify
from einthoven.ecg.formats.identifier_search import found_identifiers
from einthoven.ecg.formats.location import RecordLocation
from einthoven.ecg.formats.reading import read
from einthoven.ecg.formats.recognition import format_named
from einthoven.ecg.formats.writing import encode, suffix_of, write_files
from einthoven.ecg.record import Provenance, Record
from einthoven.errors import PrivacyError, RecordError, SpecificationError

__all__ = ["Deidentified", "write_deidentified"]

_NUMBER_IN_NAME = re.compile(r"\d{5,}")
_TELLING_FOLDERS = 2  # of the patient, of the study or the day


@dataclass(frozen=True, slots=True)
class Deidentified:
    """What became of one file, without its signal; old and new ids undo the work: keep them as the key is kept.

    Attributes
    ----------
    files : list of Path
    record_id, patient_id : str
        Of the input; the latter empty where it has none.
    new_record_id, new_patient_id : str
        The pseudonyms.
    shift_days : int, optional
        By which the time of recording was moved, where there is one.
    identifiers : int
        How many were found in the input, and not in the output.
    """

    files: list[Path]
    record_id: str
    patient_id: str
    new_record_id: str
    new_patient_id: str
    shift_days: int | None
    identifiers: int


def write_deidentified(
    location: RecordLocation, target: Path, *, to: str, pseudonyms: Pseudonyms, keep: Collection[str]
) -> Deidentified:
    """Write the ECG at ``location`` under a pseudonym.

    Parameters
    ----------
    location : RecordLocation
    target : Path
        The file, or an existing folder in which the file gets the pseudonym of the ECG for its name.
    to : str
        Format of the output.
    pseudonyms : Pseudonyms
    keep : collection of str
        See ``deidentification.KEEPABLE``.

    Raises
    ------
    PrivacyError
        When an identifier of the input is found in the output; nothing is written then.
    RecordError, SpecificationError
        When the file can't be read, or the format can't hold it.
    """
    original = read(location)
    hidden = deidentify(original, pseudonyms=pseudonyms, keep=keep)
    path = target / f"{hidden.record_id}{suffix_of(to)}" if target.is_dir() else target
    files = _encoded(hidden, path, to=to, where=location.path)
    _refuse_existing([path, *(path.parent / name for name in files)])
    identifiers = _identifiers(location, original)
    _refuse_identifiers(files, identifiers, hidden=hidden, path=path, to=to, where=location.path)
    return Deidentified(
        files=write_files(files, path.parent),
        record_id=original.record_id,
        patient_id=original.patient_id or "",
        new_record_id=hidden.record_id,
        new_patient_id=hidden.patient_id or "",
        shift_days=(hidden.time - original.time).days if original.time and hidden.time else None,
        identifiers=len(identifiers),
    )


def _refuse_existing(paths: Iterable[Path]) -> None:
    for path in paths:
        if path.exists() or path.is_symlink():
            raise SpecificationError(
                f"{path} exists already: the same ECG was written before, or stands twice in the input; remove it first"
            )


def _encoded(hidden: Record, path: Path, *, to: str, where: str) -> dict[str, bytes]:
    try:
        return encode(hidden, path, format=to)
    except RecordError as error:  # it names the pseudonym, by which nobody finds the file
        raise type(error)(f"{where} can't be written as {to}: {error}") from error


def _identifiers(location: RecordLocation, original: Record) -> list[str]:
    """Everything in the input, its name and its dates that points to one person; archives number folders by patient."""
    *folders, name = Path(location.path).parts[-_TELLING_FOLDERS - 1 :]
    numbers = [number for part in (Path(name).stem, *folders) for number in _NUMBER_IN_NAME.findall(part)]
    spelled = [*format_named(location.format).identifiers(location), *numbers]
    if original.patient_id:
        spelled.append(original.patient_id)
    if original.time:
        spelled.append(original.time.date().isoformat())
    return list(dict.fromkeys(spelled))


def _refuse_identifiers(
    files: dict[str, bytes], identifiers: list[str], *, hidden: Record, path: Path, to: str, where: str
) -> None:
    flat = dataclasses.replace(hidden, signal=np.zeros_like(hidden.signal), median_beat=None)
    anonymous = Record(
        signal=flat.signal,
        leads=hidden.leads,
        sampling_rate_hz=hidden.sampling_rate_hz,
        record_id=hidden.record_id,
        unit=hidden.unit,
        provenance=Provenance("memory", "1", deidentification=hidden.provenance.deidentification),
    )
    found = found_identifiers(
        identifiers,
        written=files,
        flat=encode(flat, path, format=to),
        anonymous=encode(anonymous, path.with_stem("anonymous"), format=to),
    )
    if found:
        hints = ", ".join(f"one of {len(word)} characters" for word in found)
        raise PrivacyError(
            f"{where}: the output would still hold identifiers of the input ({hints}), so it was not written; free "
            "text often holds names: leave statements and annotations out of --keep, and mind the name of the output"
        )

"""Read one ECG, or list the ECGs of a folder, whatever the format."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from einthoven.ecg.formats.file_format import FileFormat, one_record_per_file
from einthoven.ecg.formats.freed_memory import keep_freed_memory
from einthoven.ecg.formats.location import RecordLocation
from einthoven.ecg.formats.named_apart import in_natural_order, named_apart
from einthoven.ecg.formats.recognition import FORMATS, format_named, recognised_format
from einthoven.ecg.formats.search import Found, search_folder
from einthoven.ecg.leads import LEAD_SETS, LIMB_LEADS, derive_limb_leads
from einthoven.ecg.record import Record
from einthoven.errors import UnreadableFileError

__all__ = ["FORMATS", "find", "locate", "read"]


def read(location: RecordLocation | Path | str, *, with_sha256: bool = True) -> Record:
    """Return the ECG at a location, or in a file that says all about itself.

    A file with the eight independent leads (I, II, V1 to V6), as many recorders store, gives twelve: the other four
    are computed, and the provenance says so.

    Parameters
    ----------
    location : RecordLocation, Path or str
        A bare path is read without options; the record is named after the file.
    with_sha256 : bool
        Hash the bytes into the provenance; leave it out where speed counts more.

    Raises
    ------
    RecordError
        Of the kind that says what is wrong with the file.
    UnknownNameError
        For a format or option that does not exist.
    """
    keep_freed_memory()
    if not isinstance(location, RecordLocation):
        path = Path(location)
        location = RecordLocation(path.stem, str(path), recognised_format(path))
    record = format_named(location.format).read(location, with_sha256=with_sha256)
    return _with_twelve_leads(record)


def locate(
    path: Path | str,
    *,
    format: str | None = None,  # noqa: A002 - the word of the study file
    options: Mapping[str, Any] | None = None,
) -> list[RecordLocation]:
    """Return where the ECGs of a folder (searched recursively) or of one file lie, in natural order of path.

    Parameters
    ----------
    path : Path or str
    format : str, optional
        A folder is searched for files of all formats but arrays unless this says otherwise; a file is recognised by
        its content.
    options : mapping, optional
        Handed to the reader with each record; for arrays the declared layout.

    Raises
    ------
    UnreadableFileError
        When there is nothing at ``path``, or no ECG in it.

    Notes
    -----
    Records are named after their files; where two files of a folder share a name, after their paths in it.
    """
    return find(path, format=format, options=options).locations


def find(
    path: Path | str,
    *,
    format: str | None = None,  # noqa: A002 - the word of the study file
    options: Mapping[str, Any] | None = None,
) -> Found:
    """Return what ``locate`` returns, and beside it the files of a folder that are of no known format."""
    path = Path(path)
    if not path.exists() and not Path(f"{path}.hea").exists():
        raise UnreadableFileError(f"{path} does not exist: check the path")
    settled = dict(options or {})
    if format is None and path.is_dir():
        found = search_folder(path, options=settled)
    else:
        found = Found(_of_format(format_named(format or recognised_format(path)), path, settled), [])
    if found.unreadable and not found.locations:
        raise UnreadableFileError(found.unreadable[0])
    if not found.locations:
        raise UnreadableFileError(
            f"{path} holds no {f'{format} record' if format else 'ECG of a known format'}: check the path; for arrays, "
            "declare what they hold: --layout LAYOUT.toml on the command line, or source = 'arrays' in a study file"
        )
    return Found(named_apart(in_natural_order(found.locations), path), found.others, found.unreadable)


def _of_format(file_format: FileFormat, path: Path, options: dict[str, Any]) -> list[RecordLocation]:
    if file_format.locate is not None:
        return list(file_format.locate(path, options=options))
    if path.is_dir():
        return search_folder(path, options=options, only=file_format.name).locations
    return one_record_per_file(path, format_name=file_format.name, options=options)


def _with_twelve_leads(record: Record) -> Record:
    """Return the record, and its median beat, with all limb leads where it has the eight independent leads.

    Not in arbitrary units: leads that were scaled one by one no longer add up.
    """
    if record.unit != "mV" or not _lacks_limb_leads(record.leads):
        return record
    complete = derive_limb_leads(record.signal, record.leads)
    provenance = dataclasses.replace(
        record.provenance,
        leads_stored=record.provenance.leads_stored or record.leads,
        leads_derived=(*record.provenance.leads_derived, *complete.derived),
    )
    beat = record.median_beat
    if beat is not None and _lacks_limb_leads(beat.leads):
        of_beat = derive_limb_leads(beat.signal, beat.leads)
        beat = dataclasses.replace(beat, signal=of_beat.signal, leads=of_beat.leads)
    return dataclasses.replace(
        record, signal=complete.signal, leads=complete.leads, median_beat=beat, provenance=provenance
    )


def _lacks_limb_leads(leads: Collection[str]) -> bool:
    return set(LEAD_SETS["8"]) <= set(leads) and not set(LIMB_LEADS) <= set(leads)

"""Where the ECG of each row lies: from a column of paths or a pattern, checked against what the folder holds."""

from __future__ import annotations

import os
import string
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from einthoven.ecg.formats import RecordLocation
from einthoven.ecg.formats.recognition import recognised_format
from einthoven.errors import CohortError, SpecificationError, UnreadableFileError
from einthoven.registry import nearest

__all__ = ["Located", "locate_rows", "paths_of_rows"]

PATTERN_COLUMNS = ("record_id", "patient_id", "site")


class Located(NamedTuple):
    """Locations by record id, and for each row why it has none (else None)."""

    locations: dict[str, RecordLocation]
    reasons: list[str | None]


def paths_of_rows(table: pl.DataFrame, pattern: str | None) -> pl.Series:
    """Return the path of each ECG below the folder of ECGs, null where the table gives none.

    Parameters
    ----------
    table : DataFrame
        Of ECGs, with ``path`` unless there is a pattern.
    pattern : str, optional
        For example ``{record_id}.xml`` or ``{patient_id}/{record_id}.dcm``.

    Raises
    ------
    SpecificationError
        For neither a column nor a pattern, and for a pattern that names another column.
    """
    if pattern is None:
        if "path" not in table.columns:
            raise SpecificationError(
                "where does each ECG lie? Map ecgs.columns.path to the column of file names, or set path_pattern, "
                "for example '{record_id}.xml'"
            )
        return table["path"].str.replace_all("\\", "/", literal=True)
    fields = [name for _, name, _, _ in string.Formatter().parse(pattern) if name is not None]
    known = [name for name in PATTERN_COLUMNS if name in table.columns]
    foreign = next((name for name in fields if name not in known), None)
    if foreign is not None or not fields:
        raise SpecificationError(
            f"path_pattern {pattern!r} has no column {foreign or ''!r}{nearest(foreign or '', known)}"
        )
    return (
        table.select(pl.struct(set(fields)))
        .to_series()
        .map_elements(lambda row: None if None in row.values() else pattern.format(**row), return_dtype=pl.String)
    )


def locate_rows(
    table: pl.DataFrame,
    paths: pl.Series,
    folder: Path,
    *,
    file_format: str | None,
    options: Mapping[str, Any],
) -> Located:
    """Return where the ECGs lie, and which have no file that can be recognised.

    Parameters
    ----------
    table : DataFrame
        With ``record_id`` and ``patient_id``.
    paths : Series of String
        Below ``folder``; for WFDB with or without ``.hea``.
    folder : Path
    file_format : str, optional
        Of all files; otherwise each is opened to recognise its own.
    options : mapping
        For the reader.

    Raises
    ------
    CohortError
        When none of the files is there: then it is the folder that is wrong.
    """
    is_there = _present(paths.to_list(), folder)
    if table.height and not any(is_there):
        example = next((path for path in paths if path is not None), "")
        raise CohortError(
            f"none of the {table.height:,} ECG files of the table is there, the first would be {folder / example}: "
            "check path, ecg_folder and path_pattern"
        )
    root = str(folder)
    locations: dict[str, RecordLocation] = {}
    reasons: list[str | None] = []
    for row, (path, record_id, patient_id) in enumerate(
        zip(paths, table["record_id"], table["patient_id"], strict=True)
    ):
        reason = None if is_there[row] else "the ECG's file is not there"
        if reason is None:
            file = os.path.join(root, path)  # noqa: PTH118 - a million times
            try:
                name = file_format or recognised_format(Path(file))
            except UnreadableFileError as error:
                reason = str(error)
            else:
                locations[record_id] = RecordLocation(record_id, file, name, options, patient_id=patient_id)
        reasons.append(reason)
    return Located(locations, reasons)


def _present(paths: Sequence[str | None], folder: Path) -> list[bool]:
    """Return which files are there: each folder is listed once, for a question per file is slow on network drives."""
    split = [os.path.split(path) if path is not None else None for path in paths]
    names: defaultdict[str, set[str]] = defaultdict(set)
    for parent in {parts[0] for parts in split if parts is not None}:
        try:
            names[parent] = set(os.listdir(folder / parent))  # noqa: PTH208 - names alone
        except OSError:
            continue
    return [parts is not None and bool(names[parts[0]] & {parts[1], f"{parts[1]}.hea"}) for parts in split]

"""Which records an array file, or a folder of them, holds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from einthoven.ecg.formats.array.file import SUFFIXES, open_array
from einthoven.ecg.formats.array.layout import ArrayLayout
from einthoven.ecg.formats.location import RecordLocation
from einthoven.errors import RecordError, SpecificationError

__all__ = ["locate"]


def locate(path: Path, *, options: Mapping[str, Any]) -> list[RecordLocation]:
    """Return one location per record: per row where a ``record`` axis is declared, else per file.

    In a folder the files of one suffix are taken, recursively; a file that can't be opened is returned as it is, so
    that reading it says why.

    Raises
    ------
    SpecificationError
        When something is not declared, or a folder holds array files of several kinds.
    """
    layout = ArrayLayout.from_options(options, path=str(path))
    if not path.is_dir():
        return _rows(path, layout, options)
    return [location for file in _files(path, layout) for location in _rows(file, layout, options, refuse=False)]


def _files(folder: Path, layout: ArrayLayout) -> list[Path]:
    files = [file for file in folder.rglob("*") if file.suffix.lower() in SUFFIXES and file.is_file()]
    kinds = {file.suffix.lower() for file in files}
    if layout.suffix is None and kinds > {".txt"}:  # a text beside arrays is about them
        kinds -= {".txt"}
        files = [file for file in files if file.suffix.lower() in kinds]
    if layout.suffix is None and len(kinds) > 1:
        raise SpecificationError(
            f'{folder} holds {", ".join(sorted(kinds))} files; say which are ECGs: suffix = ".npy"'
        )
    return [file for file in files if layout.suffix in (None, file.suffix.lower())]


def _rows(path: Path, layout: ArrayLayout, options: Mapping[str, Any], *, refuse: bool = True) -> list[RecordLocation]:
    if "record" not in layout.axes or layout.row is not None:
        return [RecordLocation(path.stem, str(path), "array", options)]
    try:
        array = open_array(str(path), layout)
    except RecordError:
        if refuse:
            raise
        return [RecordLocation(path.stem, str(path), "array", {**options, "row": 0})]
    if array.ndim != len(layout.axes):
        raise SpecificationError(
            f"{path} has shape {tuple(array.shape)}, declared axes are {','.join(layout.axes)}: declare all of them"
        )
    n_records = array.shape[layout.axes.index("record")]
    return [
        RecordLocation(f"{path.stem}_{row}", str(path), "array", {**options, "row": row}) for row in range(n_records)
    ]

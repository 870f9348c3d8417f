"""Signals in Parquet files: a column per lead with a row per sample, or a row per record with lists of samples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.formats.files import refuse_bomb
from einthoven.errors import SpecificationError, UnreadableFileError

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow import parquet

__all__ = ["ListedRecords", "open_parquet"]

_BYTES_PER_VALUE = 8  # what a value takes in memory at most


def open_parquet(path: str, *, dataset: str | None, columns: Sequence[int], leads: Sequence[str]) -> Any:
    """Return the array that a table of numbers is, or the records that a table of lists is.

    Which columns hold samples: ``dataset`` (one column), else ``columns`` (their places), else those that are named
    like ``leads``, else all columns of the only kind that fits.

    Returns
    -------
    array (sample, lead), or ListedRecords (record, ...)
        A table of lists, which has ``shape``, ``ndim``, ``dtype`` and gives a record at a time.

    Raises
    ------
    SpecificationError
        When it isn't clear which columns are meant.
    UnreadableFileError
        When they hold no numbers, or claim to unpack to more than a recording can.
    """
    from pyarrow import parquet  # 0.1 s of start-up that other formats need not pay

    file = parquet.ParquetFile(path)
    names = _chosen(file.schema_arrow, path, dataset=dataset, columns=columns, leads=leads)
    _refuse_bombs(file, path, names)
    depths = {_depth(file.schema_arrow.field(name).type) for name in names}
    if len(depths) > 1:
        raise SpecificationError(
            f"{path}: columns {', '.join(names)} are of different kinds; declare dataset or columns"
        )
    depth = depths.pop()
    if depth > 2 or (depth == 2 and len(names) > 1):
        raise UnreadableFileError(f"{path}: columns {', '.join(names)} are lists of lists of lists: export numbers")
    if depth > 0:
        return ListedRecords(file, names, depth=depth, path=path)
    table = file.read(columns=names, use_threads=False)
    return np.column_stack([table.column(name).to_numpy() for name in names])


class ListedRecords:
    """Rows of lists, read a group of rows at a time; looks like an array whose first axis is the record.

    Attributes
    ----------
    shape : tuple of int
        Of the whole, by the first record: others may be shorter or longer.
    dtype : dtype
    """

    def __init__(self, file: parquet.ParquetFile, names: Sequence[str], *, depth: int, path: str) -> None:
        self._file = file
        self._names = list(names)
        self._depth = depth
        self._path = path
        groups = [file.metadata.row_group(k).num_rows for k in range(file.metadata.num_row_groups)]
        self._starts = np.cumsum([0, *groups])
        self._held: tuple[int, pa.Table] | None = None
        n_records = int(self._starts[-1])
        if n_records == 0:
            raise UnreadableFileError(f"{path} holds no rows: leave it out")
        first = self._record(0)
        self.shape = (n_records, *first.shape)
        self.dtype = first.dtype

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    def __getitem__(self, index: tuple[Any, ...]) -> NDArray[Any]:
        if not isinstance(index[0], int):
            raise SpecificationError(
                f"{self._path} holds one record per row: declare axes that begin with it, for example "
                'axes = "record,lead,sample"'
            )
        return self._record(index[0])

    def _record(self, row: int) -> NDArray[Any]:
        group = int(np.searchsorted(self._starts, row, side="right")) - 1
        if self._held is None or self._held[0] != group:
            self._held = group, self._file.read_row_group(group, columns=self._names, use_threads=False)
        table = self._held[1]
        cells = [table.column(name)[row - int(self._starts[group])].values for name in self._names]
        if any(cell is None for cell in cells):
            raise UnreadableFileError(f"{self._path} holds no samples in row {row}: leave it out")
        if self._depth == 2:
            return self._rectangle(cells[0], row)
        leads = [cell.to_numpy(zero_copy_only=False) for cell in cells]
        if len({lead.size for lead in leads}) > 1:
            lengths = ", ".join(f"{name} {lead.size}" for name, lead in zip(self._names, leads, strict=True))
            raise UnreadableFileError(f"{self._path}: the leads of row {row} differ in length: {lengths}")
        return leads[0] if len(leads) == 1 else np.stack(leads)

    def _rectangle(self, cell: pa.Array, row: int) -> NDArray[Any]:
        from pyarrow import compute

        lengths = compute.list_value_length(cell).to_numpy(zero_copy_only=False)
        if len(set(lengths.tolist())) != 1:
            raise UnreadableFileError(f"{self._path}: the lists in row {row} differ in length: make them alike")
        inner: NDArray[Any] = cell.flatten().to_numpy(zero_copy_only=False)
        return inner.reshape(len(cell), -1)


def _chosen(
    schema: pa.Schema, path: str, *, dataset: str | None, columns: Sequence[int], leads: Sequence[str]
) -> list[str]:
    names: list[str] = list(schema.names)
    if len(set(names)) != len(names):
        raise UnreadableFileError(f"{path} has several columns of one name: {', '.join(names[:20])}; rename them")
    if dataset is not None:
        if dataset not in names:
            raise SpecificationError(f"{path} has no column {dataset!r}, only {', '.join(names[:20])}")
        return [dataset]
    if columns:
        if not all(0 <= place < len(names) for place in columns):
            raise SpecificationError(f"{path} has columns 0 to {len(names) - 1}, declared are {list(columns)}")
        return [names[place] for place in columns]
    if leads and set(leads) <= set(names):
        return list(leads)
    for wanted in ({0}, {1, 2}):  # numbers first: a label beside lists is a number, too, but one column, not several
        fitting = [name for name in names if _depth_or_none(schema.field(name).type) in wanted]
        if len(fitting) == len(leads) or (fitting and wanted != {0} and len(fitting) == 1):
            return fitting
    raise SpecificationError(
        f"{path} has columns {', '.join(names[:20])}, none of them named like the leads {', '.join(leads)}; "
        'declare which hold samples: columns = [0, 1, ...], or dataset = "..." for one column of lists'
    )


def _depth(kind: pa.DataType) -> int:
    depth = _depth_or_none(kind)
    if depth is None:
        raise UnreadableFileError(f"a column declared as samples holds {kind}, not numbers: export numbers")
    return depth


def _depth_or_none(kind: pa.DataType) -> int | None:
    """Return how many lists are around the numbers, None when there are no numbers."""
    from pyarrow import types

    depth = 0
    while types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind):
        kind = kind.value_type
        depth += 1
    return depth if types.is_integer(kind) or types.is_floating(kind) else None


def _refuse_bombs(file: parquet.ParquetFile, path: str, names: Sequence[str]) -> None:
    """Refuse columns that claim far more values than their bytes could hold; each group of rows is unpacked at once."""
    for group in range(file.metadata.num_row_groups):
        chunks = file.metadata.row_group(group)
        columns = [chunks.column(place) for place in range(chunks.num_columns)]
        chosen = [column for column in columns if column.path_in_schema.split(".")[0] in names]
        refuse_bomb(
            f"{path}: row group {group}",
            unpacked=sum(column.num_values for column in chosen) * _BYTES_PER_VALUE,
            packed=sum(column.total_compressed_size for column in chosen),
        )

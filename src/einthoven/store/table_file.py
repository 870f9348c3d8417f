"""A table written piece by piece into one Parquet or CSV file, which appears whole or not at all."""

from __future__ import annotations

import json
import os
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from einthoven.errors import SpecificationError, StoreFullError
from einthoven.store.durable import durable_file

__all__ = ["TableFile", "check_table_path"]

SUFFIXES = (".parquet", ".csv")
MOST_PIECES = 16  # that wait uncombined: hundreds of columns of a few rows each cost more than what they hold
GROUP_ROWS = (
    8192  # of a row group: a hundred thousand values of 400 columns a time, and few groups in tables of millions
)


def check_table_path(path: Path) -> None:
    """Refuse a file that ``TableFile`` could not write, before any work is done.

    Raises
    ------
    SpecificationError
        For another ending than ``.parquet`` or ``.csv``, a folder, or a parent that is none.
    """
    if path.suffix not in SUFFIXES:
        raise SpecificationError(f"a table is written as {' or '.join(SUFFIXES)}, got {path.name!r}")
    if path.is_dir():
        raise SpecificationError(f"a table is written into a file, but {path} is a folder")


class TableFile:
    """Writes tables of one schema, one after the other; a context manager, at whose end the file appears.

    Nothing stays behind when the block fails. The bytes depend on the rows alone, not on the pieces they come in. In
    CSV maps and lists become JSON.

    Parameters
    ----------
    path : Path
        Ends in ``.parquet`` or ``.csv``; its folder is made where it is missing.
    schema : pa.Schema
    """

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        check_table_path(path)
        self._path = path
        self._schema = schema
        self._stack = ExitStack()
        self._waiting: list[pa.Table] = []
        self._writer: Any = None

    def __enter__(self) -> Self:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = self._stack.enter_context(durable_file(self._path, temporary_tag=f".{os.getpid()}"))
        if self._path.suffix == ".csv":
            self._writer = self._stack.enter_context(pa_csv.CSVWriter(file, _flat_schema(self._schema)))
        else:
            self._writer = self._stack.enter_context(pq.ParquetWriter(file, self._schema, compression="zstd"))
        return self

    def write(self, table: pa.Table) -> None:
        """Add rows; they wait in memory until they fill a row group."""
        self._waiting.append(table)
        if len(self._waiting) > MOST_PIECES:
            self._waiting = [pa.concat_tables(self._waiting).combine_chunks()]
        while sum(part.num_rows for part in self._waiting) >= GROUP_ROWS:
            rows = pa.concat_tables(self._waiting)
            self._write_group(rows.slice(0, GROUP_ROWS))
            self._waiting = [rows.slice(GROUP_ROWS)]

    def _write_group(self, rows: pa.Table) -> None:
        whole = rows.combine_chunks()
        self._writer.write_table(_flat(whole) if self._path.suffix == ".csv" else whole)

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is None and sum(part.num_rows for part in self._waiting):
            try:
                self._write_group(pa.concat_tables(self._waiting))
            except BaseException as error:
                self._close(type(error), error, error.__traceback__)
                raise
        self._close(kind, value, traceback)

    def _close(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            self._stack.__exit__(kind, value, traceback)
        except StoreFullError as error:
            raise StoreFullError(
                f"no space left while {self._path} was written, nothing of it is kept: free some space, or name a "
                "place on another disk"
            ) from error


def _flat_schema(schema: pa.Schema) -> pa.Schema:
    return pa.schema([(field.name, pa.string() if pa.types.is_nested(field.type) else field.type) for field in schema])


def _flat(table: pa.Table) -> pa.Table:
    columns = [
        [json.dumps(_plain(value)) if value else None for value in column.to_pylist()]
        if pa.types.is_nested(column.type)
        else column
        for column in table.columns
    ]
    return pa.table(columns, schema=_flat_schema(table.schema))


def _plain(value: Any) -> Any:
    """Return a map, which pyarrow gives as pairs, as a dictionary."""
    return dict(value) if isinstance(value, list) and value and isinstance(value[0], tuple) else value

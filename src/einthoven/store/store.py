"""Read a finished store: its tables, and its signals by random access (``preadv`` straight into the batch)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from einthoven.ecg.input_spec import IngestSpec
from einthoven.errors import StoreError
from einthoven.progress import ProgressCallback, no_progress
from einthoven.store.description import StoreDescription
from einthoven.store.layout import StoreLayout
from einthoven.store.manifest import MANIFEST_SCHEMA, REJECTED_SCHEMA, read_table
from einthoven.store.measurement_table import MEASUREMENTS_SCHEMA
from einthoven.store.positioned import OpenFiles, read_blocks
from einthoven.store.shard import BYTES_PER_VALUE, HEADER_BYTES
from einthoven.store.shard_places import ShardPlaces
from einthoven.store.verify import shard_problems

__all__ = ["Store"]


class Store:
    """Signals and manifest of a finished store, read only; rows are numbered as in ``manifest``.

    Files are opened when first needed and closed by ``close`` or at the end of a ``with`` block. Sent to another
    process, it opens the same folder there. Threads read one after the other.
    """

    def __init__(self, layout: StoreLayout, description: StoreDescription) -> None:
        self._layout = layout
        self._description = description
        self._files = OpenFiles(layout.shard)
        self._reading = Lock()  # else one thread could close the file that another one reads from

    @classmethod
    def open(cls, folder: Path | str) -> Store:
        """Open the store in ``folder``.

        Raises
        ------
        StoreError
            When it is no store, made by a newer einthoven, or not finished.
        """
        layout = StoreLayout(Path(folder))
        description = StoreDescription.read(layout.description)
        lost = [number for number in range(description.shards) if not layout.committed(number)]
        if lost or not layout.rejected.exists():
            raise StoreError(
                f"the store {layout.folder} is not finished ({description.shards - len(lost)} of {description.shards} "
                "shards): run the ingest that began it again, it goes on from there"
            )
        return cls(layout, description)

    @property
    def folder(self) -> Path:
        """Where the store lies."""
        return self._layout.folder

    @property
    def spec(self) -> IngestSpec:
        """What was done to every record."""
        return self._description.spec

    @property
    def ingest_hash(self) -> str:
        """Name of the spec; a checkpoint with another one does not fit."""
        return self.spec.ingest_hash

    @property
    def leads(self) -> tuple[str, ...]:
        """Names of the rows of each block."""
        return self.spec.leads

    def __len__(self) -> int:
        return len(self.places.shard)

    @cached_property
    def manifest(self) -> pa.Table:
        """One row per record, all columns, parts in order."""
        return self._columns(None)

    @cached_property
    def measurements(self) -> pa.Table:
        """Numbers from the waves, row for row those of ``manifest``; columns as in ``measurement_table``.

        Raises
        ------
        StoreError
            When the store was made without them, or a part is missing or damaged.
        """
        if not self._description.measurements:
            raise StoreError(
                f"the store {self.folder} was made without measurements: ingest with --measure (or measure_waves=True) "
                "into a new folder, or measure the files with `einthoven measure`"
            )
        paths = [self._layout.measurements_part(number) for number in range(self._description.shards)]
        return read_table(paths, schema=MEASUREMENTS_SCHEMA)

    @cached_property
    def rejected(self) -> pa.Table:
        """Files that could not be used, and why."""
        return read_table([self._layout.rejected], schema=REJECTED_SCHEMA)

    @cached_property
    def places(self) -> ShardPlaces:
        """Where the rows lie in the shards."""
        table = self._columns(("shard", "start", "length"))
        shard, start, length = (table[name].to_numpy().astype(np.int64) for name in table.column_names)
        return ShardPlaces(shard, HEADER_BYTES + BYTES_PER_VALUE * start, length)

    @cached_property
    def lengths(self) -> NDArray[np.int64]:
        """int64 (row,): samples per lead."""
        return self.places.length

    def rows(self, record_ids: Sequence[str] | pa.Array | pa.ChunkedArray) -> NDArray[np.int64]:
        """Return the row of each record id, int64 (record,).

        Raises
        ------
        StoreError
            When an id is not in the store.
        """
        wanted = record_ids if isinstance(record_ids, pa.Array | pa.ChunkedArray) else pa.array(record_ids, pa.string())
        found = pc.index_in(wanted, value_set=self._record_ids)
        if found.null_count:
            first = wanted.filter(pc.is_null(found))[0]
            raise StoreError(
                f"the store {self.folder} has no record {first.as_py()!r} ({found.null_count} of {len(wanted)} asked "
                "for are missing): see rejected.parquet there, or ingest the files that hold them"
            )
        found_rows: NDArray[np.int64] = found.to_numpy().astype(np.int64)
        return found_rows

    def read(self, rows: NDArray[np.int64], *, out: NDArray[np.int16] | None = None) -> NDArray[np.int16]:
        """Return int16 (row, lead, sample) blocks of records of one length, in the order asked for.

        Parameters
        ----------
        rows : int64 (row,)
        out : int16 (row, lead, sample), C-contiguous, optional
            Filled and returned; a new array by default.

        Raises
        ------
        StoreError
            When the records differ in length (see ``read_each``), or a shard ends too early.
        """
        places, n_leads = self.places, len(self.leads)
        rows = np.asarray(rows, dtype=np.int64)
        lengths = places.length[rows]
        length = int(lengths[0]) if len(rows) else 0
        if (lengths != length).any():
            raise StoreError(
                f"records of one batch must have one length, got {lengths.min()} to {lengths.max()} samples: "
                "use read_each"
            )
        shape = (len(rows), n_leads, length)
        if out is None:
            out = np.empty(shape, dtype=np.int16)
        elif out.shape != shape or out.dtype != np.int16 or not out.flags.c_contiguous:
            raise StoreError(f"out must be C-contiguous int16 {shape}, got {out.dtype} {out.shape}")
        if out.size:
            self._fill(out.reshape(-1).view(np.uint8).data, rows)
        return out

    def read_each(self, rows: NDArray[np.int64]) -> list[NDArray[np.int16]]:
        """Return one int16 (lead, sample) block per row, of any length, in the order asked for."""
        rows = np.asarray(rows, dtype=np.int64)
        blocks = [np.empty((0, 0), dtype=np.int16)] * len(rows)
        for i in np.argsort(rows, kind="stable").tolist():
            blocks[i] = self.read(rows[i : i + 1])[0]
        return blocks

    def scales(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return float32 (row, lead): mV (or 1) per step; 0 where a lead is absent."""
        chosen: NDArray[np.float32] = self._scale[rows]
        return chosen

    def signal(self, row: int) -> NDArray[np.float32]:
        """Return one float32 (lead, sample) signal in the unit of the spec; absent leads are 0."""
        signal: NDArray[np.float32] = self.read(np.array([row]))[0] * self._scale[row][:, np.newaxis]
        return signal

    def verify(self, progress: ProgressCallback | None = None) -> list[str]:
        """Compare every record with the manifest; return the problems found, a sentence each."""
        report = progress or no_progress
        problems: list[str] = []
        for number in range(self._description.shards):
            problems += shard_problems(
                self._layout, number, spec=self.spec, measurements=self._description.measurements
            )
            report(number + 1, self._description.shards)
        return problems

    def shard_path(self, number: int) -> Path:
        """Return the file of a shard."""
        return self._layout.shard(number)

    def close(self) -> None:
        """Close the open files; reading opens them again."""
        with self._reading:
            self._files.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __reduce__(self) -> tuple[Callable[[Path], Store], tuple[Path]]:
        return Store.open, (self.folder,)

    def _fill(self, buffer: memoryview, rows: NDArray[np.int64]) -> None:
        places = self.places
        order = np.argsort(rows).tolist()  # of the disk
        shards, offsets = places.shard[rows].tolist(), places.offset[rows].tolist()
        with self._reading:
            short = read_blocks(self._files, shards, offsets, order=order, into=buffer)
        if short:
            missing = len(buffer) // len(rows) - short.n_bytes
            raise StoreError(
                f"{self._layout.shard(short.number)} ends {missing} bytes too early: check the store, "
                "and make it again from the original files"
            )

    @cached_property
    def _record_ids(self) -> pa.Array:
        return self._columns(("record_id",))["record_id"].combine_chunks()

    @cached_property
    def _scale(self) -> NDArray[np.float32]:
        values: Any = self._columns(("scale",))["scale"].combine_chunks().flatten().to_numpy()
        return np.asarray(values, dtype=np.float32).reshape(-1, len(self.leads))

    def _columns(self, names: Sequence[str] | None) -> pa.Table:
        paths = [self._layout.part(number) for number in range(self._description.shards)]
        return read_table(paths, schema=MANIFEST_SCHEMA, columns=names)

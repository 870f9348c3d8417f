"""Ingest: a list of ECG files becomes a store, resumable at any moment, the same bytes for any number of workers."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from einthoven.ecg.formats import RecordLocation
from einthoven.ecg.input_spec import IngestSpec
from einthoven.errors import StoreError
from einthoven.progress import ProgressCallback, no_progress
from einthoven.store.cancellation import StopRequest
from einthoven.store.description import StoreDescription, locations_hash
from einthoven.store.durable import sync_folder
from einthoven.store.layout import TEMPORARY_SUFFIX, StoreLayout
from einthoven.store.locking import StoreLock
from einthoven.store.manifest import REJECTED_SCHEMA, read_table, table_rows, write_table
from einthoven.store.workers import write_shards
from einthoven.store.write_shard import ShardTask

__all__ = ["IngestSummary", "ingest"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class IngestSummary:
    """What a store holds after ingest.

    Attributes
    ----------
    folder : Path
    ingest_hash : str
    records, rejected : int
        Records stored, and locations that could not be used (``rejected.parquet`` says why).
    shards, shards_written : int
        In the store, and by this call: fewer where an earlier call had begun.
    """

    folder: Path
    ingest_hash: str
    records: int
    rejected: int
    shards: int
    shards_written: int


def ingest(
    locations: Sequence[RecordLocation],
    store: Path,
    *,
    spec: IngestSpec,
    workers: int = 1,
    shard_records: int = 1000,
    measure_quality: bool = True,
    measure_waves: bool = False,
    progress: ProgressCallback | None = None,
) -> IngestSummary:
    """Read, prepare and store ECGs; return what the store then holds.

    Called again with the same list and spec after a kill, a crash or a full disk, it goes on after the shards that were
    finished and ends with the same bytes. A finished store is left as it is. Shard ``k`` holds the ``k``-th slice of
    the list whatever the number of workers. A file that can't be used becomes a row of ``rejected.parquet``.

    Parameters
    ----------
    locations : sequence of RecordLocation
        Record ids must be distinct.
    store : Path
        A new or empty folder, or one that was begun with the same arguments.
    spec : IngestSpec
    workers : int
        Processes; 1 works in this one. Each holds one record at a time and the manifest rows of one shard.
    shard_records : int
        Locations per shard.
    measure_quality : bool
    measure_waves : bool
        Write a table of measurements beside the signals, row for row that of the manifest (``Store.measurements``).
    progress : callable, optional
        Told locations done and in all, after each shard.

    Raises
    ------
    StoreError
        When the folder holds something else, another store, or is being written by another process.
    StoreFullError
        When the disk is full; finished shards stay valid.
    CancelledError
        After SIGINT or SIGTERM, once the shards under way are finished.
    """
    _refuse_unusable(locations, workers=workers, shard_records=shard_records)
    layout = StoreLayout(Path(store).absolute())
    description = StoreDescription(
        spec, len(locations), shard_records, locations_hash(locations), measure_quality, measure_waves
    )
    _refuse_foreign_folder(layout)
    layout.folder.mkdir(parents=True, exist_ok=True)
    with StopRequest() as stop, StoreLock(layout.lock) as lock:
        _begin(layout, description)
        pending = [number for number in range(description.shards) if not layout.committed(number)]
        done = _locations_in(description, without=pending)
        report = progress or no_progress
        report(done, description.records)
        tasks = _tasks(layout, description, locations=locations, numbers=pending)
        written = 0
        for result in write_shards(tasks, workers=workers, lock=lock, stop=stop):
            written, done = written + 1, done + result.records + result.rejected
            report(done, description.records)
        if written < len(pending):
            raise stop.error(
                f"{description.shards - len(pending) + written} of {description.shards} shards are "
                f"finished in {layout.folder}; run the same command again to go on"
            )
        _finish(layout, description.shards)
        if stop:
            raise stop.error(f"the store {layout.folder} is complete")
    return _summary(layout, description, written=written)


def _refuse_unusable(locations: Sequence[RecordLocation], *, workers: int, shard_records: int) -> None:
    if not locations:
        raise StoreError("there is nothing to ingest: the list of locations is empty")
    if workers < 1 or shard_records < 1:
        raise StoreError(f"workers and shard_records must be at least 1, got {workers} and {shard_records}")
    seen: set[str] = set()
    for location in locations:
        if location.record_id in seen:
            raise StoreError(
                f"record ids must be distinct, got {location.record_id!r} twice, the second time for {location.path}: "
                "ingest folders with the same names one by one, or give each record its own id"
            )
        seen.add(location.record_id)


def _refuse_foreign_folder(layout: StoreLayout) -> None:
    if layout.description.exists() or not layout.folder.exists():
        return
    if not layout.folder.is_dir():
        raise StoreError(f"{layout.folder} is a file: name a folder for the store")
    ours = {layout.lock.name, layout.description.name + TEMPORARY_SUFFIX}
    foreign = sorted({path.name for path in layout.folder.iterdir()} - ours)
    if foreign:
        raise StoreError(
            f"{layout.folder} is not a store and not empty ({foreign[0]}): name a new folder for the store"
        )


def _begin(layout: StoreLayout, description: StoreDescription) -> None:
    """Make the folders and ``store.json``, or check that they fit and clear what an interrupted run left."""
    if layout.description.exists():
        _refuse_other_store(layout, description)
    else:
        description.write(layout.description)
    if layout.rejected.exists():
        _refuse_lost_parts(layout, description)
        _remove_rejected_parts(layout)
        return
    for folder in (*layout.folders, *((layout.measurements,) if description.measurements else ())):
        folder.mkdir(exist_ok=True)
    sync_folder(layout.folder)
    _remove_uncommitted(layout)


def _refuse_other_store(layout: StoreLayout, description: StoreDescription) -> None:
    found = StoreDescription.read(layout.description)
    if found == description:
        return
    if found.spec.ingest_hash != description.spec.ingest_hash:
        reason = "was made with another ingest spec (leads, unit, rate, filter)"
    elif found.locations_hash != description.locations_hash:
        reason = "was made for another list of files"
    else:
        reason = f"was made with {_options(found)}, not {_options(description)}"
    raise StoreError(f"the store {layout.folder} {reason}: name another folder, or remove this one first")


def _options(description: StoreDescription) -> str:
    return (
        f"shard_records = {description.shard_records}, measure_quality = {description.quality} and measure_waves = "
        f"{description.measurements}"
    )


def _refuse_lost_parts(layout: StoreLayout, description: StoreDescription) -> None:
    parts = [layout.part(number) for number in range(description.shards)]
    if description.measurements:
        parts += [layout.measurements_part(number) for number in range(description.shards)]
    lost = [path for path in parts if not path.exists()]
    if lost:
        raise StoreError(
            f"the store {layout.folder} was finished, but {lost[0].name} is gone from its {lost[0].parent.name} "
            f"({len(lost)} missing): remove the store and ingest again"
        )


def _remove_uncommitted(layout: StoreLayout) -> None:
    for path in layout.folder.glob(f"*{TEMPORARY_SUFFIX}"):
        path.unlink()
    for folder in (*layout.folders, layout.measurements):
        for path in folder.iterdir() if folder.exists() else ():
            number = path.name.partition(".")[0]
            if path.name.endswith(TEMPORARY_SUFFIX) or not layout.committed(int(number)):
                _log.info("removing %s, left by an interrupted ingest", path)
                path.unlink()


def _locations_in(description: StoreDescription, *, without: Sequence[int]) -> int:
    last = description.shards - 1
    size, last_size = description.shard_records, description.records - last * description.shard_records
    return description.records - sum(last_size if number == last else size for number in without)


def _tasks(
    layout: StoreLayout, description: StoreDescription, *, locations: Sequence[RecordLocation], numbers: Sequence[int]
) -> Iterator[ShardTask]:
    size = description.shard_records
    for number in numbers:
        yield ShardTask(
            layout,
            number,
            locations=tuple(locations[number * size : (number + 1) * size]),
            spec=description.spec,
            measure_quality=description.quality,
            measure_waves=description.measurements,
        )


def _finish(layout: StoreLayout, shards: int) -> None:
    """Merge the rejected files; the merged table marks the store as finished."""
    if layout.rejected.exists():
        return
    parts = [path for number in range(shards) if (path := layout.rejected_part(number)).exists()]
    write_table(layout.rejected, read_table(parts, schema=REJECTED_SCHEMA), schema=REJECTED_SCHEMA)
    _remove_rejected_parts(layout)


def _remove_rejected_parts(layout: StoreLayout) -> None:
    *_, folder = layout.folders
    if folder.exists():
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()


def _summary(layout: StoreLayout, description: StoreDescription, *, written: int) -> IngestSummary:
    return IngestSummary(
        folder=layout.folder,
        ingest_hash=description.spec.ingest_hash,
        records=sum(table_rows(layout.part(number)) for number in range(description.shards)),
        rejected=table_rows(layout.rejected),
        shards=description.shards,
        shards_written=written,
    )

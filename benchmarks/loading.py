"""Random batches of 64 records in host memory: Store.read against plain preadv, numpy.memmap and HDF5."""

from __future__ import annotations

import argparse
import dataclasses
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import h5py
import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.formats import RecordLocation, locate
from einthoven.ecg.input_spec import IngestSpec
from einthoven.store.ingest import ingest
from einthoven.store.store import Store
from measuring import interleaved, machine, pin_to_one_core, real_data, table

BATCH = 64
COLD_BATCHES = 10
PLAIN = "plain preadv loop"
COLD = (PLAIN, "einthoven Store.read", "numpy.memmap opened anew, fancy index", "HDF5, row by row")
Reader = Callable[[NDArray[np.int64]], object]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--copies", type=int, default=11, help="of each real record, under new names")
    arguments = parser.parse_args()
    print(machine(), measure(repetitions=arguments.repetitions, copies=arguments.copies), sep="\n\n")


def measure(*, repetitions: int, copies: int) -> str:
    """Return a Markdown table of records per second and shares of plain preadv."""
    pin_to_one_core()
    with tempfile.TemporaryDirectory() as folder, make_store(Path(folder), copies=copies) as store:
        blocks = store.read(np.arange(len(store)))
        readers = make_readers(store, blocks, Path(folder))
        generator = np.random.default_rng(0)
        rows = [generator.integers(0, len(store), BATCH) for _ in range(60)]
        warm = interleaved(
            {name: partial(read_all, reader, rows) for name, reader in readers.items()}, repetitions=repetitions
        )
        cold = measure_cold(readers, rows[:COLD_BATCHES], Path(folder), repetitions=repetitions)
        head = f"{len(store):,} records of {blocks.shape[1]} x {blocks.shape[2]} int16, one core."
    header = ("batches of 64", "page cache warm: records per s", "of plain preadv", "page cache cold: records per s")
    lines = [
        (
            name,
            f"{BATCH * len(rows) / warm[name]:,.0f}",
            f"{100 * warm[PLAIN] / warm[name]:.0f} %",
            f"{BATCH * COLD_BATCHES / cold[name]:,.0f}" if name in cold else "",
        )
        for name in readers
    ]
    return head + "\n\n" + table(header, lines)


def measure_cold(
    readers: dict[str, Reader], batches: list[NDArray[np.int64]], folder: Path, *, repetitions: int
) -> dict[str, float]:
    """Return median seconds with the files put out of the page cache before each run."""
    os.sync()
    seconds: dict[str, list[float]] = {name: [] for name in COLD}
    for _ in range(repetitions):
        for name, values in seconds.items():
            for path in folder.rglob("*.*"):
                put_out_of_cache(path)
            started = time.perf_counter()
            read_all(readers[name], batches)
            values.append(time.perf_counter() - started)
    return {name: statistics.median(values) for name, values in seconds.items()}


def put_out_of_cache(path: Path) -> None:
    """Drop a file's clean pages (Linux); those that are mapped stay."""
    descriptor = os.open(path, os.O_RDONLY)
    os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(descriptor)


def make_store(folder: Path, *, copies: int) -> Store:
    """Ingest each real record several times under new names."""
    locations = repeated(locate(real_data() / "ptb_xl" / "records500"), copies=copies)
    ingest(locations, folder / "store", spec=IngestSpec(), measure_quality=False)
    return Store.open(folder / "store")


def repeated(locations: list[RecordLocation], *, copies: int) -> list[RecordLocation]:
    """Return each location several times, under new names."""
    return [
        dataclasses.replace(location, record_id=f"{location.record_id}-{copy}")
        for copy in range(copies)
        for location in locations
    ]


def make_readers(store: Store, blocks: NDArray[np.int16], folder: Path) -> dict[str, Reader]:
    """Write the same records as one flat file, .npy and HDF5; return what reads a batch of rows from each."""
    blocks.tofile(folder / "blocks.flat")
    np.save(folder / "blocks.npy", blocks)
    with h5py.File(folder / "blocks.h5", "w") as file:
        file["signal"] = blocks
    # a mapping keeps its pages in the page cache, so a file of its own
    np.save(folder / "mapped.npy", blocks)
    mapped = np.load(folder / "mapped.npy", mmap_mode="r")
    hdf5 = h5py.File(folder / "blocks.h5", "r")["signal"]
    descriptor = os.open(folder / "blocks.flat", os.O_RDONLY)
    out = np.empty((BATCH, *blocks.shape[1:]), dtype=np.int16)
    return {
        PLAIN: partial(read_plainly, descriptor, shape=blocks.shape[1:]),
        "einthoven Store.read": store.read,
        "plain preadv loop, same buffer": partial(read_plainly, descriptor, shape=blocks.shape[1:], out=out),
        "einthoven Store.read, same buffer": partial(store.read, out=out),
        "numpy.memmap, fancy index": lambda rows: mapped[rows],
        "numpy.memmap opened anew, fancy index": lambda rows: np.load(folder / "blocks.npy", mmap_mode="r")[rows],
        "HDF5, row by row": lambda rows: np.stack([hdf5[row] for row in rows]),
        "HDF5, fancy index": lambda rows: hdf5[np.unique(rows)],
    }


def read_plainly(
    descriptor: int, rows: NDArray[np.int64], *, shape: tuple[int, ...], out: NDArray[np.int16] | None = None
) -> NDArray[np.int16]:
    """Read fixed-size records from one flat file with nothing around it."""
    if out is None:
        out = np.empty((len(rows), *shape), dtype=np.int16)
    size = out[0].nbytes
    buffer = memoryview(out.reshape(-1)).cast("B")
    for i, row in enumerate(rows.tolist()):
        os.preadv(descriptor, [buffer[i * size : (i + 1) * size]], row * size)
    return out


def read_all(reader: Reader, batches: list[NDArray[np.int64]]) -> None:
    """Read every batch; keep none."""
    for rows in batches:
        reader(rows)


if __name__ == "__main__":
    main()

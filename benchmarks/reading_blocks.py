"""Pretraining batches from a cold disk: shuffled blocks, a random order and the disk alone; the quality of the shuffle.

The page cache of this machine is emptied for the files before each run; what lies below a virtual disk may remember.
"""

from __future__ import annotations

import argparse
import itertools
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from einthoven.ecg.input_spec import IngestSpec, ViewSpec
from einthoven.store.block_order import BlockSizes, block_order, random_order
from einthoven.store.description import StoreDescription
from einthoven.store.durable import durable_file
from einthoven.store.layout import StoreLayout
from einthoven.store.manifest import MANIFEST_SCHEMA, REJECTED_SCHEMA, write_table
from einthoven.store.pretraining_batches import Order, PretrainingBatches
from einthoven.store.pretraining_data import PretrainingData
from einthoven.store.shard import ShardWriter
from einthoven.store.store import Store
from measuring import machine, table

BATCH = 256
SAMPLES = 2500
SHARD_RECORDS = 4096
RANDOM_BATCHES = 16
BLOCK_BYTES, BUFFER_BYTES = 1 << 20, 1 << 29  # the defaults


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gigabytes", type=float, default=4.0)
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()), help="on the disk to be measured")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        print(machine(), _disk(Path(folder)), sep="\n\n", flush=True)
        with make_store(Path(folder) / "store", gigabytes=arguments.gigabytes) as store:
            print(measure(store, repetitions=arguments.repetitions), flush=True)
            print("\n" + quality(len(store)), flush=True)
    print("\n" + quality(10_000_000), flush=True)


def measure(store: Store, *, repetitions: int) -> str:
    """Return a Markdown table of ECGs per second from a cold page cache: of whole epochs, or some batches at random.

    The first epoch of each order, which asks the system for its buffers, is not counted.
    """
    rows = np.arange(len(store))
    contestants: dict[str, Callable[[], int]] = {
        "disk alone: 8 MB after 8 MB": partial(read_in_sequence, store, threads=1),
        "disk alone: 8 MB after 8 MB, 4 threads": partial(read_in_sequence, store, threads=4),
        "order = random": partial(read_batches, make_batches(store, rows, order="random"), most=RANDOM_BATCHES),
        "order = blocks": partial(read_batches, make_batches(store, rows, order="blocks")),
        "order = blocks, every second ECG": partial(read_batches, make_batches(store, rows[::2], order="blocks")),
        "order = blocks, a random tenth": partial(read_batches, make_batches(store, _tenth(rows), order="blocks")),
    }
    speeds: dict[str, list[float]] = {name: [] for name in contestants}
    processor: dict[str, list[float]] = {name: [] for name in contestants}
    for repetition in range(repetitions + 1):
        for name, read in contestants.items():
            put_out_of_cache(store)
            started, worked = time.perf_counter(), time.process_time()
            records = read()
            if repetition:
                speeds[name].append(records / (time.perf_counter() - started))
                processor[name].append(1e6 * (time.process_time() - worked) / records)
    head = f"{len(store):,} ECGs of {len(store.leads)} x {SAMPLES} int16, batches of {BATCH}, page cache emptied."
    return f"{head}\n\n{_speeds(speeds, processor, ecg_bytes=len(store.leads) * SAMPLES * 2)}"


def _speeds(speeds: dict[str, list[float]], processor: dict[str, list[float]], *, ecg_bytes: int) -> str:
    best = max(statistics.median(values) for name, values in speeds.items() if name.startswith("disk alone"))
    lines: list[tuple[str, ...]] = [
        (
            name,
            f"{(speed := statistics.median(values)):,.0f}",
            f"{min(values):,.0f} to {max(values):,.0f}",
            f"{speed * ecg_bytes / 1e6:,.0f}",
            f"{100 * speed / best:.0f} %",
            f"{statistics.median(processor[name]):.0f}",
        )
        for name, values in speeds.items()
    ]
    header = ("reading", "ECGs/s (median)", "range", "MB/s", "of the disk alone", "processor time per ECG, us")
    return table(header, lines)


def quality(samples: int) -> str:
    """Return a Markdown table of how well an order mixes, beside a true permutation."""
    sizes = BlockSizes.of_bytes(12 * SAMPLES * 2, block_bytes=BLOCK_BYTES, buffer_bytes=BUFFER_BYTES)
    orders = {
        "random": random_order(samples, batch_size=BATCH, seed=1, epoch=0),
        "blocks": block_order(samples, sizes=sizes, batch_size=BATCH, seed=1, epoch=0),
    }
    lines = [(name, *_mixing(order, samples)) for name, order in orders.items()]
    header = (
        f"{samples:,} ECGs, blocks of {sizes.block}, buffer of {sizes.buffer:,}",
        "rank correlation, place in store and in epoch",
        "former neighbours: mean distance (of that of a permutation)",
        "in the same batch",
        "largest share of a shard in a batch",
    )
    return table(header, lines)


def _mixing(order: NDArray[np.int64], samples: int) -> tuple[str, ...]:
    flat = order.reshape(-1)
    place = np.full(samples, -1, dtype=np.int64)
    place[flat] = np.arange(len(flat))
    left, right = place[:-1], place[1:]
    both = (left >= 0) & (right >= 0)
    distance = np.abs(left - right)[both]
    together = (left // BATCH == right // BATCH)[both]
    chosen = flat[:: max(len(flat) // 1_000_000, 1)]
    correlation = stats.spearmanr(chosen, place[chosen]).statistic
    some = np.sort(order[:: max(len(order) // 1000, 1)] // SHARD_RECORDS, axis=1)
    shares = [np.unique(batch, return_counts=True)[1].max() / BATCH for batch in some]
    return (
        f"{correlation:+.4f}",
        f"{distance.mean() / (len(flat) / 3):.3f}",
        f"{100 * together.mean():.3f} %",
        f"{100 * np.mean(shares):.1f} %",
    )


def make_batches(store: Store, rows: NDArray[np.int64], *, order: Order) -> PretrainingBatches:
    """Return batches of whole records as a pretraining makes them."""
    return PretrainingBatches(
        store,
        PretrainingData(rows, rows, (), np.zeros((len(rows), 0), np.float32)),
        batch_size=BATCH,
        seed=1,
        view=ViewSpec(window_s=SAMPLES / store.spec.rate_hz),
        order=order,
        block_bytes=BLOCK_BYTES,
        buffer_bytes=BUFFER_BYTES,
        page_cache=False,
    )


def read_batches(batches: PretrainingBatches, *, most: int | None = None) -> int:
    """Make an epoch's batches, or some of another epoch; return how many ECGs they hold."""
    return sum(len(batch["patient"]) for batch in itertools.islice(batches, most))


def read_in_sequence(store: Store, *, threads: int) -> int:
    """Read all shards from beginning to end, as dd does; return how many ECGs they hold."""
    numbers = np.unique(store.places.shard).tolist()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda number: _read_file(store.shard_path(number)), numbers))
    return len(store)


def _read_file(path: Path) -> None:
    buffer = memoryview(bytearray(8 << 20))
    with path.open("rb", buffering=0) as file:
        while file.readinto(buffer):
            pass


def put_out_of_cache(store: Store) -> None:
    """Drop the clean pages of the shards (Linux)."""
    store.close()
    for number in np.unique(store.places.shard).tolist():
        with store.shard_path(number).open("rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def make_store(folder: Path, *, gigabytes: float) -> Store:
    """Write a store of noise, straight into its shards."""
    spec = IngestSpec(rate_hz=250.0)
    layout = StoreLayout(folder)
    for part in (folder, *layout.folders):
        part.mkdir()
    records = round(gigabytes * 1e9 / (len(spec.leads) * SAMPLES * 2))
    StoreDescription(spec, records, SHARD_RECORDS, locations_hash="", quality=False).write(layout.description)
    generator = np.random.default_rng(0)
    noise = generator.integers(-2000, 2000, (64, len(spec.leads), SAMPLES), dtype=np.int16)
    for number, first in enumerate(range(0, records, SHARD_RECORDS)):
        rows = []
        with durable_file(layout.shard(number)) as file, ShardWriter(file) as writer:
            for record in range(first, min(first + SHARD_RECORDS, records)):
                start = writer.append(noise[record % len(noise)] + np.int16(record % 1000))
                rows.append(_row(record, shard=number, start=start, leads=len(spec.leads)))
        write_table(layout.part(number), rows, schema=MANIFEST_SCHEMA)
    write_table(layout.rejected, [], schema=REJECTED_SCHEMA)
    return Store.open(folder)


def _row(record: int, *, shard: int, start: int, leads: int) -> dict[str, object]:
    return {
        "record_id": f"record{record:08d}",
        "patient_id": f"record{record:08d}",
        "source_path": "",
        "shard": shard,
        "start": start,
        "length": SAMPLES,
        "rate_hz": 250.0,
        "leads_present": 4095,
        "scale": [0.001] * leads,
        "unit": "mV",
    }


def _tenth(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.sort(np.random.default_rng(0).choice(rows, len(rows) // 10, replace=False))


def _disk(folder: Path) -> str:
    """Return what the system knows of the disk under a folder (Linux)."""
    if sys.platform != "linux":
        return "disk: unknown"
    device = folder.stat().st_dev
    block = Path(f"/sys/dev/block/{os.major(device)}:{os.minor(device)}").resolve()
    facts = {
        name: (block / path).read_text(encoding="utf-8").strip() if (block / path).exists() else "unknown"
        for name, path in (("model", "device/model"), ("read-ahead in kB", "queue/read_ahead_kb"))
    }
    return f"disk {block.name}: " + ", ".join(f"{name} {value}" for name, value in facts.items())


if __name__ == "__main__":
    main()

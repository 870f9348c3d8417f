"""Batches for pretraining from a store: global batches that don't depend on the processes, resumable at any of them.

An epoch's order comes from ``SeedSequence([seed, epoch])`` (``block_order``); batch ``k`` is its ``k``-th stretch of
``batch_size`` samples, of which each process takes its consecutive share, and what is left over at the end of the order
is left out (another part of the data in each epoch). Crop and random key of a sample come from (seed, epoch, its
record). So nothing depends on how many processes there are, or on where a run was interrupted.
"""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray

from einthoven.ecg.input_spec import ViewSpec
from einthoven.errors import SpecificationError
from einthoven.store.batch import Batch
from einthoven.store.block_order import BlockSizes, block_order, random_order
from einthoven.store.block_reader import records_ahead
from einthoven.store.pairs import PatientPairs, PlacePair, neighbouring_windows
from einthoven.store.physical_memory import physical_memory
from einthoven.store.prefetch import prefetched
from einthoven.store.pretraining_batch import PretrainingBatch, pinned
from einthoven.store.pretraining_data import PretrainingData
from einthoven.store.sample_draws import sample_draws
from einthoven.store.shard import BYTES_PER_VALUE
from einthoven.store.store import Store
from einthoven.store.windows import Blocks, Places, Windows

__all__ = ["PretrainingBatches"]

Pairing = Literal["none", "segment", "patient"]
Order = Literal["auto", "random", "blocks"]

_WINDOW, _PARTNER, _PAIR = range(3)  # streams of random numbers


class PretrainingBatches:
    """Batches of one epoch per iteration, of equal size.

    An epoch holds each record once or, with ``pairing="patient"``, each patient once, with two different ECGs that are
    drawn anew in each epoch: who has hundreds of ECGs counts no more than who has two, and no batch holds a patient
    twice.

    Parameters
    ----------
    store : Store
    data : PretrainingData
    batch_size : int
        Samples per batch over all processes.
    seed : int
    view : ViewSpec
        Leads, window and where it starts.
    pairing : ``none``, ``segment`` or ``patient``
        ``segment``: sample and partner are the two halves of a stretch of twice the window, in either order, sampled
        alike; where the record is shorter than that, two windows drawn each for itself, which overlap.
        ``patient``: a window of another ECG of the same patient.
    time_scale : float in [0, 1)
        A window's samples are spaced by ``1 -+ time_scale``, drawn evenly, as far as the record is long enough.
    rank, world_size : int
        This process and how many there are.
    order : ``auto``, ``random`` or ``blocks``
        ``blocks`` reads stretches of the store in sequence and shuffles among those that a buffer holds
        (``block_order``), for what memory doesn't hold; ``auto`` does so where the records are larger than half of this
        machine's memory. A state that is loaded brings its own order along.
    block_bytes, buffer_bytes : int
        Of a stretch, and of what is shuffled at once over all processes; twice as much is held in memory.
    page_cache : bool, optional
        Whether the system is to keep what blocks are read from; by default where half of the memory holds the records.
    prefetch : int
        Batches that a thread makes ahead; 0 for none.
    pin_memory : bool
        Whether batches lie in memory from which a GPU copies while it computes; asks for a GPU.

    Raises
    ------
    SpecificationError
        Fewer records (or patients) than a batch, or a batch that the processes can't share evenly.
    SignalError
        A record is shorter than the window and ``view.short`` is ``refuse``.
    """

    def __init__(
        self,
        store: Store,
        data: PretrainingData,
        *,
        batch_size: int,
        seed: int,
        view: ViewSpec,
        pairing: Pairing = "none",
        time_scale: float = 0.0,
        rank: int = 0,
        world_size: int = 1,
        order: Order = "auto",
        block_bytes: int = 1 << 20,
        buffer_bytes: int = 1 << 29,
        page_cache: bool | None = None,
        prefetch: int = 2,
        pin_memory: bool = False,
    ) -> None:
        self._store = store
        self._data = data
        self._pairs = PatientPairs(data.patients) if pairing == "patient" else None
        self._units = len(data) if self._pairs is None else len(self._pairs)
        _check(self._units, batch_size, world_size=world_size, pairing=pairing)
        self._batch_size = batch_size
        self._seed = seed
        self._pairing = pairing
        self._windows = Windows(store, view, time_scale=time_scale)
        self._rank, self._world_size = rank, world_size
        self._prefetch, self._pin_memory = prefetch, pin_memory
        self._checksums = _checksums(store.manifest["record_id"].take(data.rows).to_pylist())
        self._patient_checksums = _checksums(data.patient_ids)
        self._lengths = store.lengths[data.rows]
        n_bytes = BYTES_PER_VALUE * len(store.leads) * int(self._lengths.sum())
        memory = physical_memory()
        fits = memory is None or 2 * n_bytes <= memory
        self._page_cache = fits if page_cache is None else page_cache
        self._sizes: BlockSizes | None = None
        self._spare: list[NDArray[np.uint8]] = []
        if order == "blocks" or (order == "auto" and not fits):
            sample_bytes = n_bytes / len(data) * (1 if self._pairs is None else 2)
            self._sizes = BlockSizes.of_bytes(sample_bytes, block_bytes=block_bytes, buffer_bytes=buffer_bytes)
        self._epoch, self._position = 0, 0
        self._windows.check(data.rows)

    def __len__(self) -> int:
        return self._units // self._batch_size

    def __iter__(self) -> Iterator[PretrainingBatch]:
        """Yield the rest of the epoch that was begun, or the next one when none is."""
        if self._position >= len(self):
            self._epoch, self._position = self._epoch + 1, 0
        batches = self._rest_of_epoch()
        for batch in prefetched(batches, depth=self._prefetch) if self._prefetch else batches:
            self._position += 1
            yield batch

    def state_dict(self) -> dict[str, int]:
        """Return the place to go on from: epoch, batches of it that were handed out, and sizes of blocks (0: none)."""
        sizes = self._sizes or BlockSizes(0, 0)
        return {"epoch": self._epoch, "position": self._position, "block": sizes.block, "buffer": sizes.buffer}

    def load_state_dict(self, state: dict[str, int]) -> None:
        """Go on from the place that ``state_dict`` returned, in the order of that time."""
        self._epoch, self._position = state["epoch"], state["position"]
        self._sizes = BlockSizes(state["block"], state["buffer"]) if state["block"] else None

    def record_ids(self, rows: Iterable[int]) -> list[str]:
        """Return the names of rows of the store, as batches give them."""
        names: list[str] = self._store.manifest["record_id"].take(list(rows)).to_pylist()
        return names

    def _order(self) -> NDArray[np.int64]:
        """Return int64 (batch, share): units (records or patients) of this process's share of each batch."""
        facts = {"batch_size": self._batch_size, "seed": self._seed, "epoch": self._epoch}
        if self._sizes is None:
            whole = random_order(self._units, **facts)
        else:
            whole = block_order(self._units, sizes=self._sizes, **facts)
        return whole.reshape(len(self), self._world_size, -1)[:, self._rank]

    def _rest_of_epoch(self) -> Iterator[PretrainingBatch]:
        """Yield the batches from the position on, the records of one after another or of many at once from blocks."""
        order, done = self._order(), self._position
        if self._sizes is None:
            yield from (self._batch(self._records(units), self._blocks) for units in order[done:])
            return
        steps = self._sizes.steps(self._batch_size)
        edges = [done, *range((done // steps + 1) * steps, len(order), steps), len(order)]
        parts = [order[first:last] for first, last in itertools.pairwise(edges)]
        wanted = (self._data.rows[self._records(part.reshape(-1))].reshape(-1) for part in parts)
        ahead = records_ahead(self._store, wanted, page_cache=self._page_cache, spare=self._spare)
        for part, blocks in zip(parts, ahead, strict=True):
            yield from (self._batch(self._records(units), blocks) for units in part)

    def _batch(self, records: NDArray[np.int64], blocks_of: Callable[[NDArray[np.int64]], Blocks]) -> PretrainingBatch:
        """Return the batch of samples' and partners' records, int64 (2, B)."""
        own, partner = records
        if self._pairs is None:
            blocks = partner_blocks = blocks_of(self._data.rows[own])
        else:
            both = blocks_of(self._data.rows[records.reshape(-1)])
            blocks, partner_blocks = both[: len(own)], both[len(own) :]
        draws, partner_draws = self._draws(own, stream=_WINDOW), self._draws(partner, stream=_PARTNER)
        places = self._places(own, partner, draws, partner_draws)
        paired = self._pairing != "none"
        batch = PretrainingBatch(
            window=self._cut(own, blocks, places.own, draws),
            partner=self._cut(partner, partner_blocks, places.partner, partner_draws) if paired else None,
            patient=torch.from_numpy(self._data.patients[own]),
            vector=None if self._data.vector is None else torch.from_numpy(self._data.vector[own]),
        )
        return pinned(batch) if self._pin_memory else batch

    def _records(self, units: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return records of the samples and of their partners, int64 (2, B), as indices into the data."""
        if self._pairs is None:
            return np.stack([units, units])
        checksums = self._patient_checksums[self._pairs.patients[units]]
        return self._pairs.records(units, sample_draws(checksums, seed=self._seed, epoch=self._epoch, stream=_PAIR))

    def _draws(self, records: NDArray[np.int64], *, stream: int) -> NDArray[np.uint32]:
        return sample_draws(self._checksums[records], seed=self._seed, epoch=self._epoch, stream=stream)

    def _places(
        self,
        own: NDArray[np.int64],
        partner: NDArray[np.int64],
        draws: NDArray[np.uint32],
        partner_draws: NDArray[np.uint32],
    ) -> PlacePair:
        lengths, windows = self._lengths, self._windows
        if self._pairing == "segment":
            return neighbouring_windows(windows, lengths[own], draws, partner_draws)
        return PlacePair(
            windows.places(lengths[own], draws[:, :2]), windows.places(lengths[partner], partner_draws[:, :2])
        )

    def _cut(self, records: NDArray[np.int64], blocks: Blocks, places: Places, draws: NDArray[np.uint32]) -> Batch:
        rows, key = self._data.rows[records], draws[:, 3].astype(np.int64)
        return self._windows.cut(rows, blocks, places, key=key, target=self._data.target[records])

    def _blocks(self, rows: NDArray[np.int64]) -> Blocks:
        lengths = self._store.lengths[rows]
        return self._store.read(rows) if (lengths == lengths[0]).all() else self._store.read_each(rows)


def _checksums(names: Iterable[str]) -> NDArray[np.uint32]:
    return np.array([zlib.crc32(name.encode()) for name in names], dtype=np.uint32)


def _check(units: int, batch_size: int, *, world_size: int, pairing: Pairing) -> None:
    what = "patients with two ECGs or more" if pairing == "patient" else "ECGs"
    if not 1 <= batch_size <= units:
        raise SpecificationError(
            f"a batch of {batch_size} can't be made from {units} {what}: set batch_size to {units} or lower, or take "
            "more data"
        )
    if batch_size % world_size:
        raise SpecificationError(
            f"batch_size {batch_size} is the number of windows over all processes and can't be shared evenly by "
            f"{world_size}: take {batch_size // world_size * world_size or world_size} or "
            f"{-(-batch_size // world_size) * world_size}"
        )

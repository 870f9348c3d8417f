"""Training batches from a store: shuffled, cropped, and resumable at any batch.

The order of an epoch comes from ``SeedSequence([seed, epoch])``, the crop and the random key of a record from
``SeedSequence([seed, crc32(record_id), epoch])``; so neither the batch a record falls into nor a restart changes them.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.input_spec import ViewSpec
from einthoven.errors import SpecificationError
from einthoven.store.batch import Batch
from einthoven.store.prefetch import prefetched
from einthoven.store.store import Store
from einthoven.store.windows import Draws, Windows

__all__ = ["Batch", "RecordBatches"]


class RecordBatches:
    """Batches of one epoch per iteration; each record comes once per epoch.

    Batches of an epoch differ in size by at most one record, so none is so small that its statistics are noise. With
    several processes (DDP) all draw the same permutation and each takes its share; the shares are filled up to one
    length with records from the beginning of the permutation.

    Parameters
    ----------
    store : Store
    rows : int64 (record,)
    targets : float32 (record, C)
        NaN for unknown.
    batch_size : int
        At most, per process.
    seed : int
    view : ViewSpec
        Leads, window and where it starts.
    time_scale : float in [0, 1)
        A window's samples are spaced by ``1 -+ time_scale``, drawn evenly, as far as the record is long enough.
    rank, world_size : int
        This process and how many there are.
    prefetch : bool
        Read the next batches in a thread.

    Raises
    ------
    SignalError
        A record is shorter than the window and ``view.short`` is ``refuse``.
    """

    def __init__(
        self,
        store: Store,
        rows: NDArray[np.int64],
        targets: NDArray[np.float32],
        *,
        batch_size: int,
        seed: int,
        view: ViewSpec,
        time_scale: float = 0.0,
        rank: int = 0,
        world_size: int = 1,
        prefetch: bool = True,
    ) -> None:
        if len(rows) != len(targets) or not len(rows) or batch_size < 1 or not 0 <= time_scale < 1:
            raise SpecificationError(
                "batches need as many targets as rows, a batch_size from 1 and a time_scale in [0, 1), got "
                f"{len(rows)} rows, {len(targets)} targets, batch_size {batch_size}, time_scale {time_scale}"
            )
        self._store = store
        self._rows = np.asarray(rows, dtype=np.int64)
        self._targets = np.asarray(targets, dtype=np.float32)
        self._seed = seed
        self._windows = Windows(store, view, time_scale=time_scale)
        self._rank, self._world_size = rank, world_size
        self._prefetch = prefetch
        self._batches = -(-self._share // batch_size)
        record_ids = store.manifest["record_id"].take(self._rows).to_pylist()
        self._checksums = [zlib.crc32(record_id.encode()) for record_id in record_ids]
        self._epoch, self._position = 0, 0
        self._windows.check(self._rows)

    def __len__(self) -> int:
        return self._batches

    def __iter__(self) -> Iterator[Batch]:
        """Yield the rest of the epoch that was begun, or the next one when none is."""
        if self._position >= self._batches:
            self._epoch, self._position = self._epoch + 1, 0
        batches = (self._batch(indices) for indices in self._order()[self._position :])
        for batch in prefetched(batches) if self._prefetch else batches:
            self._position += 1
            yield batch

    def state_dict(self) -> dict[str, int]:
        """Return the place to go on from: epoch, and batches of it that were handed out."""
        return {"epoch": self._epoch, "position": self._position}

    def load_state_dict(self, state: dict[str, int]) -> None:
        """Go on from the place that ``state_dict`` returned."""
        self._epoch, self._position = state["epoch"], state["position"]

    @property
    def _share(self) -> int:
        return -(-len(self._rows) // self._world_size)

    def _order(self) -> list[NDArray[np.int64]]:
        """Return the records of each batch of this epoch and process, as indices into the rows."""
        generator = np.random.default_rng(np.random.SeedSequence([self._seed, self._epoch]))
        permutation = np.resize(generator.permutation(len(self._rows)), self._share * self._world_size)
        return np.array_split(permutation[self._rank :: self._world_size], self._batches)

    def _batch(self, indices: NDArray[np.int64]) -> Batch:
        rows = self._rows[indices]
        lengths = self._store.lengths[rows]
        blocks = self._store.read(rows) if (lengths == lengths[0]).all() else self._store.read_each(rows)
        draws = self._draws(indices)
        places = self._windows.places(lengths, draws.place)
        return self._windows.cut(rows, blocks, places, key=draws.key, target=self._targets[indices])

    def _draws(self, indices: NDArray[np.int64]) -> Draws:
        sequences = [np.random.SeedSequence([self._seed, self._checksums[i], self._epoch]) for i in indices.tolist()]
        states = np.stack([sequence.generate_state(4) for sequence in sequences]).astype(np.uint32)
        return Draws(states[:, :2], states[:, 3].astype(np.int64))

"""Training batches from a store: shuffled, cropped, and resumable at any batch.

The order of an epoch comes from ``SeedSequence([seed, epoch])``, the crop and the random key of a record from
``SeedSequence([seed, crc32(record_id), epoch])``; so neither the batch a record falls into nor a restart changes them.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypedDict

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from einthoven.ecg.input_spec import ViewSpec
from einthoven.ecg.record_level import level_of_record
from einthoven.errors import SignalError, SpecificationError
from einthoven.store.prefetch import prefetched
from einthoven.store.store import Store

__all__ = ["Batch", "RecordBatches"]


class Batch(TypedDict):
    """What one step is made from.

    ``signal`` int16 (B, L, W) steps, ``scale`` float32 (B, L) mV per step, ``target`` float32 (B, C) with NaN for
    unknown, ``row`` int64 (B,) in the store, ``key`` int64 (B,) seeds of the records' augmentation. The window that the
    model sees is sampled at ``start + stretch * [0, 1, 2, ...]`` samples of ``signal``; ``start``, ``stretch`` float32
    (B,); without time scaling W is the window and they are 0 and 1. ``valid`` int64 (B,) is how many samples of the
    window the record fills; zeros follow. ``level`` float32 (B, 2, L) is centre and spread of each full record
    (``ecg.record_level``); zeros where the view doesn't normalise by the record.
    """

    signal: Tensor
    scale: Tensor
    target: Tensor
    row: Tensor
    key: Tensor
    start: Tensor
    stretch: Tensor
    valid: Tensor
    level: Tensor


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a window lies in its record: first sample read, offset of the window in what is read, and its stretch."""

    first: int
    start: float
    stretch: float


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
        self._view = view
        self._time_scale = time_scale
        self._rank, self._world_size = rank, world_size
        self._prefetch = prefetch
        self._rate_hz = store.spec.rate_hz
        self._window = round(view.window_s * self._rate_hz)
        self._leads = [store.leads.index(lead) for lead in view.leads or store.leads]
        self._lengths = store.lengths[self._rows]
        self._batches = -(-self._share // batch_size)
        self._record_ids = store.manifest["record_id"].take(self._rows).to_pylist()
        self._checksums = np.array([zlib.crc32(record_id.encode()) for record_id in self._record_ids], dtype=np.uint32)
        self._epoch, self._position = 0, 0
        self._check_lengths()

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
        width = self._window if not self._time_scale else int((self._window - 1) * (1 + self._time_scale)) + 3
        signal = np.zeros((len(indices), len(self._leads), width), dtype=np.int16)
        start, stretch = np.zeros(len(indices), dtype=np.float32), np.ones(len(indices), dtype=np.float32)
        keys = np.zeros(len(indices), dtype=np.int64)
        scale = self._store.scales(rows)[:, self._leads]
        level = np.zeros((len(indices), 2, len(self._leads)), dtype=np.float32)
        for i, (index, block) in enumerate(zip(indices.tolist(), self._blocks(rows), strict=True)):
            draws = self._draws(index)
            place = self._place(block.shape[1], draws)
            if self._view.normalise.extent == "record":  # else nothing asks for it, and the block need not be copied
                level[i] = level_of_record(block[self._leads], scale[i], self._view)
            part = block[self._leads, place.first : place.first + width]
            signal[i, :, : part.shape[1]] = part
            start[i], stretch[i], keys[i] = place.start, place.stretch, draws[3]
        return Batch(
            signal=torch.from_numpy(signal),
            scale=torch.from_numpy(scale),
            target=torch.from_numpy(self._targets[indices]),
            row=torch.from_numpy(rows),
            key=torch.from_numpy(keys),
            start=torch.from_numpy(start),
            stretch=torch.from_numpy(stretch),
            valid=torch.from_numpy(np.minimum(self._store.lengths[rows], self._window)),
            level=torch.from_numpy(level),
        )

    def _blocks(self, rows: NDArray[np.int64]) -> NDArray[np.int16] | list[NDArray[np.int16]]:
        lengths = self._store.lengths[rows]
        return self._store.read(rows) if (lengths == lengths[0]).all() else self._store.read_each(rows)

    def _draws(self, index: int) -> NDArray[np.uint32]:
        sequence = np.random.SeedSequence([self._seed, int(self._checksums[index]), self._epoch])
        draws: NDArray[np.uint32] = sequence.generate_state(4).astype(np.uint32)
        return draws

    def _place(self, n_samples: int, draws: NDArray[np.uint32]) -> _Place:
        """Draw spacing and start so that the last sample still lies in the record."""
        uniform = draws[:3] / 2.0**32
        if n_samples <= self._window:
            return _Place(first=0, start=0.0, stretch=1.0)
        room, span = n_samples - 1, self._window - 1
        if self._view.crop == "random":
            stretch = min(1 + self._time_scale * (2 * uniform[0] - 1), room / span)
            start = uniform[1] * (room - stretch * span)
            start = start if self._time_scale else float(int(uniform[1] * (room - span + 1)))
        else:
            fitting = [s for s in (round(c * self._rate_hz) for c in self._view.crop) if s + span <= room] or [0]
            start = float(fitting[int(uniform[1] * len(fitting))])
            stretch = min(1 + self._time_scale * (2 * uniform[0] - 1), (room - start) / span)
        return _Place(first=int(start), start=start - int(start), stretch=stretch)

    def _check_lengths(self) -> None:
        short = np.flatnonzero(self._lengths < self._window)
        if short.size and self._view.short == "refuse":
            raise SignalError(
                f"{short.size} records are shorter than the window of {self._view.window_s} s, first "
                f"{self._record_ids[short[0]]} with {self._lengths[short[0]] / self._rate_hz:.2f} s: leave them out of "
                "the cohort, set input.view.window_s lower, or input.view.short = 'pad_zero' or 'pad_centre'"
            )

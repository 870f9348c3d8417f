"""Cut training windows out of stored records: where each lies, what of it is read, and the level of its record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from einthoven.ecg.input_spec import ViewSpec
from einthoven.ecg.record_level import level_of_record
from einthoven.errors import SignalError
from einthoven.store.batch import Batch
from einthoven.store.store import Store

__all__ = ["Blocks", "Draws", "Places", "Windows"]

Blocks = NDArray[np.int16] | Sequence[NDArray[np.int16]]
"""Full records, int16 (stored lead, T) each; one array where they have one length."""


class Draws(NamedTuple):
    """Random numbers of samples: ``place`` uint32 (B, 2) for stretch and start, ``key`` int64 (B,) for augmentation."""

    place: NDArray[np.uint32]
    key: NDArray[np.int64]


class Places(NamedTuple):
    """Where windows lie in their records.

    ``first`` int64 (B,) is the first sample that is read, ``start`` float64 (B,) in [0, 1) where the window begins in
    what is read, and ``stretch`` float64 (B,) the spacing of its samples.
    """

    first: NDArray[np.int64]
    start: NDArray[np.float64]
    stretch: NDArray[np.float64]

    @classmethod
    def of(cls, start: NDArray[np.float64], stretch: NDArray[np.float64]) -> Places:
        """Return the places of windows that begin at ``start``, in samples of their records."""
        first = np.floor(start)
        return cls(first.astype(np.int64), start - first, stretch)

    def later(self, samples: int) -> Places:
        """Return the places ``samples`` of the window's own samples later."""
        return Places.of(self.first + self.start + self.stretch * samples, self.stretch)

    def where(self, condition: NDArray[np.bool_], other: Places) -> Places:
        """Return these places where the condition holds, the other ones elsewhere."""
        return Places(*(np.where(condition, mine, theirs) for mine, theirs in zip(self, other, strict=True)))


class Windows:
    """Windows of one length out of the records of a store.

    Parameters
    ----------
    store : Store
    view : ViewSpec
        Leads, window and where it starts.
    time_scale : float in [0, 1)
        A window's samples are spaced by ``1 -+ time_scale``, drawn evenly, as far as the record is long enough.
    """

    def __init__(self, store: Store, view: ViewSpec, *, time_scale: float) -> None:
        self._store = store
        self._view = view
        self._time_scale = time_scale
        self._rate_hz = store.spec.rate_hz
        leads = [store.leads.index(lead) for lead in view.leads or store.leads]
        self._leads = slice(None) if leads == list(range(len(store.leads))) else leads
        self._n_leads = len(leads)
        self.length = round(view.window_s * self._rate_hz)
        self._width = int((self.length - 1) * (1 + time_scale)) + 3 if time_scale else self.length

    def check(self, rows: NDArray[np.int64]) -> None:
        """Refuse records that are shorter than the window, unless the view fills them up.

        Raises
        ------
        SignalError
        """
        lengths = self._store.lengths[rows]
        short = np.flatnonzero(lengths < self.length)
        if short.size and self._view.short == "refuse":
            record_id = self._store.manifest["record_id"][int(rows[short[0]])]
            raise SignalError(
                f"{short.size} records are shorter than the window of {self._view.window_s} s, first "
                f"{record_id} with {lengths[short[0]] / self._rate_hz:.2f} s: leave them out of "
                "the cohort, set input.view.window_s lower, or input.view.short = 'pad_zero' or 'pad_centre'"
            )

    def places(self, n_samples: NDArray[np.int64], draws: NDArray[np.uint32], *, length: int | None = None) -> Places:
        """Draw spacing and start so that the last sample still lies in the record.

        Parameters
        ----------
        n_samples : int64 (B,)
            Of the records.
        draws : uint32 (B, 2)
        length : int, optional
            Of the windows; by default that of the view.
        """
        length = length or self.length
        uniform = draws / 2.0**32
        room, span = n_samples - 1, length - 1
        wished = 1 + self._time_scale * (2 * uniform[:, 0] - 1)
        if self._view.crop == "random":
            stretch = np.minimum(wished, room / max(span, 1))
            if self._time_scale:
                start = uniform[:, 1] * (room - stretch * span)
            else:
                start = np.floor(uniform[:, 1] * (room - span + 1))
        else:
            start = self._listed_start(room - span, uniform[:, 1])
            stretch = np.minimum(wished, (room - start) / max(span, 1))
        whole = n_samples <= length  # nothing to choose
        start, stretch = np.where(whole, 0.0, start), np.where(whole, 1.0, stretch)
        return Places.of(start, stretch)

    def cut(
        self,
        rows: NDArray[np.int64],
        blocks: Blocks,
        places: Places,
        *,
        key: NDArray[np.int64],
        target: NDArray[np.float32],
    ) -> Batch:
        """Return the windows of records as a batch.

        Parameters
        ----------
        rows : int64 (B,)
        blocks : Blocks
        places : Places
        key : int64 (B,)
        target : float32 (B, C)
        """
        scale = self._store.scales(rows)[:, self._leads]
        return Batch(
            signal=torch.from_numpy(self._signal(blocks, places.first)),
            scale=torch.from_numpy(scale),
            target=torch.from_numpy(target),
            row=torch.from_numpy(rows),
            key=torch.from_numpy(key),
            start=torch.from_numpy(places.start.astype(np.float32)),
            stretch=torch.from_numpy(places.stretch.astype(np.float32)),
            valid=torch.from_numpy(np.minimum(self._store.lengths[rows], self.length)),
            level=torch.from_numpy(self._level(blocks, scale)),
        )

    def _listed_start(self, last: NDArray[np.int64], uniform: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return one of the view's listed starts, in samples, among those up to ``last``; 0 where none is."""
        seconds = self._view.crop if isinstance(self._view.crop, tuple) else ()
        listed = np.array([round(second * self._rate_hz) for second in seconds] or [0], dtype=np.float64)
        fits = listed <= last[:, np.newaxis]
        count = fits.sum(axis=1)
        chosen = (fits.cumsum(axis=1) > (uniform * count).astype(np.int64)[:, np.newaxis]).argmax(axis=1)
        return np.where(count > 0, listed[chosen], 0.0)

    def _signal(self, blocks: Blocks, first: NDArray[np.int64]) -> NDArray[np.int16]:
        """Return int16 (B, L, W), zeros beyond the records; full records of one length are the window themselves."""
        everything = self._leads == slice(None) and not first.any()
        if isinstance(blocks, np.ndarray) and everything and blocks.shape[2] == self._width:
            return blocks
        signal = np.empty((len(blocks), self._n_leads, self._width), dtype=np.int16)
        for i, (begin, block) in enumerate(zip(first.tolist(), blocks, strict=True)):
            part = block[self._leads, begin : begin + self._width]
            signal[i, :, : part.shape[1]] = part
            signal[i, :, part.shape[1] :] = 0
        return signal

    def _level(self, blocks: Blocks, scale: NDArray[np.float32]) -> NDArray[np.float32]:
        level = np.zeros((len(blocks), 2, self._n_leads), dtype=np.float32)
        if self._view.normalise.extent == "record":  # else nothing asks for it
            for i, block in enumerate(blocks):
                level[i] = level_of_record(block[self._leads], scale[i], self._view)
        return level

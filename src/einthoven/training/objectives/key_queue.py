"""Keys of earlier steps, kept as negatives (He et al. 2020, arXiv:1911.05722), and whose they are.

What a step's forwards saw waits until the step is done, and then goes in by ascending key of the samples. So the queue
is the same whatever the size of the micro-batches, the number of processes, or how often a step had to be tried.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

__all__ = ["KeyQueue"]

NOBODY = -1


class KeyQueue(nn.Module):
    """The last ``size`` keys, in a ring.

    Parameters
    ----------
    size : int
    width : int
        Of a key.

    Attributes
    ----------
    rows : float32 (``size``, ``width``)
    patient : int64 (``size``,)
        -1 where nothing was put in yet.
    next : int64 ()
        Where the next row goes.
    """

    rows: Tensor
    patient: Tensor
    next: Tensor

    def __init__(self, size: int, width: int) -> None:
        super().__init__()
        self.size = size
        self.register_buffer("rows", torch.zeros(size, width))
        self.register_buffer("patient", torch.full((size,), NOBODY))
        self.register_buffer("next", torch.zeros((), dtype=torch.int64))
        self._waiting: list[tuple[Tensor, Tensor, Tensor]] = []

    @property
    def filled(self) -> Tensor:
        """Which rows hold a key, bool (``size``,)."""
        return self.patient != NOBODY

    def wait(self, rows: Tensor, *, patient: Tensor, sample: Tensor) -> None:
        """Keep what is to go in when the step is done.

        Parameters
        ----------
        rows : float32 (N, ``width``)
        patient, sample : int64 (N,)
            Whose the rows are, and by what they are ordered; of rows of one number the last one waiting goes in.
        """
        if self.size:
            self._waiting.append((rows.detach().float(), patient, sample))

    @torch.no_grad()
    def push(self) -> None:
        """Put in what waits; the oldest rows make room."""
        if not self._waiting:
            return
        rows, patient, sample = (torch.cat(parts) for parts in zip(*self._waiting, strict=True))
        self._waiting.clear()
        kept = _last_of_each(sample)[-self.size :]
        at = (self.next + torch.arange(len(kept), device=rows.device)) % self.size
        self.rows[at] = rows[kept]
        self.patient[at] = patient[kept]
        self.next.copy_((self.next + len(kept)) % self.size)


def _last_of_each(sample: Tensor) -> Tensor:
    """Return where each number stands last, int64, by ascending number."""
    ordered, at = torch.sort(sample, stable=True)
    last = torch.ones_like(ordered, dtype=torch.bool)
    last[:-1] = ordered[1:] != ordered[:-1]
    return at[last]

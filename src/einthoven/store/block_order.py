"""In which order an epoch visits a store that is larger than memory: stretches are read in sequence, many are mixed.

The samples, in the order of the store, are cut into blocks that a disk reads at full speed. The blocks are shuffled and
dealt in sequence to streams; each stream shuffles what is in its part of the buffer, and gives the same part of every
batch. So a batch mixes samples of as many blocks as the buffer holds, and processes that take consecutive parts of a
batch read different blocks. The order is a function of seed, epoch and sizes: no process or machine changes it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["BlockSizes", "block_order", "random_order"]

_MOST_STREAMS = 64  # as many processes read different blocks
_BLOCKS_PER_STREAM = 4  # at least, in its part of the buffer


@dataclass(frozen=True, slots=True)
class BlockSizes:
    """How many samples are read in sequence, and among how many each is shuffled.

    Attributes
    ----------
    block, buffer : int
        Samples, from 1.
    """

    block: int
    buffer: int

    @classmethod
    def of_bytes(cls, sample_bytes: float, *, block_bytes: int, buffer_bytes: int) -> BlockSizes:
        """Return the sizes for samples of so many bytes."""
        block, buffer = int(block_bytes / sample_bytes), int(buffer_bytes / sample_bytes)
        return cls(max(block, 1), max(buffer, 1))

    def streams(self, batch_size: int) -> int:
        """Return the greatest power of two that divides a batch and leaves each stream some blocks."""
        streams = 1
        most = min(_MOST_STREAMS, self.buffer // (_BLOCKS_PER_STREAM * self.block))
        while batch_size % (2 * streams) == 0 and 2 * streams <= most:
            streams *= 2
        return streams

    def steps(self, batch_size: int) -> int:
        """Return how many batches the buffer holds, at least 1: they are made of the same blocks."""
        return max(self.buffer // batch_size, 1)


def random_order(samples: int, *, batch_size: int, seed: int, epoch: int) -> NDArray[np.int64]:
    """Return a permutation without what no batch can be made of, int64 (batch, batch_size)."""
    generator = np.random.default_rng(np.random.SeedSequence([seed, epoch]))
    batches = samples // batch_size
    return generator.permutation(samples)[: batches * batch_size].reshape(batches, batch_size)


def block_order(samples: int, *, sizes: BlockSizes, batch_size: int, seed: int, epoch: int) -> NDArray[np.int64]:
    """Return the samples of each batch, int64 (batch, batch_size), each at most once.

    Batches ``[k * sizes.steps(batch_size), ...)`` up to the next multiple are made of the same blocks.

    Parameters
    ----------
    samples : int
        Numbered as they lie in the store.
    sizes : BlockSizes
    batch_size, seed, epoch : int
    """
    generator = np.random.default_rng(np.random.SeedSequence([seed, epoch]))
    batches, streams, steps = samples // batch_size, sizes.streams(batch_size), sizes.steps(batch_size)
    part = batch_size // streams
    sequence = _shuffled_blocks(samples, sizes.block, generator)[: batches * batch_size]
    dealt = sequence.reshape(streams, batches * part)
    whole = batches // steps * steps * part
    buffers = dealt[:, :whole].reshape(streams, -1, steps * part)
    mixed = np.concatenate(
        [
            generator.permuted(buffers, axis=2).reshape(streams, whole),
            generator.permuted(dealt[:, whole:], axis=1),
        ],
        axis=1,
    )
    return np.ascontiguousarray(mixed.reshape(streams, batches, part).swapaxes(0, 1)).reshape(batches, batch_size)


def _shuffled_blocks(samples: int, block: int, generator: np.random.Generator) -> NDArray[np.int64]:
    """Return all samples, block after block in random order; where blocks begin is another place in each epoch."""
    first = int(generator.integers(block))
    edges = np.unique(np.concatenate([[0], np.arange(first, samples, block), [samples]]))
    starts, lengths = edges[:-1], np.diff(edges)
    chosen = generator.permutation(len(starts))
    starts, lengths = starts[chosen], lengths[chosen]
    within = np.arange(samples) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return np.asarray(np.repeat(starts, lengths) + within, dtype=np.int64)

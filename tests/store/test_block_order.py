"""The order of an epoch: every sample at most once, read in stretches, mixed among many, the same for any processes."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from einthoven.store.block_order import BlockSizes, block_order, random_order

SIZES = BlockSizes(block=10, buffer=800)


def _order(samples: int = 10_000, *, sizes: BlockSizes = SIZES, batch_size: int = 32, seed: int = 1, epoch: int = 0):
    return block_order(samples, sizes=sizes, batch_size=batch_size, seed=seed, epoch=epoch)


@pytest.mark.parametrize(
    ("samples", "batch_size", "sizes"),
    [
        (10_000, 32, SIZES),
        (1003, 96, SIZES),
        (33, 32, SIZES),
        (32, 32, SIZES),
        (500, 7, BlockSizes(1, 1)),
        (500, 64, BlockSizes(1000, 3)),
        (500, 64, BlockSizes(3, 100_000)),
    ],
)
def test_each_sample_comes_at_most_once_and_fewer_than_a_batch_are_left_out(samples, batch_size, sizes):
    order = _order(samples, sizes=sizes, batch_size=batch_size)
    assert order.shape == (samples // batch_size, batch_size)
    assert len(np.unique(order)) == order.size
    assert order.min() >= 0
    assert order.max() < samples


def test_the_order_is_a_function_of_seed_epoch_and_sizes():
    assert np.array_equal(_order(), _order())
    for other in ({"seed": 2}, {"epoch": 1}, {"sizes": BlockSizes(11, 800)}, {"sizes": BlockSizes(10, 900)}):
        assert not np.array_equal(_order(), _order(**other))


def test_epochs_leave_out_different_samples():
    left_out = [set(range(10_000)) - set(_order(epoch=epoch).ravel().tolist()) for epoch in range(4)]
    assert all(len(samples) == 16 for samples in left_out)
    assert not set.intersection(*left_out)


def _stretches(samples) -> int:
    """Return into how many stretches the samples fall in the store."""
    return int((np.diff(np.sort(samples, axis=None)) > 1).sum()) + 1


def test_the_batches_of_a_buffer_are_read_in_few_stretches():
    """800 samples in blocks of 10 are 80 stretches, and more where a stream's part of the buffer begins in a block."""
    order, steps = _order(), SIZES.steps(32)
    assert steps == 25
    for first in range(0, len(order) - steps, steps):
        assert _stretches(order[first : first + steps]) <= 80 + 2 * SIZES.streams(32)
    assert _stretches(random_order(10_000, batch_size=32, seed=1, epoch=0)[:steps]) > 700


@pytest.mark.parametrize("processes", [2, 4, 16])
def test_processes_read_different_blocks(processes):
    """Together they read hardly more stretches than one alone."""
    assert SIZES.streams(32) == 16
    shares = np.split(_order()[:25], processes, axis=1)
    assert sum(_stretches(share) for share in shares) <= 80 + 2 * 16


def test_a_batch_holds_hardly_two_samples_of_a_block():
    blocks = np.sort(_order() // 10, axis=1)
    assert (np.diff(blocks, axis=1) == 0).sum(axis=1).mean() < 2.5


def test_where_a_sample_comes_has_nothing_to_do_with_where_it_lies():
    order = _order(100_000, batch_size=50).ravel()
    assert abs(stats.spearmanr(order, np.arange(len(order))).statistic) < 0.05


def test_blocks_begin_elsewhere_in_each_epoch():
    pairs = [{tuple(sorted(pair)) for pair in _together(epoch)} for epoch in range(2)]
    assert len(pairs[0] & pairs[1]) < 0.95 * len(pairs[0])


def _together(epoch: int):
    """Yield neighbours in the store whose batches are made of the same blocks."""
    order = _order(epoch=epoch)
    buffer_of = np.full(10_000, -1)
    buffer_of[order.ravel()] = np.repeat(np.arange(len(order)) // 25, 32)
    for sample in range(9999):
        if buffer_of[sample] == buffer_of[sample + 1]:
            yield sample, sample + 1


def test_a_random_order_is_a_permutation_without_its_rest():
    order = random_order(101, batch_size=10, seed=3, epoch=2)
    whole = np.random.default_rng(np.random.SeedSequence([3, 2])).permutation(101)
    assert np.array_equal(order.ravel(), whole[:100])


def test_sizes_in_bytes_are_rounded_down_to_samples_and_at_least_one():
    assert BlockSizes.of_bytes(30, block_bytes=100, buffer_bytes=1000) == BlockSizes(3, 33)
    assert BlockSizes.of_bytes(3000, block_bytes=100, buffer_bytes=1000) == BlockSizes(1, 1)

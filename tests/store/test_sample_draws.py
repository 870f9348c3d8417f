"""Draws of samples are SplitMix64 of who they are, evenly distributed and unrelated between streams and epochs."""

from __future__ import annotations

import numpy as np
from scipy import stats

from einthoven.store.sample_draws import sample_draws

CHECKSUMS = np.random.default_rng(0).integers(0, 2**32, 20_000, dtype=np.uint32)


def _split_mix(state: int) -> int:
    """Return the first number of SplitMix64 with this state, in Python's own integers."""
    word = 2**64 - 1
    state = (state + 0x9E3779B97F4A7C15) & word
    state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & word
    state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & word
    return state ^ (state >> 31)


def _expected(checksum: int, *, seed: int, epoch: int, stream: int) -> list[int]:
    common = 0
    for part in (seed, epoch, stream):
        common = _split_mix((common + part) % 2**64)
    state = _split_mix((common + checksum) % 2**64)
    words = [_split_mix(state), _split_mix((state + 0x9E3779B97F4A7C15) % 2**64)]
    return [half for word in words for half in (word % 2**32, word >> 32)]


def test_the_generator_is_split_mix_as_published():
    """The first numbers of state 1234567, which other implementations give."""
    assert _split_mix(1234567) == 6457827717110365317


def test_numbers_are_those_of_plain_integers():
    facts = {"seed": 2**63 + 5, "epoch": 7, "stream": 2}
    drawn = sample_draws(CHECKSUMS[:5], **facts)
    assert drawn.dtype == np.uint32
    assert drawn.tolist() == [_expected(checksum, **facts) for checksum in CHECKSUMS[:5].tolist()]


def test_numbers_are_even():
    drawn = sample_draws(CHECKSUMS, seed=1, epoch=0, stream=0) / 2.0**32
    for column in drawn.T:
        assert stats.kstest(column, "uniform").pvalue > 1e-4


def test_neighbours_seeds_epochs_streams_and_columns_are_unrelated():
    base = sample_draws(np.arange(20_000, dtype=np.uint32), seed=1, epoch=0, stream=0).astype(float)
    others = [
        sample_draws(np.arange(20_000, dtype=np.uint32), seed=seed, epoch=epoch, stream=stream).astype(float)[:, 0]
        for seed, epoch, stream in ((2, 0, 0), (1, 1, 0), (1, 0, 1), (0, 1, 0))
    ]
    for other in (*others, base[:, 1], base[:, 2], base[:, 3], np.roll(base[:, 0], 1)):
        assert abs(np.corrcoef(base[:, 0], other)[0, 1]) < 0.03

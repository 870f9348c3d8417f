"""Random numbers that depend on key, stream and position only."""

from __future__ import annotations

import pytest
import torch
from scipy import stats

from einthoven.training.counter_random import normal, uniform

KEYS = torch.tensor([0, 1, 2**31, 2**32 - 1, 123456789])


def test_a_key_gives_the_same_numbers_in_any_batch():
    together = normal(KEYS, 1001, stream=3)
    for i in range(len(KEYS)):
        assert torch.equal(normal(KEYS[i : i + 1], 1001, stream=3)[0], together[i])


def test_the_hash_is_the_published_one():
    """lowbias32 in Python's integers, which don't wrap round by themselves."""

    def mix(x: int) -> int:
        x = (x ^ (x >> 16)) * 0x7FEB352D & 0xFFFFFFFF
        x = (x ^ (x >> 15)) * 0x846CA68B & 0xFFFFFFFF
        return x ^ (x >> 16)

    for row, key in enumerate(KEYS.tolist()):
        seed = mix(mix(key) + 5 * 0x7FEB352D & 0xFFFFFFFF)
        expected = [((mix(seed + k * 0x9E3779B9 & 0xFFFFFFFF) >> 8) + 0.5) / 2**24 for k in range(50)]
        assert uniform(KEYS, 50, stream=5)[row].tolist() == pytest.approx(expected, abs=1e-7)


def test_uniform_numbers_are_uniform_and_normal_ones_normal():
    for row in uniform(KEYS, 20_000, stream=1).numpy():
        assert stats.kstest(row, "uniform").pvalue > 1e-3
        assert 0 < row.min() < row.max() < 1
    for row in normal(KEYS, 20_000, stream=1).numpy():
        assert stats.kstest(row, "norm").pvalue > 1e-3


def test_keys_and_streams_are_unrelated():
    keys = torch.arange(50)
    numbers = torch.cat([normal(keys, 4000, stream=stream) for stream in (0, 1)])
    correlation = torch.corrcoef(numbers) - torch.eye(100)
    assert correlation.abs().max() < 0.09  # 5.7 standard errors


def test_an_odd_count_is_served():
    assert normal(KEYS, 7, stream=0).shape == (5, 7)

"""Decimation against SciPy, the ends included."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy import signal

from einthoven.models.blocks.zero_phase_decimation import REACH, ZeroPhaseDecimation


def _stream(n_samples: int) -> np.ndarray:
    """Return two streams like leads mapped to -1 to 1: peaks, a slow wave, noise, and no rest at the ends."""
    time = np.arange(n_samples) / 500
    generator = np.random.default_rng(0)
    phases = generator.uniform(0, 1, (2, 1))
    beats = np.exp(-(((time + phases) % 0.8 - 0.4) ** 2) / 0.0002)
    stream = beats + 0.3 * np.sin(7 * time + 6 * phases) + 0.02 * generator.standard_normal((2, n_samples))
    return 2 * (stream - stream.min(axis=1, keepdims=True)) / np.ptp(stream, axis=1, keepdims=True) - 1


@pytest.mark.parametrize(("factor", "n_samples"), [(2, 4000), (5, 30000), (5, 805), (6, 6000)])
def test_it_is_scipys_decimation_at_the_ends_too(factor, n_samples):
    stream = _stream(n_samples)
    expected = signal.decimate(stream, factor, axis=1)
    found = ZeroPhaseDecimation(factor)(torch.from_numpy(stream.astype(np.float32))).numpy()
    assert found.shape == expected.shape
    assert np.abs(found - expected).max() < 1e-5 * np.abs(expected).max()


def test_away_from_the_ends_the_weights_are_the_same_on_both_sides():
    decimation = ZeroPhaseDecimation(5)
    assert decimation.middle.shape == (2 * REACH * 5 + 1,)
    assert torch.allclose(decimation.middle, decimation.middle.flip(0), atol=1e-9)


def test_the_shortest_stream_is_what_it_says():
    decimation = ZeroPhaseDecimation(5)
    assert decimation(torch.ones(1, decimation.minimum)).shape == (1, decimation.minimum // 5)
    with pytest.raises(RuntimeError):
        decimation(torch.ones(1, decimation.minimum - 5))


def test_nothing_is_rounded_to_bfloat16():
    decimation, stream = ZeroPhaseDecimation(5), torch.from_numpy(_stream(2000).astype(np.float32))
    exact = decimation(stream)
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(decimation(stream), exact)


def test_the_weights_are_not_stored():
    assert not ZeroPhaseDecimation(5).state_dict()

"""The beat that was put there comes out, whatever the rhythm."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from einthoven.training.objectives.average_beat import OFFSETS_S, AverageBeat, average_beat, sections
from einthoven.training.objectives.r_peaks import RPeaks, r_peaks
from fakes.beat_trains import WAVES, beat_train


def _beat(times_s: np.ndarray, *, rate_hz: float = 100, waves=WAVES) -> AverageBeat:
    signal = beat_train(times_s, rate_hz=rate_hz, seconds=10, noise=0.0, waves=waves)[None]
    return average_beat(signal, r_peaks(signal, rate_hz), rate_hz)


def test_it_is_the_beat_that_was_put_there():
    """Each lead around its mean, both over one size."""
    got = _beat(np.arange(0.5, 9.4, 1.1))
    likeness = []
    for shift in np.arange(-0.03, 0.03, 0.002):  # the middle of QRS isn't the middle of R
        t = np.array(OFFSETS_S) + shift
        expected = sum(
            np.array(height)[:, None] * np.exp(-0.5 * ((t - after) / width) ** 2) for after, width, height in WAVES
        )
        expected -= expected.mean(axis=1, keepdims=True)
        likeness.append(np.corrcoef(got.shape[0].numpy().ravel(), expected.ravel())[0, 1])
    assert max(likeness) > 0.99
    assert (got.shape[0] ** 2).mean() == pytest.approx(1, rel=1e-4)
    assert got.known.all()


def test_rhythm_rate_and_unit_do_not_enter():
    """Irregular beats of the same shape, at 500 Hz and in other units, have the same average."""
    steady = _beat(np.arange(0.5, 9.4, 0.9)).shape
    irregular = np.cumsum(np.r_[0.5, 0.9 + 0.2 * np.random.default_rng(1).uniform(-1, 1, 8)])
    signal = 300 * beat_train(irregular, rate_hz=500, seconds=10, noise=0.0)[None]
    other = average_beat(signal, r_peaks(signal, 500), 500).shape
    assert np.corrcoef(steady.numpy().ravel(), other.numpy().ravel())[0, 1] > 0.98


def test_sections_part_the_beat_and_keep_out_of_the_next_one():
    """In fast hearts what belongs to a beat is shorter."""
    slow, fast = _beat(np.arange(0.5, 9.4, 1.2)), _beat(np.arange(0.5, 9.4, 0.5))
    assert slow.section.sum(dim=2).tolist() == [[24, 14, 42]]
    assert fast.section.sum(dim=2).tolist() == [[14, 14, 22]]
    for beat in (slow, fast):
        assert beat.section.sum(dim=1).max() == 1
        assert (beat.shape[0].T[~beat.section[0].any(dim=0)] == 0).all()
    peaks = RPeaks(torch.tensor([[100.0, 180.0]]), torch.tensor([[True, True]]))
    begin, end = sections(peaks, 100.0)
    assert begin[0].tolist() == pytest.approx([-0.3, -0.06, 0.08])
    assert end[0].tolist() == pytest.approx([-0.06, 0.08, 0.48])


def test_one_whole_beat_is_too_few():
    """And none gives no NaN."""
    signal = torch.randn(3, 2, 400, generator=torch.Generator().manual_seed(0))
    at = torch.tensor([[100.0, 380.0], [0.0, 0.0], [100.0, 200.0]])
    beat = average_beat(signal, RPeaks(at, torch.tensor([[True, True], [False, False], [True, True]])), 100)
    assert beat.known.tolist() == [False, False, True]
    assert beat.shape.isfinite().all()

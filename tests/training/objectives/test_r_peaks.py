"""Beats that were put there, and those that cardiologists and our own measuring find."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import wfdb

from einthoven.training.objectives.r_peaks import r_peaks
from fakes.beat_trains import beat_train

RATE_HZ = 100.0


def _times(generator: np.random.Generator, *, rr_s: float, spread: float) -> np.ndarray:
    return np.cumsum(np.r_[0.3, rr_s * (1 + spread * generator.uniform(-1, 1, 40))])


@pytest.mark.parametrize("rate_hz", [100.0, 250.0, 500.0])
@pytest.mark.parametrize(("rr_s", "spread"), [(0.4, 0.0), (0.8, 0.35), (1.5, 0.1)])
def test_beats_are_found_where_they_were_put(rate_hz, rr_s, spread):
    """Between 40 and 150 a minute, at any rate, with P and T waves beside them."""
    generator = np.random.default_rng(1)
    times = [t[t < 9.7] for t in (_times(generator, rr_s=rr_s, spread=spread) for _ in range(4))]
    signal = torch.stack([beat_train(t, rate_hz=rate_hz, seconds=10, seed=i) for i, t in enumerate(times)])
    peaks = r_peaks(signal, rate_hz)
    for expected, at, found in zip(times, peaks.at, peaks.found, strict=True):
        got = at[found].numpy() / rate_hz
        assert len(got) == len(expected)
        assert np.abs(got - expected - np.median(got - expected)).max() < 0.012


def test_scale_offset_empty_leads_and_company_change_nothing():
    """Each window is judged for itself, in any unit."""
    signal = torch.stack([beat_train(np.arange(0.4, 9.6, 0.7 + 0.2 * i), rate_hz=100, seconds=10) for i in (0, 1)])
    alone = r_peaks(signal[:1], RATE_HZ)
    changed = torch.cat([1000 * signal + 5, torch.zeros(2, 1, 1000)], dim=1)
    together = r_peaks(changed, RATE_HZ)
    assert torch.equal(together.found[:1], alone.found)
    torch.testing.assert_close(together.at[:1], alone.at, atol=0.01, rtol=0)


def test_nothing_is_found_in_nothing():
    """Flat windows, slopes and the noise of many leads have no beats, and give no NaN."""
    noise = torch.randn(2, 12, 1000, generator=torch.Generator().manual_seed(0))
    for signal in (torch.zeros(2, 12, 1000), torch.arange(1000.0).expand(2, 12, -1), noise, noise.cumsum(dim=2)):
        peaks = r_peaks(signal, RATE_HZ)
        assert not peaks.found.any()
        assert (peaks.at == 0).all()


@pytest.mark.real_data
def test_the_beats_of_cardiologists_are_found(real_data):
    """Each fourth of LUDB 1 to 120 at 100 Hz, within 150 ms: sensitivity and predictive value above 0.99."""
    folder = real_data / "ludb" / "data"
    found, missed, invented = 0, 0, 0
    for number in range(1, 121, 4):
        signal = wfdb.rdrecord(str(folder / str(number))).p_signal.T.astype(np.float32)
        peaks = r_peaks(torch.from_numpy(signal).unflatten(1, (-1, 5)).mean(2)[None], 100)
        got = peaks.at[peaks.found].numpy() * 5
        marks = [wfdb.rdann(str(folder / str(number)), lead) for lead in ("ii", "v2", "v5")]
        marked = np.sort(np.concatenate([m.sample[np.array(m.symbol) == "N"] for m in marks]))
        beats = [beat.mean() for beat in np.split(marked, np.flatnonzero(np.diff(marked) > 100) + 1)]
        inside = got[(got > beats[0] - 75) & (got < beats[-1] + 75)]  # the marks leave out beats at both ends
        near = np.abs(inside[:, None] - np.array(beats)) < 75
        found, missed = found + near.any(0).sum(), missed + (~near.any(0)).sum()
        invented += (~near.any(1)).sum()
    assert found / (found + missed) > 0.99
    assert found / (found + invented) > 0.99

"""The constant piece of noise from which records cut theirs."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import signal

from einthoven.simulation.noise.bank import muscle_bank, stretches, white_bank


def test_white_noise_is_of_unit_size_and_the_same_in_every_process():
    assert white_bank().std() == pytest.approx(1, abs=0.01)
    assert white_bank()[:3].round(5).tolist() == pytest.approx([0.6791, 0.62353, 0.73162], abs=1e-4)


@pytest.mark.parametrize("rate_hz", [250.0, 500.0, 1000.0])
def test_muscle_noise_lies_in_its_band_with_the_same_density_at_every_rate(rate_hz):
    frequency, power = signal.welch(muscle_bank(rate_hz), rate_hz, nperseg=1024)
    _, reference = signal.welch(muscle_bank(1000.0), 1000.0, nperseg=round(1024 * 1000 / rate_hz))
    band = (frequency > 20) & (frequency < 100)
    assert power[band].mean() == pytest.approx(reference[: band.size][band].mean(), rel=0.1)
    peak = power[(frequency > 8) & (frequency < 15)].mean()
    assert power[frequency < 1.5].mean() < 0.1 * peak


def test_muscle_noise_of_the_whole_band_has_unit_size():
    assert muscle_bank(1000.0).std() == pytest.approx(1, abs=0.1)


def test_stretches_come_from_places_of_their_own_and_may_be_longer_than_the_bank():
    bank = np.arange(100, dtype=np.float32)
    pieces = stretches(bank, 10, n=50, random=np.random.default_rng(0))
    assert (np.diff(pieces, axis=1) == 1).all()
    assert len(set(pieces[:, 0].tolist())) > 20
    assert stretches(bank, 250, n=2, random=np.random.default_rng(0)).shape == (2, 250)

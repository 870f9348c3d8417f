"""Fibrillatory waves are fast, irregular, personal, and largest in V1."""

from __future__ import annotations

import numpy as np
from scipy import signal

from einthoven.simulation.rhythm.fibrillatory_waves import draw_fibrillatory_waves
from einthoven.simulation.waveform import INDEPENDENT_LEADS
from fakes.simulated_heart import DIRECTIONS

V1 = INDEPENDENT_LEADS.index("V1")
TIMES = np.arange(5000) / 500


def _waves(seed: int):
    return draw_fibrillatory_waves(duration_s=10, random=np.random.default_rng(seed))


def test_the_dominant_frequency_of_v1_lies_in_4_to_9_hz():
    for seed in range(20):
        waves = _waves(seed)
        frequency, power = signal.welch(waves.signal(TIMES, atrial_directions=DIRECTIONS)[V1], 500, nperseg=2048)
        dominant = frequency[power.argmax()]
        assert 3.3 < dominant < 10.5
        assert abs(dominant - waves.rate_hz) < 2.0


def test_v1_swings_as_far_as_drawn_and_the_lateral_leads_less():
    ratios = []
    for seed in range(20):
        waves = _waves(seed)
        size = waves.signal(TIMES, atrial_directions=DIRECTIONS).std(axis=1)
        assert 0.3 * waves.amplitude_v1_mv < size[V1] < 1.2 * waves.amplitude_v1_mv
        ratios.append(size / size[V1])
    lead_i, v2, v6 = (INDEPENDENT_LEADS.index(lead) for lead in ("I", "V2", "V6"))
    assert np.median(ratios, axis=0)[lead_i] < 0.8
    assert 0.4 < np.median(ratios, axis=0)[v2] < 0.9
    assert np.median(ratios, axis=0)[v6] < 0.8


def test_the_waves_never_repeat_as_flutter_does():
    wave = _waves(3).signal(TIMES, atrial_directions=DIRECTIONS)[V1]
    spectrum = np.abs(np.fft.rfft(wave * np.hanning(wave.size))) ** 2
    assert spectrum.max() / spectrum.sum() < 0.4


def test_coarse_and_fine_fibrillation_both_occur():
    amplitudes = np.array([_waves(seed).amplitude_v1_mv for seed in range(100)])
    assert (amplitudes < 0.03).mean() > 0.1
    assert (amplitudes > 0.05).mean() > 0.1

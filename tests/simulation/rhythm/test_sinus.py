"""Intervals of the sinus node breathe, and vary less with age."""

from __future__ import annotations

import numpy as np
from scipy import signal

from einthoven.simulation.rhythm.breathing import Breathing
from einthoven.simulation.rhythm.sinus import draw_sinus_node


def _intervals(seed: int, *, age_years: float = 30, breathing: Breathing | None = None, n: int = 300) -> np.ndarray:
    random = np.random.default_rng(seed)
    breathing = breathing or Breathing(0.25, 0.3)
    node = draw_sinus_node(0.8, age_years=age_years, breathing=breathing, duration_s=240, random=random)
    time_s, intervals = 0.0, []
    for noise in random.standard_normal(n):
        intervals.append(node.interval_s(time_s, noise=noise))
        time_s += intervals[-1]
    return np.array(intervals)


def test_the_high_frequency_peak_of_the_intervals_is_at_the_rate_of_breathing():
    for rate_hz in (0.2, 0.3):
        powers = []
        for seed in range(20):
            rr = _intervals(seed, breathing=Breathing(rate_hz, 0.0))
            times = np.cumsum(rr)
            even = np.arange(times[0], times[-1], 0.25)
            frequency, power = signal.welch(np.interp(even, times, rr), 4.0, nperseg=400)
            powers.append(power / power.sum())
        high = (frequency > 0.15) & (frequency < 0.4)
        assert abs(frequency[high][np.mean(powers, axis=0)[high].argmax()] - rate_hz) < 0.02


def test_the_low_frequency_peak_is_near_a_tenth_of_a_hertz():
    rr = np.array([_intervals(seed) for seed in range(20)])
    power = np.mean(np.abs(np.fft.rfft(rr - rr.mean(axis=1, keepdims=True), axis=1)) ** 2, axis=0)
    frequency = np.fft.rfftfreq(rr.shape[1], 0.8)
    low = (frequency > 0.05) & (frequency < 0.15)
    assert 0.08 < np.average(frequency[low], weights=power[low]) < 0.12


def test_successive_intervals_differ_less_at_eighty_than_at_twenty():
    rmssd = [
        np.median([np.sqrt(np.mean(np.diff(_intervals(seed, age_years=age)) ** 2)) for seed in range(40)])
        for age in (20, 80)
    ]
    assert 0.025 < rmssd[0] < 0.06
    assert rmssd[1] < rmssd[0] / 2.5


def test_the_mean_interval_is_the_one_asked_for():
    assert abs(np.mean([_intervals(seed).mean() for seed in range(20)]) - 0.8) < 0.01

"""Flutter: 240 to 340 waves a minute, negative in the inferior leads, and ventricles in step with them."""

from __future__ import annotations

import numpy as np
import pytest

from einthoven.simulation.rhythm.flutter import draw_flutter, flutter_beats
from einthoven.simulation.waveform import INDEPENDENT_LEADS
from fakes.simulated_heart import DIRECTIONS

TIMES = np.arange(5000) / 500


def _flutter(rate: float, seed: int):
    random = np.random.default_rng(seed)
    waves = draw_flutter(rate, duration_s=60, random=random)
    return waves, np.array(flutter_beats(waves, start_s=0, stop_s=60, random=random).times_s)


@pytest.mark.parametrize("rate", [50, 65, 75, 95, 115, 140, 160])
def test_the_ventricles_beat_at_the_rate_asked_for_and_the_atria_at_240_to_340(rate):
    for seed in range(10):
        waves, beats = _flutter(rate, seed)
        assert 240 / 60 <= waves.rate_hz <= 340 / 60 + 1e-9
        assert 60 / np.diff(beats).mean() == pytest.approx(rate, rel=0.12)


def test_each_interval_is_a_whole_number_of_atrial_cycles():
    for seed in range(10):
        waves, beats = _flutter(80, seed)
        cycles = np.diff(beats) / waves.cycle_s
        assert np.abs(cycles - np.rint(cycles)).max() < 0.15


def test_at_150_a_minute_conduction_is_mostly_two_to_one():
    ratios = [_flutter(150, seed)[0].ratios for seed in range(40)]
    assert np.mean([set(ratio) == {2} for ratio in ratios]) > 0.6


def test_faster_than_two_to_one_allows_comes_as_close_as_it_gets():
    waves, _ = _flutter(200, 1)
    assert waves.ratios == (2,)
    assert waves.rate_hz == pytest.approx(340 / 60)


def test_most_waves_point_down_in_ii_and_up_in_v1():
    lead_ii, v1 = (INDEPENDENT_LEADS.index(lead) for lead in ("II", "V1"))
    typical = []
    for seed in range(40):
        waves, _ = _flutter(75, seed)
        cycle = waves.signal(TIMES, atrial_directions=DIRECTIONS)
        assert np.ptp(cycle[lead_ii]) / 2 == pytest.approx(waves.amplitude_ii_mv, rel=0.02)
        steep = np.abs(cycle).max(axis=1)
        typical.append((-cycle[lead_ii].min() == steep[lead_ii]) & (cycle[v1].max() == steep[v1]))
    assert 0.75 < np.mean(typical) < 1


def test_the_waves_repeat_exactly():
    waves, _ = _flutter(75, 1)
    one = waves.signal(TIMES, atrial_directions=DIRECTIONS)
    other = waves.signal(TIMES + 10 * waves.cycle_s, atrial_directions=DIRECTIONS)
    assert np.abs(one - other).max() < 0.02 * np.ptp(one)

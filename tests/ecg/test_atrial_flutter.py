"""Flutter that keeps step with QRS, on beats drawn by hand."""

from __future__ import annotations

import numpy as np
import pytest

from einthoven.ecg.analysis_signal import RATE_HZ
from einthoven.ecg.atrial_flutter import flutter_cycle_ms

FIDUCIAL = 250
QRS = (FIDUCIAL - 20.0, FIDUCIAL + 25.0)


def bump(time_ms, centre_ms, width_ms):
    return np.exp(-0.5 * ((time_ms - centre_ms) / width_ms) ** 2)


def beat(*, interval_ms, flutter_ms=None, n_leads=3):
    """Return float32 (lead, 601): QRS and T, and P waves of sinus rhythm or flutter waves all along."""
    time_ms = (np.arange(601) - FIDUCIAL) * 1000 / RATE_HZ
    signal = np.zeros(time_ms.size)
    for shift_ms in (-interval_ms, 0, interval_ms):
        signal += bump(time_ms, shift_ms, 12)
        if flutter_ms is None:
            signal += 0.15 * bump(time_ms, shift_ms - 130, 20) + 0.3 * bump(time_ms, shift_ms + 200, 40)
    if flutter_ms is not None:
        phase = (time_ms / flutter_ms) % 1
        signal += 0.2 * np.abs(phase - 0.3)
    return np.tile(signal.astype(np.float32), (n_leads, 1))


def cycle(signal, *, interval_ms):
    return flutter_cycle_ms(signal, qrs=QRS, interval=interval_ms * RATE_HZ / 1000)


@pytest.mark.parametrize(("interval_ms", "ratio"), [(420.0, 2), (480.0, 2), (640.0, 3), (880.0, 4)])
def test_the_cycle_of_flutter_is_found_at_every_ratio(interval_ms, ratio):
    signal = beat(interval_ms=interval_ms, flutter_ms=interval_ms / ratio)
    assert cycle(signal, interval_ms=interval_ms) == pytest.approx(interval_ms / ratio)


@pytest.mark.parametrize("interval_ms", [400.0, 450.0, 500.0, 640.0, 880.0])
def test_sinus_rhythm_has_no_flutter_at_any_rate(interval_ms):
    assert cycle(beat(interval_ms=interval_ms), interval_ms=interval_ms) is None


def test_gain_and_a_single_lead_change_nothing():
    signal = beat(interval_ms=430.0, flutter_ms=215.0)
    expected = cycle(signal, interval_ms=430.0)
    assert cycle(4 * signal, interval_ms=430.0) == expected
    assert cycle(signal[:1], interval_ms=430.0) == expected


def test_flat_leads_and_intervals_without_room_give_none():
    assert cycle(np.zeros((3, 601), dtype=np.float32), interval_ms=430.0) is None
    assert cycle(beat(interval_ms=430.0, flutter_ms=215.0), interval_ms=2500.0) is None
    assert cycle(beat(interval_ms=430.0, flutter_ms=215.0), interval_ms=60.0) is None

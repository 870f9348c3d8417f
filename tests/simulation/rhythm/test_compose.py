"""The heart's signal: waves at their places, whatever the rate."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from einthoven.errors import SpecificationError
from einthoven.simulation.clinical_state import ClinicalState
from einthoven.simulation.rhythm.compose import beat_waves, compose, qt_interval_classes
from einthoven.simulation.rhythm.schedule import schedule
from fakes.simulated_heart import BumpHeart


def _schedule(**state):
    known = ClinicalState(**{"age_years": 60.0, "sex": "F", **state})
    return schedule(known, duration_s=10, random=np.random.default_rng(4))


@pytest.mark.parametrize("rate_hz", [250.0, 500.0])
def test_a_lower_rate_gives_every_kth_sample(rate_hz):
    made = _schedule(atrial_ectopy=0.1, ventricular_ectopy=0.1)
    fine = compose(made, BumpHeart(), random=np.random.default_rng(1))
    coarse = compose(made, BumpHeart(), random=np.random.default_rng(1), rate_hz=rate_hz)
    np.testing.assert_allclose(coarse, fine[:, :: round(1000 / rate_hz)], atol=1e-6)


def test_qrs_begins_where_the_schedule_says_to_a_millisecond():
    made = _schedule()
    onset_ms = round(1000 * made.ventricular_s[made.ventricular_s > 0.5][0])
    signal = compose(replace(made, atrial_s=made.atrial_s[:0], atrial_kinds=()), BumpHeart(), random=_random())
    activity = np.abs(signal).max(axis=0)
    assert activity[onset_ms - 40 : onset_ms - 1].max() < 1e-6
    assert activity[onset_ms + 2 : onset_ms + 90].min() > 1e-4


def _random() -> np.random.Generator:
    return np.random.default_rng(2)


def test_no_atrial_activity_is_left_where_there_are_no_p_waves_and_no_oscillation():
    made = _schedule(rhythm="fibrillation")
    silent = compose(replace(made, atrial_waves=None), BumpHeart(), random=_random())
    trembling = compose(made, BumpHeart(), random=_random())
    flat = np.abs(silent).max(axis=0) == 0
    assert flat.mean() > 0.1
    assert np.abs(trembling[:, flat]).mean() > 0.003


def test_beats_differ_by_a_few_per_cent_and_with_breathing():
    made = _schedule()
    signal = compose(made, BumpHeart(), random=_random())
    at = np.rint(1000 * made.ventricular_s[(made.ventricular_s > 0) & (made.ventricular_s < 9.8)]).astype(int)
    heights = np.array([np.ptp(signal[1, start : start + 90]) for start in at])
    assert 0.003 < heights.std() / heights.mean() < 0.1


def test_qt_follows_the_mean_interval_and_few_waves_are_asked_for():
    heart = BumpHeart()
    beat_waves(_schedule(rhythm="fibrillation", heart_rate_bpm=90.0), heart)
    assert 1 <= len(heart.asked) <= 3
    for _, rr_ms in heart.asked:
        assert rr_ms == pytest.approx(60_000 / 90, rel=0.25)
    rr_s = np.array([0.9, 0.6, 1.3, 0.9, 0.8])
    assert np.ptp(qt_interval_classes(rr_s)) < 0.4 * np.ptp(rr_s)


def test_a_rate_that_does_not_divide_a_thousand_is_refused():
    with pytest.raises(SpecificationError, match="rate_hz must divide 1000 Hz, got 300"):
        compose(_schedule(), BumpHeart(), random=_random(), rate_hz=300.0)

"""Waves on the time lines of the correction."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from einthoven.simulation.clinical_state import ClinicalState
from einthoven.simulation.devices import DEVICES
from einthoven.simulation.ecg import Identity, ecg_of
from einthoven.simulation.heart import heart as hearts
from einthoven.simulation.heart.time_lines import P_TIMES_MS, QRST_PLACES_MS
from einthoven.simulation.heart.traits import draw_traits

STATE = ClinicalState(age_years=60, sex="M", heart_rate_bpm=70.0)


@pytest.fixture
def waves(script):
    return script("surface_waves")


@pytest.fixture
def uncorrected(monkeypatch):
    """Return a heart whose waves are recorded as nodes and dipoles make them."""
    monkeypatch.setattr(hearts, "corrected_p", lambda wave, _: wave)
    monkeypatch.setattr(hearts, "corrected_qrst", lambda wave, _, **__: wave)
    traits = draw_traits(np.random.default_rng(3), sex="M", age_years=60, height_cm=176, weight_kg=80)
    return hearts.Heart(STATE, traits)


def recorded(heart):
    ecg = ecg_of(
        heart, STATE, DEVICES["schiller"], random=np.random.default_rng(1), identity=Identity("x"), noisy=False
    )
    return ecg.record


def test_what_is_measured_in_an_ecg_is_what_the_heart_made(waves, uncorrected):
    seen = waves.recorded_waves(recorded(uncorrected))
    made = waves.uncorrected_waves(uncorrected, rr_ms=seen.rr_ms)
    assert seen.rr_ms == pytest.approx(860, abs=60)
    for one, other in ((seen.qrst, made.qrst), (seen.p, made.p)):
        assert np.corrcoef(one, other)[0, 1] > 0.95
        assert np.abs(one - other).mean() < 0.1 * np.abs(other).max()


def test_waves_have_a_value_per_lead_and_time(waves, uncorrected):
    made = waves.uncorrected_waves(uncorrected, rr_ms=860.0)
    assert made.qrst.shape == (8 * QRST_PLACES_MS.size,)
    assert made.p.shape == (8 * P_TIMES_MS.size,)


def test_a_record_without_a_beat_has_no_waves(waves, uncorrected):
    record = recorded(uncorrected)
    assert waves.recorded_waves(replace(record, signal=np.zeros_like(record.signal))) is None

"""A heart as a source of beats."""

from __future__ import annotations

import numpy as np
import pytest

from einthoven.simulation.clinical_state import ClinicalState
from einthoven.simulation.heart.heart import Heart
from einthoven.simulation.heart.traits import draw_traits

TRAITS = draw_traits(np.random.default_rng(5), sex="F", age_years=70, height_cm=162, weight_kg=64)


def heart(**changes):
    return Heart(ClinicalState(age_years=70, sex="F", **changes), TRAITS)


def test_the_same_state_and_traits_give_the_same_waves():
    first, second = (heart().ventricular_wave("conducted", rr_ms=800.0).samples for _ in range(2))
    assert (first == second).all()


def test_waves_are_what_a_rhythm_expects():
    for kind in ("conducted", "ectopic", "escape"):
        wave = heart().ventricular_wave(kind, rr_ms=800.0)
        assert wave.samples.dtype == np.float32
        assert wave.samples.shape[0] == 8
        assert 0 < wave.onset_ms < wave.t_end_ms < wave.samples.shape[1]
        assert np.isfinite(wave.samples).all()


def test_ectopic_beats_are_wide_and_of_another_shape():
    conducted = heart().ventricular_wave("conducted", rr_ms=800.0)
    ectopic = heart().ventricular_wave("ectopic", rr_ms=800.0)
    assert ectopic.duration_ms > conducted.duration_ms + 15


def test_only_a_paced_heart_has_spikes():
    assert (heart().spike_direction == 0).all()
    assert np.abs(heart(conduction="paced").spike_direction).max() > 0.05


def test_the_atrial_directions_give_a_p_wave():
    wave = heart().atrial_wave("retrograde").samples
    source, *_ = np.linalg.lstsq(heart().atrial_directions, wave, rcond=None)
    assert heart().atrial_directions @ source == pytest.approx(wave, abs=1e-5)


def test_two_people_have_two_hearts():
    other = draw_traits(np.random.default_rng(6), sex="F", age_years=70, height_cm=162, weight_kg=64)
    mine = heart().ventricular_wave("conducted", rr_ms=800.0).samples
    yours = Heart(ClinicalState(age_years=70, sex="F"), other).ventricular_wave("conducted", rr_ms=800.0).samples
    assert np.abs(mine - yours).max() > 0.1

"""The P wave."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from einthoven.simulation.heart.atria import p_wave
from einthoven.simulation.heart.traits import HeartTraits, parameters_of, trait_space

AVERAGE = parameters_of(HeartTraits(np.zeros(len(trait_space().names))))


def test_a_sinus_p_wave_is_upright_in_i_and_ii_and_small():
    wave = p_wave(AVERAGE, "sinus")
    assert 0.03 < wave.samples[0].max() < 0.25
    assert 0.06 < wave.samples[1].max() < 0.3
    assert 70 < wave.duration_ms < 140


def test_a_retrograde_p_wave_is_negative_in_ii():
    assert p_wave(AVERAGE, "retrograde").samples[1].min() < -0.03


def test_an_ectopic_p_wave_has_another_shape():
    elsewhere = replace(AVERAGE, ectopic_site=np.array([1.0, -1.0, 0.3]))
    ectopic, sinus = p_wave(elsewhere, "ectopic").samples, p_wave(elsewhere, "sinus").samples
    assert np.corrcoef(ectopic.ravel(), sinus.ravel())[0, 1] < 0.8


def test_the_wave_begins_and_ends_at_zero():
    samples = p_wave(AVERAGE, "sinus").samples
    assert np.abs(samples[:, [0, -1]]).max() < 0.005

"""Turning with breathing keeps the length of a heart vector, in the leads of a dipole."""

from __future__ import annotations

import numpy as np

from einthoven.simulation.rhythm.breathing import Breathing
from einthoven.simulation.rhythm.variation import draw_variation
from fakes.simulated_heart import DIRECTIONS


def _vectors(times_s: np.ndarray, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    variation = draw_variation(Breathing(0.25, 0.0), directions=DIRECTIONS, random=random)
    vector = np.array([0.8, 0.6, -0.3], dtype=np.float32)
    leads = variation.changes(times_s, random=random) @ DIRECTIONS @ vector
    return np.linalg.lstsq(DIRECTIONS, leads.T, rcond=None)[0].T, vector


def test_the_heart_vector_turns_by_a_few_degrees_and_hardly_grows():
    changed, vector = _vectors(np.linspace(0, 60, 400))
    length = np.linalg.norm(changed, axis=1) / np.linalg.norm(vector)
    cosine = changed @ vector / np.linalg.norm(changed, axis=1) / np.linalg.norm(vector)
    assert 0.005 < length.std() < 0.08
    assert 0.2 < np.degrees(np.arccos(np.clip(cosine, -1, 1))).mean() < 9


def test_turning_follows_breathing():
    times = np.arange(0, 400, 0.5)
    changed, _ = _vectors(times, seed=3)
    power = np.abs(np.fft.rfft(changed - changed.mean(axis=0), axis=0)).sum(axis=1)
    assert abs(np.fft.rfftfreq(times.size, 0.5)[power.argmax()] - 0.25) < 0.01


def test_what_no_dipole_explains_does_not_turn():
    random = np.random.default_rng(0)
    variation = draw_variation(Breathing(0.25, 0.0), directions=DIRECTIONS, random=random)
    outside = np.linalg.svd(DIRECTIONS.T)[2][-1]  # orthogonal to all dipoles
    change = variation.changes(np.zeros(1), random=random)[0]
    moved = change @ outside
    np.testing.assert_allclose(moved / (moved @ outside), outside, atol=1e-4)

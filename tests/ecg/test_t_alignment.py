"""T waves that move against QRS, on signals drawn by hand."""

from __future__ import annotations

import numpy as np
import pytest

from einthoven.ecg.t_alignment import t_shifts

FIDUCIAL = 250
MARKS = np.array([[80.0, 130.0, 180.0], [84.0, 130.0, 176.0]])
WEIGHTS = np.ones(2, dtype=np.float32)
FIDUCIALS = np.array([600.0, 1100.0, 1600.3, 2100.0])


def t_wave(n_samples, centre):
    place = np.arange(n_samples) - centre
    return np.exp(-0.5 * (place / 22) ** 2) * np.array([[0.3], [-0.2]])


BEAT = t_wave(601, FIDUCIAL + 130).astype(np.float32)


def record(shifts, *, n_samples=2600):
    signal = sum(t_wave(n_samples, fiducial + 130 + shift) for fiducial, shift in zip(FIDUCIALS, shifts, strict=True))
    return signal.astype(np.float32)


def found(signal, fiducials=FIDUCIALS):
    return t_shifts(signal, fiducials, BEAT, fiducial=FIDUCIAL, marks=MARKS, weights=WEIGHTS)


def test_each_beat_moves_by_its_own_t():
    shifts = np.array([0.0, 8.0, -6.0, 12.5])
    np.testing.assert_allclose(found(record(shifts)), shifts, atol=0.5)


def test_gain_changes_nothing():
    signal = record([3.0, 0.0, -3.0, 0.0])
    np.testing.assert_array_equal(found(4 * signal), found(signal))


def test_noise_and_flat_lines_move_nothing():
    noise = np.random.default_rng(3).normal(size=(2, 2600)).astype(np.float32)
    np.testing.assert_array_equal(found(noise), 0.0)
    np.testing.assert_array_equal(found(np.zeros((2, 2600), dtype=np.float32)), 0.0)


def test_beats_at_the_ends_of_the_record_stay():
    fiducials = np.array([-40.0, 600.0, 2500.0])
    assert found(record([0.0] * 4), fiducials) == pytest.approx([0.0, 0.0, 0.0], abs=0.2)

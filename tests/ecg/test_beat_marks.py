"""Marks go with each beat, P waves come and go by themselves, and those that conduct nothing are found."""

from __future__ import annotations

import numpy as np
import pytest

from einthoven.ecg.beat_marks import PPattern, carried_marks, cut_at_next_beat, free_p_waves

P, T = slice(0, 3), slice(6, 9)
FIDUCIALS = np.array([400.0, 800.3, 1200.0, 1600.5, 2000.0, 2400.0])
BORDERS = np.array([-105.0, -78, -50, -20, 0, 25, 90, 150, 200])
LEAD_MARKS = BORDERS + np.array([[0.0], [2.0], [-1.0]])  # of each lead
NONE = np.zeros(6, dtype=np.int64)
QUIET = np.ones(3, dtype=np.float32)


def record(p_at, *, noise=0.02, heights=1.0, t_at=(), seed=0):
    """P bumps around those samples, T bumps that are larger and wider, in noise."""
    samples, heights = np.arange(3000), np.broadcast_to(heights, len(p_at))
    wave = sum(
        (height * np.exp(-0.5 * ((samples - at) / 11) ** 2) for at, height in zip(p_at, heights, strict=True)),
        start=np.zeros(3000),
    )
    wave += sum((3 * np.exp(-0.5 * ((samples - at) / 22) ** 2) for at in t_at), start=np.zeros(3000))
    signal = np.outer([1, 0.5, -0.8], wave) + np.random.default_rng(seed).normal(0, noise, (3, 3000))
    return signal.astype(np.float32)


def pattern_in(signal):
    """Take a P bump of a beat whose fiducial is sample 250 for the pattern."""
    beat = record([250 - 78], noise=0)[:, :601]
    return PPattern.of(signal, beat, fiducial=250, marks=LEAD_MARKS[:, :3], weights=QUIET, n_independent=8)


def marks_of(p_at, *, fiducials=FIDUCIALS, templates=NONE, lead_marks=LEAD_MARKS[None], **kwargs):
    return carried_marks(fiducials, templates, lead_marks, pattern_in(record(p_at, **kwargs)))


def test_marks_stand_where_each_beat_is():
    marks = marks_of(FIDUCIALS - 78)
    assert marks.shape == (6, 3, 9)
    expected = FIDUCIALS[:, None, None] + LEAD_MARKS
    assert np.array_equal(marks[:, :, 3:], expected[:, :, 3:])
    assert marks[:, :, P] == pytest.approx(expected[:, :, P], abs=1.5)


def test_each_beat_has_the_marks_of_its_template():
    templates = np.array([0, 1, 0, 0, -1, 1])
    both = np.stack([LEAD_MARKS, LEAD_MARKS + 7])
    marks = marks_of(FIDUCIALS - 78, templates=templates, lead_marks=both)
    assert np.array_equal(marks[:, :, 3:6][[1, 5]], (FIDUCIALS[[1, 5], None, None] + both[1])[:, :, 3:6])
    assert np.array_equal(marks[0, :, 3:], (FIDUCIALS[0] + both[0])[:, 3:])
    assert np.isnan(marks[4]).all()


@pytest.mark.parametrize("shift", [-20, -12, 0, 12, 20])
def test_p_moves_with_the_pr_interval(shift):
    p_at = FIDUCIALS - 78
    p_at[3] += shift
    marks = marks_of(p_at)
    assert marks[3, :, P] == pytest.approx(FIDUCIALS[3] + shift + LEAD_MARKS[:, P], abs=1.5)
    assert marks[2, :, P] == pytest.approx(FIDUCIALS[2] + LEAD_MARKS[:, P], abs=1.5)


def test_p_is_found_between_steps():
    """A step is 4 samples."""
    shifts = np.array([0.0, 1, 2, 3, 1.5, 2.5])
    marks = marks_of(FIDUCIALS - 78 + shifts, noise=0.005)
    assert marks[:, 0, 1] == pytest.approx(FIDUCIALS - 78 + shifts, abs=0.7)


def test_a_beat_without_p_has_none():
    marks = marks_of(np.delete(FIDUCIALS, 2) - 78)
    assert np.isnan(marks[2, :, P]).all()
    assert np.isfinite(np.delete(marks, 2, axis=0)).all()


def test_p_far_from_its_usual_place_must_be_alike_and_of_its_size():
    p_at = FIDUCIALS - 78
    p_at[[2, 3]] -= 45
    marks = marks_of(p_at, heights=[1, 1, 1, 5, 1, 1])
    assert marks[2, :, P] == pytest.approx(FIDUCIALS[2] - 45 + LEAD_MARKS[:, P], abs=1.5)
    assert np.isnan(marks[3, :, P]).all()


def test_a_record_without_p_waves_keeps_its_other_marks():
    marks = carried_marks(FIDUCIALS, NONE, LEAD_MARKS[None], None)
    assert np.isnan(marks[:, :, P]).all()
    assert np.isfinite(marks[:, :, 3:]).all()


def test_the_t_wave_before_an_early_beat_is_no_p():
    """The extrasystole comes 0.46 s behind a beat: where its P would be is the top of T."""
    fiducials = FIDUCIALS.copy()
    fiducials[3] = FIDUCIALS[2] + 228
    marks = marks_of(np.delete(fiducials, 3) - 78, fiducials=fiducials, t_at=fiducials + 150)
    assert np.isnan(marks[3, :, P]).all()


def test_what_looks_like_p_within_a_wide_qrs_is_none():
    wide = LEAD_MARKS.copy()
    wide[:, 3] = -90
    templates = np.array([0, 0, 0, 1, 0, 0])
    marks = marks_of(FIDUCIALS - 78, templates=templates, lead_marks=np.stack([LEAD_MARKS, wide]))
    assert np.isnan(marks[3, :, P]).all()
    assert np.isfinite(marks[2, :, P]).all()


def test_p_waves_that_no_qrs_follows_are_free():
    """Two to one block: behind each T stands another P."""
    fiducials = np.array([400.0, 1100.0, 1800.0, 2500.0])
    between = fiducials[:-1] + 350 - 78
    pattern = pattern_in(record(np.concatenate([fiducials - 78, between])))
    marks = carried_marks(fiducials, NONE[:4], LEAD_MARKS[None], pattern)
    free = free_p_waves(marks, pattern)
    assert free.shape == (3, 3, 3)
    assert free == pytest.approx(between[:, None, None] + 78 + LEAD_MARKS[:, P], abs=1.5)


def test_several_free_p_waves_of_one_pause_come_in_order_of_time():
    fiducials = np.array([400.0, 2500.0])
    between = np.array([800.0, 1130.0, 1460.0, 1790.0, 2120.0])
    pattern = pattern_in(record([*(fiducials - 78), *between]))
    free = free_p_waves(carried_marks(fiducials, NONE[:2], LEAD_MARKS[None], pattern), pattern)
    assert free[:, 0, 1] == pytest.approx(between, abs=1.5)


@pytest.mark.parametrize("t_at", [(), tuple(FIDUCIALS + 150)])
def test_conducted_p_waves_and_t_waves_are_not_free(t_at):
    pattern = pattern_in(record(FIDUCIALS - 78, t_at=t_at))
    marks = carried_marks(FIDUCIALS, NONE, LEAD_MARKS[None], pattern)
    assert free_p_waves(marks, pattern).shape == (0, 3, 3)


def test_noise_holds_no_free_p_waves():
    fiducials = np.array([400.0, 2500.0])
    pattern = pattern_in(record(fiducials - 78, noise=0.3))
    marks = carried_marks(fiducials, NONE[:2], LEAD_MARKS[None], pattern)
    assert free_p_waves(marks, pattern).shape == (0, 3, 3)


def test_behind_a_beat_without_marks_no_p_is_free():
    fiducials = np.array([400.0, 1100.0, 1800.0])
    pattern = pattern_in(record([*(fiducials - 78), 670.0, 1370.0]))
    marks = carried_marks(fiducials, np.array([0, -1, 0]), LEAD_MARKS[None], pattern)
    assert free_p_waves(marks, pattern).shape == (0, 3, 3)


@pytest.mark.parametrize("templates", [[], [0], [-1]])
def test_hardly_any_beats_are_no_trouble(templates):
    pattern = pattern_in(record([322.0]))
    marks = carried_marks(FIDUCIALS[: len(templates)], np.array(templates, dtype=np.int64), LEAD_MARKS[None], pattern)
    assert marks.shape == (len(templates), 3, 9)
    assert free_p_waves(marks, pattern).shape == (0, 3, 3)


def test_a_pattern_knows_its_place_and_where_the_record_is_like_it():
    signal = record([322.0, 1722.0])
    pattern = pattern_in(signal)
    assert pattern.start == -106
    assert pattern.length == 106 - 48 + 1
    alike = np.flatnonzero(pattern.alike.correlation > 0.9) * 4
    assert set(np.round((alike - (322 - 28)) / 1400)) == {0, 1}
    assert np.abs((alike - (322 - 28) + 700) % 1400 - 700).max() < 16


def test_t_waves_end_where_the_next_beat_begins_and_hidden_ones_are_absent():
    marks = np.full((3, 1, 9), np.nan)
    marks[0, 0] = [100, 120, 140, 180, 200, 230, 300, 350, 420]
    marks[1, 0] = [400, 410, 430, 440, 460, 480, 520, 600, 640]
    marks[2, 0, 3:] = [590, 610, 640, 700, 750, 800]
    cut_at_next_beat(marks)
    assert marks[0, 0, 8] == 400
    assert np.isnan(marks[1, 0, 6:]).all()
    assert marks[2, 0, 8] == 800

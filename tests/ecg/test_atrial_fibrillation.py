from __future__ import annotations

import numpy as np
import pytest

from einthoven.ecg.atrial_fibrillation import atrial_fibrillation_score, share_of_large_steps

REGULAR = np.array([800.0, 805, 795, 800, 810, 790, 800, 805])
IRREGULAR = np.array([800.0, 600, 950, 720, 1100, 640, 900, 780])


def test_the_share_of_large_steps_is_relative_to_the_median_interval():
    assert share_of_large_steps(REGULAR) == 0
    assert share_of_large_steps(IRREGULAR) == 1
    assert share_of_large_steps(3 * IRREGULAR) == 1
    assert share_of_large_steps(np.array([1000.0, 1090, 1000, 1150])) == pytest.approx(1 / 3)


def test_steps_across_a_gap_do_not_count():
    assert share_of_large_steps(np.array([800.0, 810, np.nan, 1600, 1610])) == 0


def test_irregular_intervals_and_unlike_p_waves_each_raise_the_score():
    scores = [
        atrial_fibrillation_score(rr_ms, p_likeness=likeness)
        for rr_ms, likeness in ((REGULAR, 0.95), (IRREGULAR, 0.95), (REGULAR, 0.1), (IRREGULAR, 0.1))
    ]
    assert scores[0] < scores[1] < scores[3]
    assert scores[0] <= scores[2] < scores[3]
    assert scores[0] < 0.05
    assert scores[3] > 0.9


@pytest.mark.parametrize("rr_ms", [[], [800.0], [800.0, 700.0], [800.0, np.nan, 700.0, np.nan, 650.0]])
def test_too_few_intervals_have_no_score(rr_ms):
    assert atrial_fibrillation_score(np.array(rr_ms), p_likeness=0.0) is None


def test_a_regular_rhythm_without_p_is_no_fibrillation():
    assert atrial_fibrillation_score(np.full(12, 1900.0), p_likeness=0.0) == 0
    nearly = np.full(20, 500.0)
    nearly[7] = 580.0
    assert atrial_fibrillation_score(nearly, p_likeness=0.0) < 0.4

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

SOURCE = Path(__file__).resolve().parents[2] / "benchmarks" / "wave_scores.py"
NOTHING = np.empty((0, 3))


@pytest.fixture(scope="module")
def wave_scores():
    spec = importlib.util.spec_from_file_location("wave_scores", SOURCE)
    module = importlib.util.module_from_spec(spec)
    sys.modules["wave_scores"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def waves(p=NOTHING, n=NOTHING, t=NOTHING):
    return {"p": np.array(p, float), "N": np.array(n, float), "t": np.array(t, float)}


def border(scores, wave, name):
    return next(one for one in scores if (one.wave, one.border) == (wave, name))


TWO_BEATS = waves(p=[[900, 950, 1000]], n=[[100, 140, 190], [1060, 1100, 1150]], t=[[300, 400, 480]])


def test_what_the_reader_marked_scores_full_with_no_error(wave_scores):
    for one in wave_scores.score({1: {"ii": TWO_BEATS}}, {1: {"ii": TWO_BEATS}}, records=[1]):
        assert (one.sensitivity, one.predictive_value) == (1, 1)
        assert np.all(one.error_ms == 0)


def test_an_error_is_found_minus_marked(wave_scores):
    late = TWO_BEATS | {"t": np.array([[310.0, 400.0, 460.0]])}
    scores = wave_scores.score({1: {"ii": late}}, {1: {"ii": TWO_BEATS}}, records=[1])
    assert border(scores, "t", "on").error_ms == [10]
    assert border(scores, "t", "off").error_ms == [-20]


def test_a_wave_outside_the_marked_span_is_not_false(wave_scores):
    outside = TWO_BEATS | {"p": np.array([[10.0, 50, 90], [900, 950, 1000], [1600, 1650, 1700]])}
    one = border(wave_scores.score({1: {"ii": outside}}, {1: {"ii": TWO_BEATS}}, records=[1]), "p", "off")
    assert one.predictive_value == 1


def test_a_wave_between_marks_that_nobody_marked_is_false(wave_scores):
    more = TWO_BEATS | {"p": np.array([[560.0, 600, 640], [900, 950, 1000]])}
    one = border(wave_scores.score({1: {"ii": more}}, {1: {"ii": TWO_BEATS}}, records=[1]), "p", "peak")
    assert one.predictive_value == 0.5
    assert one.unpaired == ((1, "ii", 600.0, "false"),)


def test_a_lead_without_any_wave_found_is_missed_whole(wave_scores):
    one = border(wave_scores.score({}, {1: {"ii": TWO_BEATS, "v1": TWO_BEATS}}, records=[1]), "N", "on")
    assert (one.n, one.sensitivity) == (4, 0)
    assert np.isnan(one.predictive_value)


def test_a_mark_counts_150_ms_away_and_no_further(wave_scores):
    for shift, sensitivity in ((150, 1), (151, 0)):
        moved = {1: {"ii": {wave: marks + shift for wave, marks in TWO_BEATS.items()}}}
        one = border(wave_scores.score(moved, {1: {"ii": TWO_BEATS}}, records=[1]), "t", "peak")
        assert one.sensitivity == sensitivity


def test_two_found_waves_share_no_mark(wave_scores):
    twice = TWO_BEATS | {"t": np.array([[300.0, 400, 480], [350, 440, 520]])}
    one = border(wave_scores.score({1: {"ii": twice}}, {1: {"ii": TWO_BEATS}}, records=[1]), "t", "peak")
    assert (one.sensitivity, one.predictive_value) == (1, 0.5)
    assert one.error_ms == [0]


def test_waves_of_one_lead_are_no_partners_for_another(wave_scores):
    one = border(
        wave_scores.score({1: {"v1": TWO_BEATS}}, {1: {"ii": TWO_BEATS, "v1": waves()}}, records=[1]), "N", "peak"
    )
    assert one.sensitivity == 0


def test_a_border_that_the_reader_left_out_is_not_asked_for(wave_scores):
    marked = TWO_BEATS | {"N": np.array([[-1.0, 140, 190], [1060, 1100, 1150]])}
    one = border(wave_scores.score({1: {"ii": TWO_BEATS}}, {1: {"ii": marked}}, records=[1]), "N", "on")
    assert (one.n, one.sensitivity) == (1, 1)


def test_a_wave_with_an_unmarked_border_is_not_false(wave_scores):
    marked = TWO_BEATS | {"N": np.array([[-1.0, 140, 190], [1060, 1100, 1150]])}
    found = TWO_BEATS | {"N": np.array([[130.0, 150, 190], [1060, 1100, 1150]])}
    one = border(
        wave_scores.score({1: {"ii": found}}, {1: {"ii": marked | {"p": TWO_BEATS["p"] - 850}}}, records=[1]), "N", "on"
    )
    assert one.predictive_value == 1


def test_a_wave_whose_peak_is_unknown_is_judged_by_its_border(wave_scores):
    more = TWO_BEATS | {"p": np.array([[560.0, np.nan, 640], [900, 950, 1000]])}
    scores = wave_scores.score({1: {"ii": more}}, {1: {"ii": TWO_BEATS}}, records=[1])
    assert border(scores, "p", "on").predictive_value == 0.5
    assert border(scores, "p", "peak").predictive_value == 1


def test_nearest_pairs_are_taken_first(wave_scores):
    marks, found = wave_scores.pair_nearest(np.array([0.0, 100.0]), np.array([90.0]), tolerance=150)
    assert (marks.tolist(), found.tolist()) == ([1], [0])

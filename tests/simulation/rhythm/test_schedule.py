"""Schedules: what each rhythm does to atria and ventricles."""

from __future__ import annotations

import numpy as np
import pytest

from einthoven.errors import SpecificationError
from einthoven.simulation.clinical_state import ClinicalState
from einthoven.simulation.rhythm.schedule import Schedule, schedule


def _schedule(seed: int = 0, *, duration_s: float = 60.0, **state) -> Schedule:
    known = ClinicalState(**{"age_years": 60.0, "sex": "F", **state})
    return schedule(known, duration_s=duration_s, random=np.random.default_rng(seed))


def _rate(made: Schedule) -> float:
    within = made.ventricular_s[(made.ventricular_s >= 0) & (made.ventricular_s < made.duration_s)]
    return float(60 / np.diff(within).mean())


@pytest.mark.parametrize(
    "state",
    [
        {},
        {"heart_rate_bpm": 130.0},
        {"atrial_ectopy": 0.2},
        {"ventricular_ectopy": 0.2},
        {"ventricular_ectopy": 0.5},
        {"av_block": "wenckebach", "heart_rate_bpm": 55.0},
        {"av_block": "mobitz", "heart_rate_bpm": 45.0},
        {"av_block": "complete", "heart_rate_bpm": 38.0},
        {"rhythm": "fibrillation", "heart_rate_bpm": 110.0},
        {"rhythm": "fibrillation", "ventricular_ectopy": 0.15},
        {"rhythm": "fibrillation", "av_block": "complete", "heart_rate_bpm": 40.0},
        {"conduction": "paced", "av_block": "complete"},
        {"conduction": "paced", "rhythm": "fibrillation"},
        {"conduction": "paced", "rhythm": "flutter"},
    ],
    ids=str,
)
def test_the_ventricles_beat_at_the_rate_of_the_state(state):
    rates = [_rate(_schedule(seed, **state)) for seed in range(8)]
    assert np.mean(rates) == pytest.approx(state.get("heart_rate_bpm", 70.0), rel=0.06)


def test_beats_begin_before_the_record_and_end_behind_it_in_order():
    for seed in range(20):
        made = _schedule(seed, duration_s=10, ventricular_ectopy=0.3, atrial_ectopy=0.1)
        assert made.ventricular_s[0] < 0
        assert made.ventricular_s[-1] > 9
        assert (np.diff(made.ventricular_s) > 0.2).all()
        assert (np.diff(made.atrial_s) > 0.2).all()
        assert len(made.ventricular_kinds) == len(made.ventricular_s) == len(made.rr_s)


def test_in_sinus_rhythm_each_qrs_follows_a_p_wave_by_the_pr_interval():
    made = _schedule(pr_ms=220.0)
    before = made.atrial_s[np.searchsorted(made.atrial_s, made.ventricular_s) - 1]
    assert np.abs(made.ventricular_s - before - 0.22).max() < 0.02


def test_wenckebach_lengthens_pr_from_beat_to_beat_and_then_drops_one():
    made = _schedule(av_block="wenckebach", heart_rate_bpm=55.0)
    at = np.searchsorted(made.ventricular_s, made.atrial_s[:-1])
    pr = np.append(made.ventricular_s, np.inf)[at] - made.atrial_s[:-1]
    dropped = pr > np.diff(made.atrial_s)
    assert 0.1 < dropped.mean() < 0.4
    follows = ~dropped[1:] & ~dropped[:-1]
    assert (np.diff(pr)[follows] > 0).mean() > 0.95
    after_drop = pr[1:][dropped[:-1] & ~dropped[1:]]
    assert after_drop.max() < 0.2  # the first of a cycle has the usual PR


def test_in_complete_block_p_waves_march_through_slow_regular_escape_beats():
    made = _schedule(av_block="complete", heart_rate_bpm=36.0)
    assert set(made.ventricular_kinds) == {"escape"}
    assert len(made.atrial_s) > 1.4 * len(made.ventricular_s)
    assert np.diff(made.ventricular_s).std() < 0.05
    distance = made.ventricular_s - made.atrial_s[np.searchsorted(made.atrial_s, made.ventricular_s) - 1]
    assert distance.std() > 0.1


def test_a_ventricular_premature_beat_has_no_p_and_a_compensatory_pause():
    pauses, usual = [], []
    for seed in range(20):
        made = _schedule(seed, ventricular_ectopy=0.08, heart_rate_bpm=80.0)
        kinds, times = np.array(made.ventricular_kinds), made.ventricular_s
        captured = [time for time, kind in zip(made.atrial_s, made.atrial_kinds, strict=True) if kind == "retrograde"]
        for index in np.flatnonzero(kinds == "ectopic"):
            alone = 0 < index < len(kinds) - 1 and kinds[index - 1] == kinds[index + 1] == "conducted"
            if alone and not any(0 < time - times[index] < 0.4 for time in captured):
                pauses.append(times[index + 1] - times[index - 1])
                usual.append(60 / 80)
    assert len(pauses) > 30
    assert np.median(np.array(pauses) / usual) == pytest.approx(2.0, abs=0.05)


def test_an_atrial_premature_beat_has_a_pause_that_is_less_than_compensatory():
    spans = []
    for seed in range(20):
        made = _schedule(seed, atrial_ectopy=0.08, heart_rate_bpm=70.0)
        kinds = np.array(made.atrial_kinds)
        premature = np.flatnonzero(kinds[1:-1] == "ectopic") + 1
        spans.extend((made.atrial_s[premature + 1] - made.atrial_s[premature - 1]) / (60 / 70))
    assert 1.6 < np.median(spans) < 1.95


@pytest.mark.parametrize("focus", ["atrial_ectopy", "ventricular_ectopy"])
def test_the_share_of_premature_beats_is_that_of_the_state_and_half_is_bigeminy(focus):
    for share, tolerance in ((0.1, 0.03), (0.5, 0.06)):
        premature = []
        for seed in range(10):
            made = _schedule(seed, **{focus: share})
            kinds = made.atrial_kinds if focus == "atrial_ectopy" else made.ventricular_kinds
            premature += [kind == "ectopic" for kind in kinds]
        assert np.mean(premature) == pytest.approx(share, abs=tolerance)


def test_fibrillation_is_irregular_and_has_no_p_waves():
    made = _schedule(rhythm="fibrillation", heart_rate_bpm=90.0)
    assert made.atrial_s.size == 0
    assert made.atrial_waves is not None
    assert np.diff(made.ventricular_s).std() > 0.06


def test_each_paced_beat_has_a_spike_and_premature_ones_have_none():
    made = _schedule(conduction="paced", rhythm="fibrillation", ventricular_ectopy=0.2)
    kinds = np.array(made.ventricular_kinds)
    np.testing.assert_array_equal(made.spikes_s, made.ventricular_s[kinds == "conducted"])
    assert (kinds == "ectopic").any()


def test_some_pacemakers_pace_the_atria_as_well_just_before_p():
    both = []
    for seed in range(60):
        made = _schedule(seed, duration_s=10, conduction="paced")
        assert set(made.ventricular_s) <= set(made.spikes_s)
        atrial = np.setdiff1d(made.spikes_s, made.ventricular_s)
        both.append(atrial.size > 0)
        if atrial.size:
            np.testing.assert_allclose(atrial, made.atrial_s - 0.01)
    assert 0.1 < np.mean(both) < 0.5


def test_a_paced_heart_in_sinus_rhythm_mostly_follows_p_whatever_the_block():
    follows = []
    for seed in range(40):
        made = _schedule(seed, duration_s=10, conduction="paced", av_block="complete", pr_ms=160.0)
        pr = made.ventricular_s - made.atrial_s[np.searchsorted(made.atrial_s, made.ventricular_s) - 1]
        follows.append(pr.std() < 0.01)
    assert 0.6 < np.mean(follows) < 1


def test_the_same_generator_gives_the_same_schedule():
    one, other = _schedule(5, atrial_ectopy=0.1), _schedule(5, atrial_ectopy=0.1)
    np.testing.assert_array_equal(one.ventricular_s, other.ventricular_s)
    np.testing.assert_array_equal(one.atrial_s, other.atrial_s)


def test_a_duration_or_rate_that_no_record_has_is_refused():
    with pytest.raises(SpecificationError, match="duration_s must be a positive"):
        _schedule(duration_s=0)
    with pytest.raises(SpecificationError, match="heart_rate_bpm must lie in 15 to 320"):
        _schedule(heart_rate_bpm=5.0)

"""QRS, ST and T."""

from __future__ import annotations

import numpy as np
import pytest

from einthoven.simulation.clinical_state import ClinicalState
from einthoven.simulation.heart.remodelling import remodelled
from einthoven.simulation.heart.traits import HeartTraits, parameters_of, trait_space, with_disease
from einthoven.simulation.heart.ventricles import depolarised, qrst

AVERAGE = HeartTraits(np.zeros(len(trait_space().names)))
STATE = ClinicalState(age_years=60, sex="M")


def wave(conduction="normal", *, rr_ms=900.0, findings=()):
    heart = remodelled(parameters_of(with_disease(AVERAGE, dict.fromkeys(findings, 1.0))), STATE)
    return qrst(heart, depolarised(heart, conduction), rr_ms=rr_ms)


def qrs(found):
    first, last = round(found.onset_ms) - 5, round(found.onset_ms + found.duration_ms) + 20
    return found.samples[:, first:last]


def test_a_healthy_qrs_has_a_small_r_in_v1_and_a_tall_one_in_v5():
    samples = qrs(wave())
    assert samples[2].max() < 0.6 * -samples[2].min()
    assert samples[6].max() > 3 * -samples[6].min()
    assert 0.4 < samples[0].max() < 1.2


def test_t_goes_the_way_of_qrs_in_a_healthy_heart():
    found = wave()
    t_wave = found.samples[:, round(found.onset_ms) + 180 : round(found.t_end_ms)]
    assert (t_wave[[0, 1, 4, 5, 6, 7]].max(1) > 0.1).all()
    assert t_wave[[0, 1, 5, 6, 7]].min() > -0.05


def test_the_line_is_level_when_all_is_activated_and_none_recovers():
    found = wave()
    after = round(found.onset_ms + found.duration_ms) + 25
    assert np.abs(found.samples[:, after]).max() < 0.15


def test_left_bundle_branch_block_is_wide_and_negative_in_v1():
    blocked = wave("lbbb", findings=["lbbb"])
    samples = qrs(blocked)
    assert blocked.duration_ms > 120
    assert -samples[2].min() > 3 * samples[2].max()
    assert samples[0].max() > 2 * -samples[0].min()


def test_right_bundle_branch_block_ends_towards_v1_and_away_from_v6():
    blocked = wave("rbbb", findings=["rbbb"])
    samples = qrs(blocked)
    late = samples[:, samples.shape[1] // 2 :]
    assert blocked.duration_ms > 105
    assert late[2].max() > 0.25
    assert late[7].min() < -0.15


def test_qt_follows_the_rate():
    slow, fast = wave(rr_ms=1200.0), wave(rr_ms=600.0)
    assert (slow.t_end_ms - slow.onset_ms) / (fast.t_end_ms - fast.onset_ms) == pytest.approx(2 ** (1 / 3), rel=0.05)


def test_a_wave_begins_and_ends_at_zero():
    for conduction in ("normal", "lbbb", "paced", "wpw"):
        samples = wave(conduction).samples
        assert np.abs(samples[:, [0, -1]]).max() < 0.02

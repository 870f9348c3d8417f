"""Each lead's borders of one beat: in order, near the wave, with the peak that a reader names."""

from __future__ import annotations

import numpy as np
import pytest

from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.ecg.wave_borders import BeatTiming, lead_borders, wave_searches
from einthoven.ecg.wave_borders import t_limit as limit_of_t

P_ON, P_PEAK, P_OFF, QRS_ON, QRS_PEAK, QRS_OFF, T_ON, T_PEAK, T_OFF = range(9)
TIMING = BeatTiming(250, 400.0, 400.0)


def bumps(*waves, n_samples=601):
    samples = np.arange(n_samples)
    return sum(height * np.exp(-0.5 * ((samples - centre) / width) ** 2) for centre, width, height in waves)


def beat(*, p=0.15, q=-0.1, r=1.0, s=-0.3, t=0.3):
    return bumps((172, 11, p), (240, 4, q), (250, 6, r), (263, 5, s), (400, 22, t))


def borders(*leads, timing=TIMING, noise=0.002, weights=None, names=None):
    rng = np.random.default_rng(0)
    signal = np.stack(leads) + noise * rng.normal(size=(len(leads), 601))
    weights = np.ones(len(leads), dtype=np.float32) if weights is None else np.float32(weights)
    return lead_borders(signal, names or STANDARD_LEADS[: len(leads)], timing, weights=weights)


def twelve(**waves):
    return [gain * beat(**waves) for gain in np.linspace(1, 0.4, 12)]


def test_marks_are_in_order_in_every_lead():
    marks = borders(*twelve())
    assert marks.shape == (12, 9)
    assert (np.diff(marks, axis=1) > 0).all()


def test_marks_lie_where_the_waves_begin_and_end():
    """A bump of standard deviation s begins and ends about 2.5 s from its peak."""
    middle = np.median(borders(*twelve()), axis=0)
    expected = [172 - 27, 172, 172 + 27, 232, 250, 274, 400 - 52, 400, 400 + 52]
    assert middle == pytest.approx(expected, abs=14)
    assert middle[[P_PEAK, QRS_PEAK, T_PEAK]] == pytest.approx([172, 250, 400], abs=4)


@pytest.mark.parametrize(("r", "s", "peak"), [(1.0, -0.9, 250), (0.3, -0.9, 250), (0.03, -0.9, 263), (1.0, 0.0, 250)])
def test_the_peak_of_qrs_is_that_of_r_unless_r_is_tiny(r, s, peak):
    marks = borders(*twelve(q=0.0, r=r, s=s), noise=0)
    assert np.median(marks[:, QRS_PEAK]) == pytest.approx(peak, abs=2)


@pytest.mark.parametrize("sign", [1, -1])
def test_p_and_t_peak_where_they_are_furthest_from_the_line(sign):
    marks = borders(*twelve(p=sign * 0.15, t=sign * 0.3))
    assert marks[:, P_PEAK] == pytest.approx(172, abs=6)
    assert marks[:, T_PEAK] == pytest.approx(400, abs=6)


def test_a_lead_without_a_wave_follows_the_others():
    leads = twelve()
    leads[3] = 0 * leads[3]
    marks = borders(*leads)
    assert marks[3, [P_ON, P_OFF, QRS_ON, QRS_OFF, T_ON, T_OFF]] == pytest.approx(
        np.median(marks, axis=0)[[P_ON, P_OFF, QRS_ON, QRS_OFF, T_ON, T_OFF]], abs=25
    )


def test_one_lead_alone_has_all_its_borders():
    marks = borders(beat())
    assert np.isfinite(marks).all()
    assert marks[0, [P_PEAK, QRS_PEAK, T_PEAK]] == pytest.approx([172, 250, 400], abs=4)


def test_a_lead_that_is_none_of_the_twelve_is_marked_as_well():
    assert np.isfinite(borders(beat(), beat(), names=("I", "X"))).all()


def test_a_gain_moves_no_mark():
    leads = np.stack(twelve())
    plain = borders(*leads, noise=0)
    assert borders(*(1000 * leads), noise=0) == pytest.approx(plain, abs=1e-6)


@pytest.mark.parametrize(
    ("after", "limit"),
    [
        (500.0, 250 + 0.62 * 500),  # by the share of RR
        (300.0, 250 + 200.0),  # 0.4 s anyway
        (260.0, 250 + 0.95 * 260 - 60),  # the next P and QRS need room
        (200.0, 250 + 0.7 * 200),  # P and T fuse
        (900.0, 599.0),  # the beat ends
    ],
)
def test_t_ends_before_what_the_rate_allows(after, limit):
    assert limit_of_t(BeatTiming(250, 400.0, after), n_samples=601) == pytest.approx(limit)


def test_a_fast_heart_has_no_room_for_p():
    timing = BeatTiming(250, 150.0, 150.0, previous_t_end=100.0)
    marks = borders(beat(p=0.0), timing=timing)
    assert np.isnan(marks[:, :3]).all()
    assert np.isfinite(marks[:, 3:6]).all()


def test_p_is_not_looked_for_before_the_t_wave_that_came_before_has_ended():
    timing = BeatTiming(250, 300.0, 400.0, previous_t_end=200.0)
    marks = borders(*(one + bumps((90, 20, 0.4)) for one in twelve()), timing=timing)
    assert marks[:, P_PEAK] == pytest.approx(172, abs=6)
    assert (marks[:, P_ON] > 130).all()


def test_a_noisy_lead_hides_no_p_when_it_weighs_little():
    rng = np.random.default_rng(4)
    leads = twelve(p=0.06)
    leads[0] = leads[0] + 0.4 * rng.normal(size=601)
    weights = np.ones(12)
    weights[0] = 0.02
    marks = borders(*leads, weights=weights)
    assert np.median(marks[:, P_PEAK]) == pytest.approx(172, abs=6)


def test_all_waves_are_looked_for_and_none_is_left_without_weights():
    found = wave_searches(np.stack(twelve()), STANDARD_LEADS, TIMING, weights=np.ones(12, dtype=np.float32))
    assert {name for name, wave in found.items() if wave is not None} == {"p", "qrs", "t"}
    assert found["p"].apex < found["qrs"].apex < found["t"].apex


@pytest.mark.parametrize("kind", ["noise", "line"])
def test_what_is_no_beat_gets_ordered_marks_all_the_same(kind):
    noise, line = np.random.default_rng(1).normal(size=(3, 601)), np.outer([1, -2, 0.5], np.linspace(-1, 1, 601))
    signal = noise if kind == "noise" else line
    marks = borders(*signal, noise=0)
    assert np.isfinite(marks[:, 3:6]).all()
    for wave in (slice(0, 3), slice(3, 6), slice(6, 9)):
        present = np.isfinite(marks[:, wave]).all(axis=1)
        assert (np.diff(marks[present, wave], axis=1) >= 0).all()
    assert np.nanmin(marks) >= 0
    assert np.nanmax(marks) <= 600


def test_the_peak_of_a_level_lead_lies_between_its_borders():
    marks = borders(*np.zeros((3, 601)), noise=0)
    assert (np.diff(marks[:, QRS_ON : QRS_OFF + 1], axis=1) >= 0).all()

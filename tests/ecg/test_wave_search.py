"""P, QRS and T are looked for where they are, however large, inverted or crowded."""

from __future__ import annotations

import numpy as np
import pytest

from einthoven.ecg.wave_search import p_search, qrs_search, t_search

WAVES = {"p": (172, 11, 0.15), "q": (241, 4, -0.2), "r": (250, 6, 1.0), "s": (262, 5, -0.3), "t": (400, 22, 0.3)}
LEADS = np.array([[1.0], [0.5], [-0.7]])
FAR = 35  # samples: twice the width of what is smoothed


def beat(*, without=(), n_samples=601, later=0, gain=1.0, **waves):
    """Bumps by centre, width and height in samples and mV; the fiducial is sample 250."""
    samples = np.arange(n_samples) - later
    parts = [wave for name, wave in {**WAVES, **waves}.items() if name not in without]
    return gain * LEADS * sum(height * np.exp(-0.5 * ((samples - at) / width) ** 2) for at, width, height in parts)


def places(wave):
    return wave.apex, wave.onset.base, wave.offset.base


def test_qrs_lies_around_its_steepest_place():
    apex, onset, offset = places(qrs_search(beat(), fiducial=250))
    assert apex == pytest.approx(255, abs=12)
    assert 230 - FAR / 2 < onset < 240
    assert 258 < offset < 278 + FAR / 2


@pytest.mark.parametrize("fiducial", [215, 235, 265, 285])
def test_the_fiducial_need_not_be_the_middle_of_qrs(fiducial):
    assert places(qrs_search(beat(), fiducial=fiducial)) == pytest.approx(places(qrs_search(beat(), fiducial=250)))


@pytest.mark.parametrize("share", [0.2, 0.6])
def test_a_wide_notched_qrs_is_one_wave(share):
    apex, onset, offset = places(qrs_search(beat(s=(285, 9, share)), fiducial=265))
    assert 240 < apex < 295
    assert onset < 242
    assert offset > 255 + 40 * (share > 0.4)


@pytest.mark.parametrize("fiducial", [3, 40])
def test_qrs_at_the_start_of_what_is_recorded_has_finite_estimates(fiducial):
    found = qrs_search(beat()[:, 250 - fiducial :], fiducial=fiducial)
    assert np.isfinite(found.onset.features).all()
    assert 0 <= found.apex < fiducial + 60


@pytest.mark.parametrize("height", [0.1, 0.3, -0.3, 1.5])
def test_t_is_found_upright_and_inverted(height):
    found = t_search(beat(t=(400, 22, height)), qrs_end=277.0, limit=520.0)
    apex, onset, offset = places(found)
    assert apex == pytest.approx(400, abs=3)
    assert 330 < onset < 385
    assert 415 < offset < 465


@pytest.mark.parametrize("centre", [345, 380, 450])
def test_t_may_come_early_or_late(centre):
    found = t_search(beat(t=(centre, 18, 0.3)), qrs_end=277.0, limit=520.0)
    assert found.apex == pytest.approx(centre, abs=3)
    assert found.onset.base < centre < found.offset.base


def test_the_p_wave_of_the_next_beat_is_not_t():
    crowded = beat(next_p=(545, 11, 0.2))
    assert t_search(crowded, qrs_end=277.0, limit=500.0).apex == pytest.approx(400, abs=5)


@pytest.mark.parametrize(("qrs_end", "limit"), [(480.0, 520.0), (300.0, 200.0), (595.0, 9999.0)])
def test_without_room_there_is_no_t(qrs_end, limit):
    assert t_search(beat(), qrs_end=qrs_end, limit=limit) is None


@pytest.mark.parametrize("height", [0.05, 0.15, -0.15])
@pytest.mark.parametrize("centre", [130, 155, 172, 190])
def test_p_is_found_at_any_distance_from_qrs(centre, height):
    found = p_search(beat(p=(centre, 11, height)), qrs_start=232.0, earliest=20.0)
    apex, onset, offset = places(found)
    assert apex == pytest.approx(centre, abs=3)
    assert centre - 22 - FAR / 2 < onset < centre - 8
    assert centre + 8 < offset < centre + 22 + FAR / 2


def test_the_slow_start_of_qrs_is_no_p():
    slurred = beat(delta=(226, 7, 0.25))
    assert p_search(slurred, qrs_start=212.0, earliest=20.0).apex == pytest.approx(172, abs=4)


@pytest.mark.parametrize("height", [0.1, 0.15])
def test_a_bump_right_before_qrs_is_less_likely_p_than_one_at_the_usual_distance(height):
    doubled = beat(near=(212, 9, height), without=("q",))
    assert p_search(doubled, qrs_start=232.0, earliest=20.0).apex == pytest.approx(172, abs=4)


def test_the_t_wave_before_is_no_p():
    crowded = beat(before=(40, 22, 0.4))
    assert p_search(crowded, qrs_start=232.0, earliest=95.0).apex == pytest.approx(172, abs=4)


@pytest.mark.parametrize(("qrs_start", "earliest"), [(232.0, 200.0), (232.0, 400.0), (30.0, -50.0), (2.0, 0.0)])
def test_without_room_there_is_no_p(qrs_start, earliest):
    assert p_search(beat(), qrs_start=qrs_start, earliest=earliest) is None


def searches(signal, *, later=0):
    yield qrs_search(signal, fiducial=250 + later)
    yield t_search(signal, qrs_end=277.0 + later, limit=500.0 + later)
    yield p_search(signal, qrs_start=232.0 + later, earliest=60.0 + later)


@pytest.mark.parametrize("gain", [1e-4, 0.5, 30.0])
def test_a_gain_moves_nothing(gain):
    for plain, louder in zip(searches(beat()), searches(beat(gain=gain)), strict=True):
        assert places(louder) == pytest.approx(places(plain), abs=1e-6)


def test_a_beat_that_stands_later_is_found_later():
    for plain, later in zip(
        searches(beat(n_samples=700)), searches(beat(n_samples=700, later=31), later=31), strict=True
    ):
        assert places(later) == pytest.approx([place + 31 for place in places(plain)], abs=1e-6)
        assert later.onset.features == pytest.approx(plain.onset.features, abs=1e-6)


def test_the_signal_is_left_alone():
    signal = beat()
    before = signal.copy()
    list(searches(signal))
    assert np.array_equal(signal, before)


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_waves_do_not_jump_with_borders_between_samples(part):
    signal = beat()
    t, moved_t = (t_search(signal, qrs_end=277.0 + more, limit=500.0) for more in (0, part))
    p, moved_p = (p_search(signal, qrs_start=232.0 - more, earliest=60.0) for more in (0, part))
    for plain, moved in ((t, moved_t), (p, moved_p)):
        assert places(moved) == pytest.approx(places(plain), abs=1.5)

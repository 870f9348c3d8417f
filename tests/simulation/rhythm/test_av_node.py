"""The AV node delays, lengthens and loses impulses as each kind of block does."""

from __future__ import annotations

import numpy as np
import pytest

from einthoven.simulation.rhythm.av_node import AvNode, draw_delays, passed_share


@pytest.mark.parametrize("seed", range(10))
def test_wenckebach_lengthens_pr_by_ever_smaller_steps_until_an_impulse_is_lost(seed):
    *delays, lost = draw_delays("wenckebach", heart_rate_bpm=60, random=np.random.default_rng(seed))
    steps = np.diff(delays)
    assert lost is None
    assert (steps > 0).all()
    assert (np.diff(steps) < 0).all()


@pytest.mark.parametrize(("rate", "least_waves"), [(40, 2), (70, 3), (80, 4)])
def test_mobitz_keeps_pr_and_loses_so_few_that_the_atria_need_not_race(rate, least_waves):
    for seed in range(10):
        *delays, lost = draw_delays("mobitz", heart_rate_bpm=rate, random=np.random.default_rng(seed))
        assert lost is None
        assert set(delays) == {0.0}
        assert len(delays) + 1 >= least_waves


def test_a_complete_block_passes_nothing_and_no_block_everything():
    random = np.random.default_rng(0)
    assert passed_share(draw_delays("complete", heart_rate_bpm=40, random=random)) == 0
    assert passed_share(draw_delays("first", heart_rate_bpm=40, random=random)) == 1


def _node() -> AvNode:
    return AvNode(pr_s=0.16, mean_s=0.8, delays=(0.0,), place=0)


def test_a_premature_impulse_waits_longer_and_a_late_one_hardly():
    usual = _node().qrs_onset_s(0.0, interval_s=0.8, noise=0.0)
    early = _node().qrs_onset_s(0.0, interval_s=0.5, noise=0.0)
    late = _node().qrs_onset_s(0.0, interval_s=0.9, noise=0.0)
    assert usual == pytest.approx(0.16)
    assert early > usual + 0.01
    assert usual < late < usual + 0.005


def test_an_impulse_within_the_refractory_period_is_lost():
    node = _node()
    assert node.qrs_onset_s(0.0, interval_s=0.8, noise=0.0) is not None
    assert node.qrs_onset_s(0.1, interval_s=0.8, noise=0.0) is None
    assert node.qrs_onset_s(0.8, interval_s=0.8, noise=0.0) is not None

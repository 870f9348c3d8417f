"""Most records are clean; the shares of the others are those of PTB-XL."""

from __future__ import annotations

import numpy as np
import pytest

from einthoven.simulation.noise.levels import draw_noise_levels


@pytest.fixture(scope="module")
def drawn():
    random = np.random.default_rng(1)
    return [draw_noise_levels(mains_factor=1.0, duration_s=10, random=random) for _ in range(4000)]


@pytest.mark.parametrize(
    ("remark", "share"), [("static_noise", 0.149), ("burst_noise", 0.028), ("baseline_drift", 0.073)]
)
def test_remarks_are_as_frequent_as_in_ptb_xl(drawn, remark, share):
    assert np.mean([remark in levels.remarks for levels in drawn]) == pytest.approx(share, rel=0.25)


def test_some_records_have_exchanged_electrodes_and_most_of_them_the_arms(drawn):
    exchanged = [levels.exchanged for levels in drawn if levels.exchanged]
    assert 4 <= len(exchanged) <= 32
    assert exchanged.count(("RA", "LA")) >= len(exchanged) / 5


def test_records_with_a_remark_are_noisier(drawn):
    static = [levels.muscle_uv.mean() for levels in drawn if "static_noise" in levels.remarks]
    clean = [levels.muscle_uv.mean() for levels in drawn if not levels.remarks]
    assert np.median(static) > 1.6 * np.median(clean)
    assert all(levels.n_bursts or levels.moving for levels in drawn if "burst_noise" in levels.remarks)


def test_hum_grows_with_the_factor_of_the_device():
    one, two = (
        draw_noise_levels(mains_factor=factor, duration_s=10, random=np.random.default_rng(2)) for factor in (1, 3)
    )
    np.testing.assert_allclose(two.mains_uv, 3 * one.mains_uv, rtol=1e-5)
    np.testing.assert_array_equal(two.muscle_uv, one.muscle_uv)

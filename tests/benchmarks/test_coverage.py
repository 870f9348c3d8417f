from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

SOURCE = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture(scope="module")
def simulation():
    """Return benchmarks/coverage.py, not the package of that name."""
    sys.path.insert(0, str(SOURCE))
    spec = importlib.util.spec_from_file_location("coverage_of_intervals", SOURCE / "coverage.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["coverage_of_intervals"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    sys.path.remove(str(SOURCE))
    return module


@pytest.mark.parametrize("cluster_size", [1, 4])
def test_one_large_data_set_has_the_true_values(simulation, cluster_size):
    """What intervals are held against is what 200,000 records show."""
    setting = simulation.Setting(200_000, 0.3, cluster_size, 0.85)
    sample = simulation.draw(setting, np.random.default_rng(0))
    for interval in (*simulation.areas()[:1], *simulation.others()):
        assert interval.estimate(sample, setting).value == pytest.approx(interval.truth(setting), abs=0.02)


@pytest.mark.parametrize("shape", ["wider positives", "exponential", "missed positives"])
def test_scores_of_other_shapes_have_the_area_they_should(simulation, shape):
    """Drawn from 200,000 records, half of them events."""
    setting = simulation.Setting(200_000, 0.0, 1, 0.85, events=100_000, shape=shape)
    sample = simulation.draw(setting, np.random.default_rng(0))
    assert simulation.auroc(sample.score, sample.truth).value == pytest.approx(0.85, abs=0.005)


def test_records_of_a_patient_resemble_each_other(simulation):
    """In the outcome, and in the score of those without it."""
    sample = simulation.draw(simulation.Setting(40_000, 0.3, 4, 0.75), np.random.default_rng(1))
    truth, score = sample.truth.reshape(-1, 4), sample.score.reshape(-1, 4)
    assert np.corrcoef(truth[:, 0], truth[:, 1])[0, 1] > 0.2
    none = ~truth[:, :2].any(axis=1)
    assert np.corrcoef(score[none, 0], score[none, 1])[0, 1] > 0.4


@pytest.mark.slow
def test_intervals_cover_in_a_short_run(simulation):
    """60 data sets with 60 events, one and four records per patient: no interval falls far below 95 %."""
    for cluster_size in (1, 4):
        setting = simulation.Setting(200, 0.3, cluster_size, 0.95)
        found = simulation.measure(simulation.areas() + simulation.others(), setting, sets=60, seed=3)
        by_name = {(m.statistic, m.method): m for m in found}
        assert by_name["AUROC", "plain DeLong"].width < by_name["AUROC", "chosen automatically"].width
        assert all(m.coverage >= 85 for m in found if "DeLong" not in m.method)
        assert all(m.width > 0 and m.without == 0 for m in found)


def test_the_page_names_what_misses_its_aim(simulation):
    """A line marked in its table and spelled out above; refusals are counted apart."""
    setting = simulation.Setting(200, 0.3, 1, 0.75)
    limits = np.tile([0.7, 0.8], (100, 1))
    limits[:20] = [0.8, 0.9]
    limits[90:] = np.nan
    measured = simulation.Measured.of(
        "AUROC", "chosen automatically", setting, limits, 0.75, events=60.0, patients=60.0
    )
    assert (measured.coverage, measured.above, measured.without) == pytest.approx((100 * 70 / 90, 100 * 20 / 90, 10))
    text = simulation.page([measured], sets=100)
    assert "0 of 1 lines meet it" in text
    assert "AUROC (chosen automatically): 200 records, 30 % events, one record per patient, AUROC 0.75: 77.8 %" in text
    assert "77.8 +- 4.4 (!)" in text

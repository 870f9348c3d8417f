from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from einthoven.evaluation.statistics.decision_curve import THRESHOLDS, decision_curve, decision_curve_all
from einthoven.evaluation.statistics.net_benefit import net_benefit, net_benefit_all

REFERENCE = Path(__file__).resolve().parents[2] / "reference" / "decision_curve.json"


def draw(n=500, seed=0):
    """Return probabilities on a grid that thresholds hit, truth, patients and weights."""
    rng = np.random.default_rng(seed)
    truth = rng.random(n) < 0.3
    logit = rng.normal(size=n) + 1.6 * truth - 1.5
    return np.round(1 / (1 + np.exp(-logit)), 2), truth, rng.integers(0, n // 3, n), rng.uniform(0.5, 3, n)


@pytest.mark.parametrize("clustered", [True, False])
@pytest.mark.parametrize("weighted", [True, False])
def test_each_point_is_net_benefit_with_its_interval(clustered, weighted):
    """Value and both limits, at thresholds that are scores and at others."""
    score, truth, patient, weight = draw()
    options = {"clusters": patient} if clustered else {}
    options |= {"weights": weight} if weighted else {}
    at = [0.05, 0.2, 0.333, 0.5, 0.97]
    curve = decision_curve(score, truth, thresholds=at, **options)
    for place, threshold in enumerate(at):
        point = net_benefit(score, truth, threshold=threshold, **options)
        assert (curve.y[place], curve.low[place], curve.high[place]) == pytest.approx(
            (point.value, point.low, point.high), abs=1e-12
        )


def test_curve_of_acting_on_everyone_is_net_benefit_all():
    """With its interval."""
    _, truth, patient, _ = draw(120)
    curve = decision_curve_all(truth, clusters=patient)
    assert curve.x.tolist() == list(THRESHOLDS)
    point = net_benefit_all(truth, threshold=0.2, clusters=patient)
    assert (curve.y[19], curve.low[19], curve.high[19]) == pytest.approx(
        (point.value, point.low, point.high), abs=1e-13
    )


def test_curves_equal_those_of_dcurves():
    """The recorded numbers of the Python package dcurves 1.1.7, on scores without and with ties."""
    recorded = json.loads(REFERENCE.read_text(encoding="utf-8"))
    truth = np.array(recorded["truth"])
    for name in ("model", "tied"):
        curve = decision_curve(recorded[name], truth, thresholds=recorded["thresholds"])
        assert curve.y.tolist() == pytest.approx(recorded["net_benefit"][name], abs=1e-12)
    everyone = decision_curve_all(truth, thresholds=recorded["thresholds"])
    assert everyone.y.tolist() == pytest.approx(recorded["net_benefit"]["all"], abs=1e-12)


def test_a_single_patient_has_no_band():
    """The line alone."""
    curve = decision_curve([0.1, 0.9], [0, 1], clusters=["a", "a"])
    assert curve.low is None
    assert curve.y[-1] == pytest.approx(0.5)

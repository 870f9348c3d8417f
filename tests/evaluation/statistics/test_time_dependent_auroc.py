from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from scipy import special

from einthoven.evaluation.statistics.auroc import auroc
from einthoven.evaluation.statistics.time_dependent_auroc import time_dependent_auroc
from fakes.survival_reference import survival_reference

R = survival_reference()
PEERS = json.loads(
    (Path(__file__).resolve().parents[2] / "reference" / "survival_peers.json").read_text(encoding="utf-8")
)
DATA = {name: np.array(values) for name, values in PEERS["data"].items()}


def by_definition(score, time, cause, horizon, weight):
    """Loop over cases and controls, with the censoring curve by a loop over times."""
    above = total = 0.0
    for i in np.flatnonzero((cause == 1) & (time <= horizon)):
        free = 1.0
        for u in sorted(set(time[(cause == 0) & (time < time[i])])):
            at_risk = weight[(time > u) | ((time == u) & (cause == 0))].sum()
            free *= 1 - weight[(time == u) & (cause == 0)].sum() / at_risk
        for j in np.flatnonzero(time > horizon):
            pair = weight[i] * weight[j] / free
            total += pair
            above += pair * (1.0 if score[i] > score[j] else 0.5 if score[i] == score[j] else 0.0)
    return above / total


def test_area_equals_that_of_scikit_survival():
    """At three horizons, on times without ties."""
    for horizon, area in zip(PEERS["horizons"], PEERS["auroc"], strict=True):
        found = time_dependent_auroc(DATA["score"], DATA["time"], DATA["event"], horizon=horizon)
        assert found.value == pytest.approx(area, abs=1e-12)


def test_area_is_the_definition_with_ties_competing_events_and_weights():
    """By loops over pairs."""
    expected = by_definition(R.score, R.time, R.cause, 365, R.weight)
    found = time_dependent_auroc(R.score, R.time, R.cause, horizon=365, weights=R.weight)
    assert found.value == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("clustered", [True, False])
def test_error_is_that_of_the_derivatives_by_weight(clustered):
    """By numerical differences, which estimate the censoring anew each time; summed over patients."""
    patient = R.patient if clustered else np.arange(240)
    found = time_dependent_auroc(R.score, R.time, R.cause, horizon=365, clusters=patient)
    slopes = np.zeros(240)
    for k in range(240):
        weights = np.ones(240)
        values = []
        for weights[k] in (1 - 1e-4, 1 + 1e-4):
            values.append(time_dependent_auroc(R.score, R.time, R.cause, horizon=365, weights=weights).value)
        slopes[k] = np.diff(values)[0] / 2e-4
    error = np.linalg.norm(np.bincount(patient.astype(int), slopes))
    a = found.value
    reach = (special.logit(found.high) - special.logit(a)) * a * (1 - a)
    assert reach / special.ndtri(0.975) == pytest.approx(error, rel=1e-5)


def test_without_censoring_it_is_the_area_under_the_roc_curve():
    """Of having had the event."""
    truth = DATA["time"] <= 200
    found = time_dependent_auroc(DATA["score"], DATA["time"], np.ones(200), horizon=200)
    assert found.value == pytest.approx(auroc(DATA["score"], truth).value, abs=1e-14)
    assert found.events == truth.sum()


@pytest.mark.parametrize(("horizon", "told"), [(10, "has the event by"), (5000, "followed up beyond")])
def test_without_cases_or_controls_it_is_undefined(horizon, told):
    """The reason names the horizon."""
    found = time_dependent_auroc(R.score, R.time, R.cause, horizon=horizon)
    assert math.isnan(found.value)
    assert told in found.reason
    assert f"{horizon} days" in found.reason


@pytest.mark.parametrize("sign", [1, -1])
def test_perfect_separation_has_an_exact_interval(sign):
    """Of 10 pairs; and all scores tied make no claim."""
    time = np.arange(1.0, 31)
    found = time_dependent_auroc(-sign * time, time, np.ones(30), horizon=10)
    expected = (0.025**0.1, 1.0) if sign > 0 else (0.0, 1 - 0.025**0.1)
    assert (found.low, found.high) == pytest.approx(expected)
    tied = time_dependent_auroc(np.ones(30), time, np.ones(30), horizon=10)
    assert (tied.value, tied.low, tied.high) == (pytest.approx(0.5), pytest.approx(0), pytest.approx(1))

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from einthoven.evaluation.label_metrics import (
    DECISION_METRICS,
    OPERATING_METRICS,
    Decisions,
    decision_metrics,
    label_curves,
    label_metrics,
)
from einthoven.evaluation.label_scores import LabelScores
from einthoven.evaluation.protocol import Protocol

QUICK = Protocol(resamples=20)
AREAS, CALIBRATION = {"auroc", "auprc"}, {"brier", "calibration_slope", "calibration_intercept"}


def scores(kind="probability", n=20):
    rng = np.random.default_rng(0)
    truth = (np.arange(n) % 3 == 0).astype(float)
    score = np.clip(0.3 * truth + 0.6 * rng.random(n), 0.01, 0.99)
    score = (score > 0.4).astype(float) if kind == "binary" else score
    codes = np.arange(n)
    return LabelScores("net", 0, "test", "AF", "binary", kind, score, truth, codes, codes, codes, 0)


@pytest.mark.parametrize(
    ("kind", "metrics", "curves"),
    [
        ("probability", AREAS | CALIBRATION, {"roc", "pr", "calibration"}),
        ("logit", AREAS | CALIBRATION, {"roc", "pr", "calibration"}),
        ("value", AREAS, {"roc", "pr"}),
        ("risk", AREAS, {"roc", "pr"}),
        ("binary", set(), set()),
    ],
)
def test_the_kind_of_score_decides_what_is_computed(kind, metrics, curves):
    """No calibration of what is no probability, no area of a yes or no."""
    assert set(label_metrics(scores(kind), None, QUICK)) == metrics | {"prevalence"}
    assert set(label_curves(scores(kind), level=0.95)) == curves


def test_a_label_without_known_truth_is_undefined_throughout():
    """Every metric has a reason, no curve is drawn."""
    nothing = scores(n=0)
    estimates = label_metrics(nothing, Decisions(np.zeros(0, dtype=bool)), QUICK)
    assert all(e.reason for e in estimates.values())
    assert label_curves(nothing, level=0.95) == {}


def test_missing_decisions_carry_their_reason():
    """All five metrics."""
    estimates = label_metrics(scores(), Decisions(None, "no cut-off"), QUICK)
    assert {estimates[name].reason for name in DECISION_METRICS} == {"no cut-off"}


def test_weights_are_records_repeated_so_often():
    """In the value of every metric."""
    one, called = scores(n=40), scores(n=40).score > 0.4
    weight = 1.0 + np.arange(40) % 3
    weighted = label_metrics(dataclasses.replace(one, weight=weight), Decisions(called), QUICK)
    again = np.repeat(np.arange(40), weight.astype(int))
    repeated = label_metrics(one.only(again), Decisions(called[again]), QUICK)
    assert {m: e.value for m, e in weighted.items()} == pytest.approx({m: e.value for m, e in repeated.items()})


def test_an_operating_point_has_more_metrics_than_the_main_table():
    """All defined where there are both classes and both calls."""
    one = scores(n=40)
    found = decision_metrics(one, Decisions(one.score > 0.4), OPERATING_METRICS, level=0.95)
    assert set(found) > set(DECISION_METRICS)
    assert all(e.low <= e.value <= e.high for e in found.values())

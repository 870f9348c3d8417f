from __future__ import annotations

import math

import numpy as np
import pytest

from einthoven.evaluation.analyses.operating_points import analyse
from einthoven.evaluation.evaluate import context_for
from einthoven.evaluation.label_metrics import OPERATING_METRICS
from einthoven.evaluation.prediction_files import read_predictions
from einthoven.evaluation.predictions import Predictions
from einthoven.evaluation.protocol import Protocol
from einthoven.evaluation.threshold_rules import cut_off
from einthoven.evaluation.thresholds import Threshold
from fakes.grouped_predictions import grouped_context, grouped_predictions

RULES = ("youden", "sensitivity 0.9", "alert_rate 0.1")


@pytest.fixture(scope="module")
def context():
    """Return a context of three rules and two prevalences."""
    return grouped_context(thresholds=RULES, prevalences=(0.05, 0.3))


def estimates(rows, at):
    return {row.metric: row.estimate for row in rows.results if row.at == at}


def test_each_rule_has_its_cut_off_and_every_metric(context):
    """The cut-off is that of validation, without an interval."""
    rows = analyse(context)
    validation = context.in_split(context.main[0], "validation")
    for rule in RULES:
        found = estimates(rows, rule)
        assert set(found) == {"cut_off", *OPERATING_METRICS}
        value = cut_off(rule, validation.score, validation.truth)
        assert (found["cut_off"].value, found["cut_off"].low, found["cut_off"].high) == (value, value, value)
        assert "split 'validation'" in found["cut_off"].method
        called = context.main[0].score >= value
        assert found["sensitivity"].value == pytest.approx(called[context.main[0].truth == 1].mean())
        assert found["alerts_per_1000"].value == pytest.approx(1000 * called.mean())
        assert all(e.low <= e.value <= e.high for e in found.values() if e.reason is None)
    assert (
        estimates(rows, "alert_rate 0.1")["specificity"].value > estimates(rows, "sensitivity 0.9")["specificity"].value
    )


def test_predictive_values_follow_at_each_prevalence(context):
    """By Bayes' rule from the sensitivity and specificity beside them."""
    rows = analyse(context)
    main = estimates(rows, "youden")
    for prevalence in (0.05, 0.3):
        found = estimates(rows, f"youden, prevalence {prevalence:g}")
        sick = main["sensitivity"].value * prevalence
        well = (1 - main["specificity"].value) * (1 - prevalence)
        assert found["ppv"].value == pytest.approx(sick / (sick + well))
        assert set(found) == {"ppv", "npv"}


def test_readers_stand_beside_without_a_cut_off():
    """Their answers rest on nothing."""
    rows = analyse(grouped_context(grouped_predictions(reader=True), thresholds=RULES, prevalences=(0.05,)))
    assert set(estimates(rows, "")) == set(OPERATING_METRICS)
    assert set(estimates(rows, "prevalence 0.05")) == {"ppv", "npv"}
    assert {row.at for row in rows.results} == {"", "prevalence 0.05"}


def test_a_stated_cut_off_stands_once():
    """Whatever rules the protocol has."""
    protocol = Protocol(splits=("test",), thresholds=RULES)
    stated = [Threshold("LVSD", 0.4, "stated", "", "")]
    rows = analyse(context_for(grouped_predictions(), protocol, stated=stated))
    assert {row.at for row in rows.results} == {"stated"}
    assert estimates(rows, "stated")["cut_off"].value == 0.4


def test_a_cut_off_that_could_not_be_chosen_gives_its_reason_everywhere():
    """No positives in validation: all metrics are undefined."""
    table = grouped_predictions().table
    validation = np.array(table["split"].to_pylist()) == "validation"
    truth = np.where(validation, 0.0, table["truth"].to_numpy())
    changed = table.set_column(table.column_names.index("truth"), "truth", [truth])
    found = estimates(analyse(grouped_context(Predictions(changed), prevalences=(0.1,))), "youden")
    assert all(math.isnan(e.value) and "no cut-off can be chosen" in e.reason for e in found.values())


def test_the_split_of_validation_has_no_operating_point():
    """Cut-offs were chosen on it."""
    assert analyse(grouped_context(splits=("validation",))).results == []


@pytest.mark.real_data
def test_the_cardiologists_of_the_published_study_have_their_f1(real_data):
    """Ribeiro et al., Nature Communications 11:1760 (2020), table 2: F1 of network and residents."""
    folder = real_data / "predictions" / "code_test"
    truth = folder / "data/annotations/gold_standard.csv"
    published = {
        "dnn": (0.897, 0.944, 1.000, 0.882, 0.870, 0.960),
        "cardiology_residents": (0.776, 0.917, 0.947, 0.882, 0.769, 0.882),
    }
    parts = [read_predictions(folder / f"data/annotations/{name}.csv", truth=truth) for name in published]
    rows = analyse(context_for(Predictions.concatenate(parts), Protocol(analyses=("operating_points",))))
    labels = ("1dAVb", "RBBB", "LBBB", "SB", "AF", "ST")
    for model, expected in published.items():
        found = {r.label: r.estimate.value for r in rows.results if (r.model, r.metric) == (model, "f1")}
        assert [found[label] for label in labels] == pytest.approx(expected, abs=5e-4)

from __future__ import annotations

import numpy as np
import pytest

from einthoven.evaluation.analyses.usefulness import analyse
from einthoven.evaluation.evaluate import context_for
from einthoven.evaluation.predictions import Predictions
from einthoven.evaluation.protocol import Protocol
from einthoven.evaluation.statistics.net_benefit import net_benefit, net_benefit_difference
from fakes.predictions import fake_predictions


@pytest.fixture(scope="module")
def context():
    """Return two networks and a reader, on two thresholds."""
    protocol = Protocol(net_benefit_at=(0.1, 0.3), splits=("test",))
    return context_for(fake_predictions(models=("net", "small", "reader")), protocol)


def test_net_benefit_of_each_model_and_label_is_told(context):
    """At the thresholds of the protocol, patients as clusters."""
    rows = analyse(context)
    one = next(s for s in context.main if (s.model, s.label) == ("net", "AF"))
    row = next(r for r in rows.results if r.model == "net" and r.label == "AF" and r.at == "threshold 0.3")
    assert (row.metric, row.analysis) == ("net_benefit", "usefulness")
    assert row.estimate == net_benefit(one.score, one.truth, threshold=0.3, clusters=one.patient)
    assert {r.metric for r in rows.results} == {"net_benefit", "net_benefit_all", "standardised_net_benefit"}
    assert {r.model for r in rows.results} == {"net", "small", "reader"}


def test_models_are_compared_with_each_other_and_with_all_and_none(context):
    """Each pair on its common records."""
    rows = analyse(context)
    one, other = (next(s for s in context.main if (s.model, s.label) == (m, "AF")) for m in ("net", "small"))
    tests = {(r.model_a, r.model_b, r.at): r.test for r in rows.comparisons if r.label == "AF"}
    expected = net_benefit_difference(one.score, other.score, one.truth, threshold=0.1, clusters=one.patient)
    assert tests["net", "small", "threshold 0.1"] == expected
    assert {at for a, b, at in tests if a == b == "net" and "0.3" in at} == {
        "threshold 0.3 against acting on all",
        "threshold 0.3 against acting on none",
    }


def test_curves_have_the_protocols_thresholds(context):
    """Of the model and of acting on everyone."""
    curves = [row for row in analyse(context).curves if (row.model, row.label) == ("net", "AF")]
    assert [row.kind for row in curves] == ["decision", "decision_all"]
    assert curves[0].curve.x.tolist() == [0.1, 0.3]


def test_a_table_shows_three_thresholds_where_the_protocol_names_none_or_many():
    """The curve keeps all of them."""
    for named, points in (((), 50), (tuple(np.arange(1, 31) / 100), 30)):
        rows = analyse(context_for(fake_predictions(models=("net",)), Protocol(net_benefit_at=named)))
        assert {row.at for row in rows.results} == {"threshold 0.05", "threshold 0.1", "threshold 0.2"}
        assert rows.curves[0].curve.x.size == points


def test_scores_that_are_no_probabilities_have_no_net_benefit():
    """Nothing is said about them."""
    predictions = Predictions.from_arrays([[1.0], [3.0], [2.0]], [[0], [1], [1]], labels=["AF"], score_kind="value")
    rows = analyse(context_for(predictions, Protocol()))
    assert not rows.results + rows.curves + rows.comparisons


def test_a_label_without_positives_is_undefined_with_the_reason():
    """It stops nothing."""
    predictions = Predictions.from_arrays([[0.1], [0.3]], [[0], [0]], labels=["AF"])
    rows = analyse(context_for(predictions, Protocol()))
    assert all("none of the 2 records is positive" in row.estimate.reason for row in rows.results)
    assert not rows.curves + rows.comparisons

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from einthoven.errors import SpecificationError
from einthoven.evaluation.analyses.strata import analyse
from einthoven.evaluation.evaluate import context_for
from einthoven.evaluation.predictions import Predictions
from einthoven.evaluation.protocol import Protocol
from einthoven.evaluation.statistics.proportion import proportion
from einthoven.evaluation.threshold_rules import cut_off
from fakes.predictions import fake_predictions

RULES = ("sensitivity 0.9", "specificity 0.9")


@pytest.fixture(scope="module")
def predictions():
    """Return two networks and a reader, with a graded severity that follows the first network's scores."""
    plain = fake_predictions(models=("net", "small", "reader"))
    score = plain.table["score"].to_numpy()
    severity = np.where(np.arange(score.size) % 7, np.round(3 * score), np.nan)
    return Predictions(plain.table.append_column("covariate.stenosis", pa.array(severity, from_pandas=True)))


def test_strata_are_divided_by_borders_of_validation(predictions):
    """Sizes, event shares and the share of events that each holds."""
    context = context_for(predictions, Protocol(strata=RULES, splits=("test",)))
    rows = analyse(context)
    one = next(s for s in context.main if (s.model, s.label) == ("net", "AF"))
    chosen = context.in_split(one, "validation")
    low, high = (cut_off(rule, chosen.score, chosen.truth) for rule in RULES)
    found = {(r.metric, r.at): r.estimate for r in rows.results if (r.model, r.label) == ("net", "AF")}
    assert found["border_of_risk", "low | intermediate"].value == low
    assert found["border_of_risk", "intermediate | high"].value == high
    member = one.score >= high
    assert found["stratum_share", "high"] == proportion(member, clusters=one.patient)
    assert found["event_share", "high"] == proportion(one.truth[member] == 1, clusters=one.patient[member])
    assert found["share_of_events", "low"].value == np.mean(one.score[one.truth == 1] < low)
    assert sum(found["stratum_share", name].value for name in ("low", "intermediate", "high")) == pytest.approx(1)
    assert found["grey_zone_share", ""].value == found["stratum_share", "intermediate"].value
    assert found["npv_below_grey_zone", ""].value == pytest.approx(1 - found["event_share", "low"].value)


def test_trends_over_strata_and_severity_are_tested(predictions):
    """Also without strata."""
    for strata in (RULES, ()):
        context = context_for(predictions, Protocol(strata=strata, severity="covariate.stenosis", models=("net",)))
        tests = {(r.metric, r.at): r.test for r in analyse(context).comparisons if (r.split, r.label) == ("test", "AF")}
        assert tests["score", "trend over covariate.stenosis"].p_value < 1e-4
        assert (("event_share", "trend over strata") in tests) is bool(strata)
        assert all(test.p_value < 0.01 for test in tests.values())
    assert tests["score", "trend over covariate.stenosis"].difference.n < 100


def test_readers_have_no_strata_and_no_protocol_no_rows(predictions):
    """A yes or no is divided already."""
    assert {r.model for r in analyse(context_for(predictions, Protocol(strata=RULES))).results} == {"net", "small"}
    rows = analyse(context_for(predictions, Protocol()))
    assert not rows.results + rows.comparisons


def test_the_split_that_borders_were_chosen_on_is_left_out(predictions):
    """Stated risks divide it."""
    splits = ("validation", "test")
    chosen = analyse(context_for(predictions, Protocol(strata=RULES, splits=splits, models=("net",))))
    assert {row.split for row in chosen.results} == {"test"}
    risks = ("risk 0.2", "risk 0.6")
    stated = analyse(context_for(predictions, Protocol(strata=risks, splits=splits, models=("net",))))
    assert {row.split for row in stated.results} == set(splits)


def test_a_label_without_borders_says_why():
    """And the others go on."""
    predictions = Predictions.from_arrays(
        [[0.1, 0.2], [0.3, 0.9], [0.8, 0.7]], [[0, 0], [1, 1], [0, 1]], labels=["A", "B"]
    )
    rows = analyse(context_for(predictions, Protocol(strata=RULES)))
    assert {row.metric for row in rows.results} == {"border_of_risk"}
    assert all("'validation', which has no records" in row.estimate.reason for row in rows.results)


def test_an_empty_stratum_is_undefined_with_the_reason():
    """Nobody reaches a risk of 0.95."""
    predictions = Predictions.from_arrays([[0.1], [0.3], [0.4]], [[0], [1], [0]], labels=["A"])
    rows = analyse(context_for(predictions, Protocol(strata=("risk 0.2", "risk 0.95"))))
    found = {(r.metric, r.at): r.estimate for r in rows.results}
    assert found["event_share", "high"].reason == "no record is of high risk"
    assert found["stratum_share", "high"].value == 0


def test_overlapping_borders_are_told():
    """A score that separates perfectly."""
    score, truth = np.linspace(0, 1, 40)[:, None], (np.arange(40) >= 20)[:, None]
    split = np.where(np.arange(40) % 2, "test", "validation").tolist()
    predictions = Predictions.from_arrays(score, truth, labels=["A"], split=split)
    rows = analyse(context_for(predictions, Protocol(strata=("sensitivity 0.5", "specificity 0.5"))))
    assert "separates A so well" in rows.notes[0]


def test_a_severity_in_words_is_refused_by_name(predictions):
    """Mild, moderate and severe have no order that a machine knows."""
    table = predictions.table.append_column("group.stenosis", pa.array(["mild"] * len(predictions.table)))
    context = context_for(Predictions(table), Protocol(severity="group.stenosis", splits=("test",)))
    with pytest.raises(SpecificationError, match=r"a column of numbers, got 'group\.stenosis'"):
        analyse(context)


def test_a_trend_that_takes_no_weights_says_so(predictions):
    """Event shares are weighted, ranks over severity are not."""
    kept = predictions.table.filter(pc.equal(predictions.table["model"], "net"))
    weighted = kept.append_column(
        "weight", pa.array([2.0 if r[-1] == "0" else 1.0 for r in kept["record_id"].to_pylist()])
    )
    protocol = Protocol(strata=RULES, severity="covariate.stenosis")
    for table, said in ((Predictions(kept), False), (Predictions(weighted), True)):
        rows = analyse(context_for(table, protocol)).comparisons
        methods = {row.metric: row.test.method for row in rows}
        assert methods["score"].endswith("; records not weighted") == said
        assert methods["stratum"].endswith("; records not weighted") == said
        assert not methods["event_share"].endswith("not weighted")

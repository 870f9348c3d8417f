"""Each model stands beside what age, sex and intervals tell, and is told when it doesn't tell more."""

from __future__ import annotations

import pyarrow as pa
import pytest

from einthoven.errors import UnknownNameError
from einthoven.evaluation.analyses.comparator import analyse
from einthoven.evaluation.comparator import fit_comparators
from einthoven.evaluation.evaluate import context_for
from einthoven.evaluation.predictions import Predictions
from einthoven.evaluation.protocol import Protocol
from einthoven.evaluation.statistics.auroc import auroc
from einthoven.evaluation.statistics.delong_test import delong_test
from einthoven.evaluation.statistics.net_benefit import net_benefit_difference
from fakes.measured_patients import measured_patients
from fakes.predictions import fake_predictions

CHEAP = ("cheap: logistic", "cheap: trees")


@pytest.fixture(scope="module")
def context():
    """Return two networks, one of which sees more than the intervals."""
    return context_for(measured_patients(), Protocol())


@pytest.fixture(scope="module")
def rows(context):
    """Return what the analysis finds."""
    return analyse(context)


def test_comparators_have_numbers_of_their_own(rows, context):
    """AUROC, Brier score and slope on the test split, once however many models there are."""
    assert [(r.model, r.metric) for r in rows.results] == [
        (name, metric) for name in CHEAP for metric in ("auroc", "brier", "calibration_slope")
    ]
    assert {(r.split, r.seed, r.label, r.analysis) for r in rows.results} == {("test", -1, "LVSD", "comparator")}
    logistic = fit_comparators(context, "LVSD", split="train")[0]
    one = context.main[0]
    expected = auroc(logistic.probability(context, one), one.truth, clusters=one.patient)
    assert rows.results[0].estimate == expected
    assert rows.results[0].at == f"fitted on {logistic.n} records"


def test_gains_are_paired_and_by_patient(rows, context):
    """DeLong's test and net benefit on the same records."""
    one = next(s for s in context.main if s.model == "seer")
    logistic = fit_comparators(context, "LVSD", split="train")[0].probability(context, one)
    gains = {(r.model_a, r.model_b, r.metric, r.at): r.test for r in rows.comparisons}
    assert gains["seer", CHEAP[0], "auroc", ""] == delong_test(one.score, logistic, one.truth, clusters=one.patient)
    expected = net_benefit_difference(one.score, logistic, one.truth, threshold=0.1, clusters=one.patient)
    assert gains["seer", CHEAP[0], "net_benefit", "threshold 0.1"] == expected
    assert len(gains) == 2 * 2 * 4


def test_a_model_that_tells_no_more_is_told_so(rows):
    """And one that does isn't."""
    said = [note for note in rows.notes if "does not beat" in note]
    assert len(said) == 2
    assert all(note.startswith("blind does not beat 'cheap: ") for note in said)
    assert "on split 'test': AUROC 0." in said[0]
    assert rows.notes[0] == (
        "The cheap comparators know covariate.age_years, group.sex, covariate.qrs_ms alone and were fitted on split "
        "'train'."
    )


def test_net_benefit_is_compared_where_the_protocol_says():
    """At its threshold probabilities; scores that are no probabilities have none."""
    context = context_for(measured_patients(), Protocol(net_benefit_at=(0.3,), models=("seer",)))
    assert [r.at for r in analyse(context).comparisons] == ["", "threshold 0.3"] * 2
    table = measured_patients().table
    index = table.column_names.index("score_kind")
    values = Predictions(table.set_column(index, "score_kind", pa.array(["value"] * len(table))))
    assert {r.metric for r in analyse(context_for(values, Protocol())).comparisons} == {"auroc"}


def test_without_a_split_to_fit_on_it_is_said():
    """Neither train nor validation."""
    found = analyse(context_for(measured_patients(splits=("test",)), Protocol()))
    assert (found.results, found.comparisons) == ([], [])
    assert "fitted on split 'train' or 'validation'" in found.notes[0]


def test_it_does_not_apply_without_columns_or_without_scores():
    """Answers of a reader alone, or no covariates."""
    table = fake_predictions().table
    bare = Predictions(table.drop_columns(["group.sex"]))
    assert analyse(context_for(bare, Protocol())).notes == []
    reader = fake_predictions(models=("reader",))
    assert analyse(context_for(reader, Protocol())).notes == []


def test_a_label_without_events_to_fit_on_is_left_out_and_said():
    """The others are compared."""
    table = measured_patients().table
    truth = [0.0 if split == "train" else value for split, value in
             zip(table["split"].to_pylist(), table["truth"].to_pylist(), strict=True)]  # fmt: skip
    none = Predictions(table.set_column(table.column_names.index("truth"), "truth", pa.array(truth)))
    found = analyse(context_for(none, Protocol()))
    assert found.results == []
    assert found.notes[0].startswith("There is no cheap comparator for label 'LVSD': split 'train' has 0 positives")


def test_a_column_that_is_not_there_is_refused():
    """By name."""
    with pytest.raises(UnknownNameError, match=r"covariate.qrs_ms"):
        analyse(context_for(measured_patients(), Protocol(comparator=("covariate.qrs",))))

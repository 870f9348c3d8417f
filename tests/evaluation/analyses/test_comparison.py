from __future__ import annotations

import pytest

from einthoven.evaluation.analyses.comparison import analyse
from einthoven.evaluation.evaluate import context_for
from einthoven.evaluation.protocol import Protocol
from einthoven.evaluation.statistics.multiplicity import adjusted_p_values
from fakes.predictions import LABELS, fake_predictions


@pytest.fixture(scope="module")
def rows():
    """Return the comparisons of two networks and a reader, with a margin."""
    predictions = fake_predictions(models=("net", "small", "reader"))
    return analyse(context_for(predictions, Protocol(resamples=20, margin=0.05))).comparisons


def test_each_label_of_each_split_is_compared_in_every_way(rows):
    """Two networks: areas, at equal points, at their cut-offs, by reclassification, for non-inferiority."""
    both = {(row.metric, row.at) for row in rows if (row.model_a, row.model_b) == ("net", "small")}
    parts = {(f"{name}{part}", at) for name, at in (("nri", "youden"), ("nri", "continuous"), ("idi", "continuous"))
             for part in ("_events", "_nonevents", "")}  # fmt: skip
    calls = {(metric, "youden") for metric in ("sensitivity", "specificity", "accuracy")}
    equal = {("specificity", "equal sensitivity 0.9"), ("sensitivity", "equal specificity 0.9")}
    areas = {("auroc", ""), ("auprc", ""), ("auroc_noninferiority", "margin 0.05")}
    assert both == parts | calls | equal | areas
    for metric, at in both - {("auprc", "")}:
        places = {(row.split, row.label) for row in rows if (row.metric, row.at) == (metric, at)}
        assert places >= {(split, label) for split in ("test", "external") for label in LABELS}


def test_readers_are_compared_by_sensitivity_and_specificity_alone(rows):
    """At nothing, as their answers are their own."""
    found = {(row.metric, row.at) for row in rows if "reader" in {row.model_a, row.model_b}}
    assert found == {("sensitivity", ""), ("specificity", "")}


def test_p_values_are_corrected_over_labels_and_pairs(rows):
    """One metric, at one point, in one split."""
    family = [row for row in rows if (row.split, row.metric, row.at) == ("test", "specificity", "")]
    assert len(family) == 6
    expected = adjusted_p_values([row.test.p_value for row in family])
    assert [row.p_adjusted for row in family] == pytest.approx(expected)


def test_one_model_alone_has_no_comparison():
    """Empty, not an error."""
    context = context_for(fake_predictions(models=("net",)), Protocol(resamples=20))
    assert not analyse(context).comparisons


def test_two_models_of_other_labels_have_no_comparison():
    """Nothing in common."""
    predictions = fake_predictions()
    table = predictions.table
    keep = [(m, label) in {("net", "AF"), ("small", "LBBB")}
            for m, label in zip(table["model"].to_pylist(), table["label"].to_pylist(), strict=True)]  # fmt: skip
    context = context_for(type(predictions)(table.filter(keep)), Protocol(resamples=20))
    assert not analyse(context).comparisons

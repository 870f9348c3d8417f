from __future__ import annotations

import dataclasses
import math

import numpy as np
import pyarrow as pa
import pytest
from sklearn.metrics import roc_auc_score

from einthoven.errors import CohortError, LeakageError, SpecificationError, SplitError, UnknownNameError
from einthoven.evaluation.evaluate import context_for, evaluate
from einthoven.evaluation.predictions import Predictions
from einthoven.evaluation.protocol import Protocol
from einthoven.evaluation.thresholds import Threshold
from fakes.predictions import LABELS, fake_predictions

# what the other analyses find is told by their own tests
WHOLE = ("performance", "macro", "comparison")
QUICK = Protocol(resamples=50, analyses=WHOLE, minimum_events=1)


@pytest.fixture(scope="module")
def predictions():
    """Return two networks and a reader."""
    return fake_predictions(models=("net", "small", "reader"))


@pytest.fixture(scope="module")
def evaluation(predictions):
    """Return their evaluation."""
    return evaluate(predictions, QUICK)


def test_each_label_of_each_split_has_every_metric(evaluation):
    """Networks have areas, calibration and decisions; readers have decisions."""
    decisions = {"sensitivity", "specificity", "ppv", "npv", "accuracy", "prevalence"}
    areas = {"auroc", "auprc", "brier", "calibration_slope", "calibration_intercept"}
    for split in ("test", "external"):
        for label in LABELS:
            assert {r.metric for r in evaluation.find(model="net", split=split, label=label)} == decisions | areas
            assert {r.metric for r in evaluation.find(model="reader", split=split, label=label)} == decisions
    assert not evaluation.find(split="validation")


def test_numbers_are_those_of_the_split(predictions, evaluation):
    """Recomputed from the table by scikit-learn."""
    table = {n: np.array(predictions.table[n].to_pylist(), dtype=object) for n in ("model", "split", "label")}
    truth, score = (predictions.table[n].to_numpy() for n in ("truth", "score"))
    kept = (table["model"] == "net") & (table["split"] == "external") & (table["label"] == "AF") & ~np.isnan(truth)
    (row,) = evaluation.find(model="net", split="external", label="AF", metric="auroc")
    assert row.estimate.value == pytest.approx(roc_auc_score(truth[kept], score[kept]), abs=1e-14)
    assert row.estimate.n == kept.sum()
    assert "clustered by patient" in row.estimate.method


def test_macro_averages_are_the_mean_of_the_labels(evaluation):
    """Each label counts alike."""
    for metric in ("auroc", "auprc"):
        (macro,) = evaluation.find(model="small", split="test", label="macro", metric=metric)
        values = [r.estimate.value for r in evaluation.find(model="small", split="test", metric=metric) if r != macro]
        assert macro.estimate.value == pytest.approx(np.mean(values), abs=1e-14)


def test_every_interval_contains_its_estimate(evaluation):
    """Whatever the metric and the method."""
    assert all(r.estimate.low <= r.estimate.value <= r.estimate.high for r in evaluation.results)


def test_cut_offs_come_from_validation_alone(predictions, evaluation):
    """Changing the test scores changes no cut-off; they are applied to the other splits."""
    assert {t.split for t in evaluation.thresholds} == {"validation"}
    assert {(t.model, t.label) for t in evaluation.thresholds} == {(m, x) for m in ("net", "small") for x in LABELS}
    score = predictions.table["score"].to_numpy().copy()
    is_test = np.array(predictions.table["split"].to_pylist()) == "test"
    score[is_test] = 1 - score[is_test]
    place = predictions.table.column_names.index("score")
    changed = evaluate(Predictions(predictions.table.set_column(place, "score", pa.array(score))), QUICK)
    assert [t.value for t in changed.thresholds] == [t.value for t in evaluation.thresholds]


def test_order_of_rows_does_not_matter(predictions, evaluation):
    """Shuffled predictions give the same results, bit for bit."""
    order = np.random.default_rng(0).permutation(len(predictions.table))
    shuffled = evaluate(Predictions(predictions.table.take(order)), QUICK)
    assert shuffled.to_dict()["results"] == evaluation.to_dict()["results"]
    assert shuffled.to_dict() == evaluation.to_dict()


def test_the_seed_decides(predictions, evaluation):
    """The same seed gives the same results, another moves bootstrap intervals alone, and no estimate."""
    assert evaluate(predictions, QUICK).to_dict() == evaluation.to_dict()
    other = evaluate(predictions, dataclasses.replace(QUICK, seed=1))
    moved = {a.metric for a, b in zip(evaluation.results, other.results, strict=True) if a.estimate != b.estimate}
    assert moved
    assert all(metric.endswith(("auprc", "auroc")) for metric in moved)
    assert all(a.estimate.value == b.estimate.value for a, b in zip(evaluation.results, other.results, strict=True))


def test_networks_are_compared_on_the_same_records(evaluation):
    """DeLong per label, bootstrap for the mean; readers are compared by sensitivity and specificity."""
    whole = [c for c in evaluation.comparisons if c.analysis == "comparison" and not c.at]
    areas = [c for c in whole if c.metric in {"auroc", "auprc"}]
    (pair,) = {(c.model_a, c.model_b) for c in areas}
    answers = {(c.model_a, c.model_b, c.metric) for c in whole if c not in areas}
    assert answers == {
        (*p, m) for p in (("net", "reader"), ("reader", "small")) for m in ("sensitivity", "specificity")
    }
    assert pair == ("net", "small")
    (row,) = (c for c in whole if (c.split, c.label, c.metric) == ("test", "AF", "auroc"))
    values = [evaluation.find(model=m, split="test", label="AF", metric="auroc")[0].estimate.value for m in pair]
    assert row.test.difference.value == pytest.approx(values[0] - values[1])
    assert "paired DeLong" in row.test.method
    assert {(c.label, c.metric) for c in whole if c.label == "macro"} == {
        ("macro", "auroc"),
        ("macro", "auprc"),
    }


def test_curves_are_there_and_thin(evaluation):
    """At most 200 points each."""
    kinds = {(c.model, c.kind) for c in evaluation.curves}
    assert kinds == {(m, k) for m in ("net", "small") for k in ("roc", "pr", "calibration")}
    assert max(c.curve.x.size for c in evaluation.curves) <= 200


def test_notes_say_what_applies(evaluation):
    """Cut-offs, readers, unknown truth."""
    text = " ".join(evaluation.notes)
    assert "chosen on split 'validation' by the rule 'youden'" in text
    assert "reader: answers of 0 or 1" in text
    assert "no known truth" in text


def test_a_label_without_positives_is_undefined_with_a_reason(predictions):
    """In the test split: no crash, no zero; the mean is of the others."""
    truth = predictions.table["truth"].to_numpy().copy()
    names = predictions.table["split"].to_pylist(), predictions.table["label"].to_pylist()
    truth[(np.array(names[0]) == "test") & (np.array(names[1]) == "STEMI") & ~np.isnan(truth)] = 0
    place = predictions.table.column_names.index("truth")
    changed = Predictions(predictions.table.set_column(place, "truth", pa.array(truth, from_pandas=True)))
    result = evaluate(changed, QUICK)
    for metric in ("auroc", "auprc", "calibration_slope", "sensitivity"):
        (row,) = result.find(model="net", split="test", label="STEMI", metric=metric)
        assert math.isnan(row.estimate.value)
        assert "positive" in row.estimate.reason
    (macro,) = result.find(model="net", split="test", label="macro", metric="auroc")
    assert "mean of 2 of 3 labels" in macro.estimate.method


def test_no_positive_in_validation_leaves_the_cut_off_undefined(predictions):
    """Sensitivity is undefined with the reason, the area is not touched."""
    truth = predictions.table["truth"].to_numpy().copy()
    names = predictions.table["split"].to_pylist(), predictions.table["label"].to_pylist()
    truth[(np.array(names[0]) == "validation") & (np.array(names[1]) == "AF") & ~np.isnan(truth)] = 0
    place = predictions.table.column_names.index("truth")
    changed = Predictions(predictions.table.set_column(place, "truth", pa.array(truth, from_pandas=True)))
    result = evaluate(changed, QUICK)
    (cut_off,) = (t for t in result.thresholds if (t.model, t.label) == ("net", "AF"))
    assert math.isnan(cut_off.value)
    (row,) = result.find(model="net", split="test", label="AF", metric="sensitivity")
    assert "no cut-off can be chosen on split 'validation'" in row.estimate.reason
    assert result.find(model="net", split="test", label="AF", metric="auroc")[0].estimate.reason is None


def test_without_validation_only_readers_have_decisions(predictions):
    """And a note says why."""
    kept = np.array(predictions.table["split"].to_pylist()) == "test"
    result = evaluate(Predictions(predictions.table.filter(pa.array(kept))), QUICK)
    assert {r.model for r in result.results if r.metric == "sensitivity"} == {"reader"}
    assert "There is no split 'validation'" in " ".join(result.notes)


def test_validation_itself_gets_no_decisions_by_its_own_cut_off(predictions):
    """A cut-off is never judged where it was chosen."""
    result = evaluate(predictions, dataclasses.replace(QUICK, splits=("validation",)))
    assert {r.model for r in result.results if r.metric == "sensitivity"} == {"reader"}


def test_subgroups_are_reported_by_column(predictions):
    """Their records add up to the whole."""
    result = evaluate(
        predictions,
        dataclasses.replace(QUICK, subgroups=("group.sex",), models=("net",), analyses=("performance", "subgroups")),
    )
    rows = result.find(split="test", label="AF", metric="auroc")
    assert [r.subgroup for r in rows] == ["", "group.sex=F", "group.sex=M"]
    assert rows[0].estimate.n == rows[1].estimate.n + rows[2].estimate.n


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"outcomes": ("AFIB",)}, "no label 'AFIB'"),
        ({"models": ("nte",)}, "no model 'nte'; did you mean 'net'"),
        ({"comparisons": (("net", "smal"),)}, "did you mean 'small'"),
        ({"subgroups": ("group.sexe",)}, "did you mean 'group.sex'"),
    ],
)
def test_names_that_the_table_lacks_are_refused(predictions, changes, words):
    """With the nearest."""
    with pytest.raises(UnknownNameError, match=words):
        evaluate(predictions, dataclasses.replace(QUICK, **changes))


def test_a_table_without_the_splits_to_report_is_refused(predictions):
    """The message names those that there are."""
    kept = np.array(predictions.table["split"].to_pylist()) == "validation"
    with pytest.raises(SplitError, match="has the splits: validation"):
        evaluate(Predictions(predictions.table.filter(pa.array(kept))), QUICK)


def test_models_with_different_truth_are_not_compared(predictions):
    """One of them must be wrong."""
    truth = predictions.table["truth"].to_numpy().copy()
    model = np.array(predictions.table["model"].to_pylist())
    rows = np.flatnonzero((model == "small") & ~np.isnan(truth))
    truth[rows] = 1 - truth[rows]
    place = predictions.table.column_names.index("truth")
    changed = predictions.table.set_column(place, "truth", pa.array(truth, from_pandas=True))
    with pytest.raises(CohortError, match="models are compared on one truth"):
        evaluate(Predictions(changed), QUICK)


def test_models_and_labels_come_in_the_protocols_order(predictions):
    """So that a difference is of the first minus the second model that was named."""
    protocol = dataclasses.replace(QUICK, models=("small", "net"), outcomes=("STEMI", "AF"))
    result = evaluate(predictions, protocol)
    assert list(dict.fromkeys(r.model for r in result.results)) == ["small", "net"]
    assert list(dict.fromkeys(r.label for r in result.results)) == ["STEMI", "AF", "macro"]
    assert {(c.model_a, c.model_b) for c in result.comparisons} == {("small", "net")}


def test_progress_ends_at_the_total(predictions):
    """One step per analysis."""
    seen = []
    evaluate(predictions, QUICK, lambda done, total: seen.append((done, total)))
    assert seen == [(done, len(WHOLE)) for done in range(1, len(WHOLE) + 1)]


@pytest.mark.real_data
def test_the_published_study_gives_the_published_numbers(real_data):
    """Ribeiro et al., Nature Communications 11:1760 (2020), table 2: the network's and the cardiologists' answers."""
    from einthoven.evaluation.prediction_files import read_predictions

    folder = real_data / "predictions" / "code_test"
    truth = folder / "data/annotations/gold_standard.csv"
    names = ("dnn_predicts/model.npy", "data/annotations/dnn.csv", "data/annotations/cardiology_residents.csv")
    result = evaluate(Predictions.concatenate([read_predictions(folder / n, truth=truth) for n in names]), QUICK)
    published = {  # PPV, sensitivity, specificity of the network
        "1dAVb": (0.867, 0.929, 0.995),
        "RBBB": (0.895, 1.000, 0.995),
        "LBBB": (1.000, 1.000, 1.000),
        "SB": (0.833, 0.938, 0.996),
        "AF": (1.000, 0.769, 1.000),
        "ST": (0.947, 0.973, 0.997),
    }
    for label, expected in published.items():
        rows = {r.metric: r.estimate.value for r in result.find(model="dnn", label=label)}
        assert (rows["ppv"], rows["sensitivity"], rows["specificity"]) == pytest.approx(expected, abs=5e-4)
    assert all(r.estimate.value > 0.99 for r in result.find(model="model", metric="auroc"))


def test_a_cut_off_can_be_stated(predictions):
    """Without a model it is for all; a model's own goes before; a label without scores is refused by name."""
    given = [Threshold("AF", 0.3, "stated", "", ""), Threshold("AF", 0.6, "stated", "", "", model="net")]
    context = context_for(predictions, QUICK, stated=given)
    values = {one.model: context.threshold(one).value for one in context.main if one.label == "AF"}
    assert (values["net"], values["small"]) == (0.6, 0.3)
    notes = evaluate(predictions, QUICK, stated=given).notes
    assert "Cut-offs of AF were stated beforehand, not chosen on these data." in notes
    assert any(
        note.startswith("Other cut-offs were chosen on split 'validation' by the rule 'youden'") for note in notes
    )
    of_all = [Threshold(label, 0.3, "stated", "", "") for label in predictions.labels]
    assert (
        "Cut-offs were stated beforehand, not chosen on these data."
        in evaluate(predictions, QUICK, stated=of_all).notes
    )
    by_rule = [given[0], Threshold("AF", 0.4, "youden", "", "")]
    one = next(one for one in context.main if one.label == "AF")
    assert context_for(predictions, QUICK, stated=by_rule).threshold(one, "youden").value == 0.4
    assert context_for(predictions, QUICK, stated=by_rule).threshold(one, "sensitivity 0.9").value == 0.3
    with pytest.raises(UnknownNameError, match="label 'STEMMI', which has no scores; did you mean 'STEMI'"):
        context_for(predictions, QUICK, stated=[Threshold("STEMMI", 0.3, "stated", "", "")])
    with pytest.raises(LeakageError, match="chosen on split 'test' of these predictions"):
        context_for(predictions, QUICK, stated=[Threshold("AF", 0.3, "youden", "test", predictions.hash)])


def test_names_that_mean_something_else_here_are_refused(predictions):
    """A label or a model called as averages and comparators are would be taken for one."""
    names = ("label", "model")
    for column, old, new in zip(names, ("AF", "small"), ("macro", "cheap: trees"), strict=True):
        values = [new if value == old else value for value in predictions.table[column].to_pylist()]
        place = predictions.table.column_names.index(column)
        renamed = Predictions(predictions.table.set_column(place, column, pa.array(values)))
        with pytest.raises(SpecificationError, match=f"{column}.* must not .*rename"):
            evaluate(renamed, QUICK)


@pytest.mark.parametrize(
    "setting",
    [
        {"severity": "covariate.grad"}, {"novelty": "covariate.x"}, {"comparator": ("covariate.age",)},
        {"verification": ("score", "group.sexx")}, {"restrictions": ("covariate.lvef <= 40",)},
    ],
)  # fmt: skip
def test_a_column_that_is_missing_is_told_before_anything_is_computed(predictions, setting):
    """Not after minutes of bootstrap."""
    with pytest.raises(UnknownNameError, match="the predictions have no column"):
        context_for(predictions, dataclasses.replace(QUICK, **setting))

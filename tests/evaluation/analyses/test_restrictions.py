"""Sensitivity analyses are one table: all records, each restriction, and how far the two differ."""

from __future__ import annotations

import math

import numpy as np
import pyarrow as pa
import pytest

from einthoven.errors import UnknownNameError
from einthoven.evaluation.analyses.restrictions import analyse
from einthoven.evaluation.evaluate import context_for
from einthoven.evaluation.predictions import Predictions
from einthoven.evaluation.protocol import Protocol
from einthoven.evaluation.statistics.auroc import auroc
from fakes.predictions import fake_predictions


def with_columns(predictions, *, least_gap=-14):
    """Return the predictions with a gap of -14 to 14 days (5 % unknown), an LVEF and a method of the outcome."""
    rows = len(predictions.table)
    record = np.unique(predictions.table["record_id"].to_pylist(), return_inverse=True)[1]
    rng = np.random.default_rng(5)
    gap = rng.integers(least_gap, 15, record.max() + 1).astype(float)
    gap[rng.random(gap.size) < 0.05] = np.nan
    lvef = rng.normal(50, 12, gap.size)
    method = np.array(["simpson", "visual"])[rng.integers(0, 2, gap.size)]
    table = predictions.table
    assert rows == record.size
    for name, values in {"covariate.outcome_gap_days": gap, "covariate.lvef": lvef, "group.method": method}.items():
        table = table.append_column(name, pa.array(values[record].tolist(), from_pandas=True))
    return Predictions(table)


@pytest.fixture(scope="module")
def predictions():
    """Return two networks and a reader."""
    return with_columns(fake_predictions(models=("net", "small", "reader")))


def test_each_restriction_is_a_row_with_its_number_of_records(predictions):
    """Distance to the cut-off and the best method: values are those of the statistic on the kept records."""
    protocol = Protocol(restrictions=("covariate.lvef outside 35 45", "group.method = simpson"))
    context = context_for(predictions, protocol)
    rows = analyse(context)
    places = ["all records", *protocol.restrictions]
    found = {(r.model, r.split, r.label, r.metric, r.at): r.estimate for r in rows.results}
    assert {key[-1] for key in found} == set(places)
    one = next(one for one in context.main if one.key[0] == "net" and one.split == "test" and one.label == "AF")
    lvef, method = context.numbers("covariate.lvef", one), context.texts("group.method", one)
    for at, kept in (
        (places[0], np.isfinite(lvef)),
        (places[1], (lvef < 35) | (lvef > 45)),
        (places[2], method == "simpson"),
    ):
        expected = auroc(one.score[kept], one.truth[kept], clusters=one.patient[kept])
        estimate = found["net", "test", "AF", "auroc", at]
        assert (estimate.value, estimate.low, estimate.n) == (expected.value, expected.low, kept.sum())
        assert found["net", "test", "AF", "prevalence", at].n == kept.sum()
    assert {r.analysis for r in rows.results} == {"restrictions"}


def test_difference_to_all_records_has_an_interval(predictions):
    """Restricted minus all, of the same model, and the numbers of the two rows agree with it."""
    at = "covariate.lvef outside 35 45"
    rows = analyse(context_for(predictions, Protocol(restrictions=(at,))))
    value = {(r.model, r.split, r.label, r.metric, r.at): r.estimate.value for r in rows.results}
    assert {r.metric for r in rows.comparisons if r.model_a == "net"} == {
        "auroc", "sensitivity", "specificity", "calibration_slope", "brier"
    }  # fmt: skip
    for row in rows.comparisons:
        place = (row.model_a, row.split, row.label, row.metric)
        assert row.model_a == row.model_b
        assert row.at == f"{at} - all records"
        difference = row.test.difference
        assert difference.value == pytest.approx(value[*place, at] - value[*place, "all records"], abs=1e-8)
        assert difference.low < difference.value < difference.high
        assert 0 <= row.test.p_value <= 1


def test_readers_have_sensitivity_and_specificity_alone(predictions):
    """An answer has no area and no calibration."""
    rows = analyse(context_for(predictions, Protocol(restrictions=("group.method = simpson",))))
    assert {r.metric for r in rows.results if r.model == "reader"} == {"prevalence", "sensitivity", "specificity"}


def test_without_restrictions_the_gap_to_the_reference_is_narrowed_both_ways(predictions):
    """To less than a day, 1, 7 and 14 days before or after; unknown gaps are left out and counted."""
    context = context_for(predictions, Protocol(models=("net",), outcomes=("AF",), splits=("test",)))
    rows = analyse(context)
    gap = context.numbers("covariate.outcome_gap_days", context.main[0])
    sizes = {r.at: r.estimate.n for r in rows.results if r.metric == "prevalence"}
    limits = {"< 1": 0, "<= 1": 1, "<= 7": 7, "<= 14": 14}
    expected = {f"|covariate.outcome_gap_days| {text}": int((abs(gap) <= d).sum()) for text, d in limits.items()}
    assert sizes == {"all records": gap.size} | expected
    unknown = int(np.isnan(gap).sum())
    (told,) = rows.notes
    assert told.startswith(f"Split 'test': {unknown} records have no covariate.outcome_gap_days; ")


def test_a_label_without_any_gap_has_no_table_of_gaps(predictions):
    """What the ECG itself tells has no reference at a distance; it is said."""
    table = predictions.table
    index = table.column_names.index("covariate.outcome_gap_days")
    gaps = zip(table["covariate.outcome_gap_days"].to_pylist(), table["label"].to_pylist(), strict=True)
    bare = pa.array([None if label == "AF" else gap for gap, label in gaps], pa.float64())
    some = Predictions(table.set_column(index, "covariate.outcome_gap_days", bare))
    rows = analyse(context_for(some, Protocol(splits=("test",))))
    assert {row.label for row in rows.results if row.at != "all records"} == {"LBBB", "STEMI"}
    assert "Label 'AF' on split 'test' has no covariate.outcome_gap_days to restrict by." in rows.notes


def test_a_gap_that_is_cut_on_one_side_only_is_said(predictions):
    """Whoever writes <= 7 gets references of any time before the ECG, too."""
    rows = analyse(context_for(predictions, Protocol(restrictions=("covariate.outcome_gap_days <= 7",))))
    assert any("'|covariate.outcome_gap_days| <= 7' counts both directions" in note for note in rows.notes)
    positive = with_columns(fake_predictions(), least_gap=0)
    rows = analyse(context_for(positive, Protocol(restrictions=("covariate.outcome_gap_days <= 7",))))
    assert not any("directions" in note for note in rows.notes)


def test_nothing_applies_without_restrictions_and_without_gaps():
    """No row, no note."""
    rows = analyse(context_for(fake_predictions(), Protocol()))
    assert (rows.results, rows.comparisons, rows.notes) == ([], [], [])


def test_a_restriction_that_leaves_one_class_says_so_and_fails_nothing(predictions):
    """Undefined with a reason; no difference is made up."""
    rows = analyse(context_for(predictions, Protocol(restrictions=("covariate.lvef < -1000",))))
    bare = [r for r in rows.results if r.at != "all records"]
    assert all(math.isnan(r.estimate.value) and r.estimate.reason and r.estimate.n == 0 for r in bare)
    assert rows.comparisons == []


def test_a_column_that_is_not_there_is_refused_with_the_nearest(predictions):
    """By name, as everything that a protocol asks for."""
    with pytest.raises(UnknownNameError, match=r"no column 'covariate.lvf'; did you mean 'covariate.lvef'"):
        analyse(context_for(predictions, Protocol(restrictions=("covariate.lvf < 40",))))


def test_only_one_seed_of_a_model_is_restricted():
    """The ensemble where there is one."""
    single = with_columns(fake_predictions())
    table = single.table
    index = table.column_names.index("seed")
    other = Predictions(table.set_column(index, "seed", pa.array(np.full(len(table), 3, dtype=np.int32))))
    both = Predictions.concatenate([single, other])
    rows = analyse(context_for(both, Protocol(restrictions=("covariate.lvef < 50",))))
    assert {r.seed for r in rows.results} == {-1}

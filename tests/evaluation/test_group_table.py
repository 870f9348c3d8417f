from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.group_table import group_table
from einthoven.evaluation.label_metrics import DECISION_METRICS
from einthoven.evaluation.predictions import Predictions
from einthoven.evaluation.statistics.auroc import auroc
from fakes.grouped_predictions import grouped_context, grouped_predictions

COLUMNS = ("group.sex", "group.rhythm")


@pytest.fixture(scope="module")
def table():
    """Return the groups of sex and rhythm."""
    context = grouped_context()
    return group_table(context, context.main[0], COLUMNS)


def group(table, name):
    return next(one for one in table.groups if one.name == name)


def test_groups_are_sorted_with_unknown_last_and_sets_of_records_kept_once(table):
    """The complement has another known value; that of 'unknown' is all that are known."""
    names = [one.name for one in table.groups]
    assert names == [f"group.sex={v}" for v in ("F", "M", "unknown")] + [
        f"group.rhythm={v}" for v in ("AF", "paced", "sinus")
    ]
    female, male, unknown = table.groups[:3]
    assert (female.rest, male.rest) == (male.index, female.index)
    known = table.member[:, female.index] | table.member[:, male.index]
    assert np.array_equal(table.member[:, unknown.rest], known)
    assert not unknown.known
    assert table.member.shape[1] == len({column.tobytes() for column in table.member.T})


def test_values_are_those_of_the_records_alone(table):
    """Each metric of each group, computed by its own statistic."""
    for one in table.groups:
        kept = table.member[:, one.index]
        truth = table.one.truth[kept]
        for metric in ("sensitivity", "specificity", "ppv", "npv", "accuracy"):
            expected = DECISION_METRICS[metric](table.called[kept], truth)
            assert table.estimate(metric, one.index).value == pytest.approx(expected.value, nan_ok=True)
        if 0 < truth.sum() < truth.size:
            found = table.estimate("auroc", one.index)
            assert found.value == pytest.approx(auroc(table.one.score[kept], truth).value, abs=1e-14)
            assert found.low <= found.value <= found.high


def test_many_events_have_the_bootstraps_interval_few_have_the_exact_one(table):
    """The method says which."""
    many, few = group(table, "group.sex=F").index, group(table, "group.rhythm=paced").index
    assert "bootstrap by patient, 200 resamples" in table.estimate("auroc", many).method
    assert "bootstrap by patient" in table.estimate("sensitivity", many).method
    assert "Clopper-Pearson" in table.estimate("specificity", few).method
    assert "bootstrap" not in table.estimate("auroc", few).method


def test_bootstrap_intervals_are_about_as_wide_as_the_exact_ones(table):
    """Both cluster by patient."""
    for metric in ("sensitivity", "specificity", "ppv", "npv"):
        index = group(table, "group.rhythm=sinus").index
        exact = table._plain(metric, index)
        drawn = table.estimate(metric, index)
        assert drawn.high - drawn.low == pytest.approx(exact.high - exact.low, rel=0.25)


def test_a_difference_is_that_of_both_values_with_an_interval_around_it(table):
    """The score tells nothing in AF, so the difference is large; reversed it is its negative."""
    index, rest = group(table, "group.rhythm=AF").index, group(table, "group.rhythm=AF").rest
    test = table.difference("auroc", index, rest)
    a, b = (table.estimate("auroc", one).value for one in (index, rest))
    assert test.difference.value == pytest.approx(a - b)
    assert test.difference.high < 0
    assert test.p_value < 0.02
    back = table.difference("auroc", rest, index)
    assert back.difference.value == pytest.approx(-test.difference.value)
    assert back.p_value == pytest.approx(test.p_value, abs=0.02)


def test_a_difference_with_a_small_group_joins_both_intervals(table):
    """Its p value agrees with its interval."""
    small = group(table, "group.rhythm=paced")
    test = table.difference("specificity", small.index, small.rest)
    assert test.method.startswith("MOVER")
    difference = test.difference
    assert difference.low < difference.value < difference.high
    assert (test.p_value < 0.05) == (difference.low > 0 or difference.high < 0)


def test_a_reader_has_no_area_and_a_score_without_cut_off_no_shares():
    """Metrics follow the kind of score."""
    context = grouped_context(grouped_predictions(reader=True))
    assert "auroc" not in group_table(context, context.main[0], COLUMNS).metrics
    context = grouped_context(splits=("validation",))
    assert group_table(context, context.main[0], COLUMNS).metrics == ("auroc", "observed_expected")


def test_weights_move_values_and_intervals_contain_them():
    """As everywhere."""
    context = grouped_context(grouped_predictions(weights=True))
    weighted = group_table(context, context.main[0], COLUMNS)
    for metric in weighted.metrics:
        found = weighted.estimate(metric, 0)
        assert isinstance(found, Estimate)
        assert found.low < found.value < found.high
    kept = weighted.member[:, 0] & (weighted.one.truth == 1)
    expected = np.average(weighted.called[kept], weights=weighted.one.weight[kept])
    assert weighted.estimate("sensitivity", 0).value == pytest.approx(expected)


def test_a_share_of_1_is_believed_no_more_than_its_patients_allow(table):
    """Two hits and two misses are added."""
    index = group(table, "group.rhythm=paced").index
    assert 0 < table.least_variance("specificity", index) < 0.1
    assert table.least_variance("specificity", group(table, "group.sex=F").index) == 0


def test_groups_of_the_same_patients_share_their_chance():
    """Each patient's ECG twice, once per group: no resample can tell them apart, so their difference is certainly 0."""
    table = grouped_predictions(patients=300).table
    names = [f"again {name}" for name in table["record_id"].to_pylist()]
    again = table.set_column(table.column_names.index("record_id"), "record_id", pa.array(names).dictionary_encode())
    both = pa.concat_tables([table, again]).unify_dictionaries()
    context = grouped_context(
        Predictions(both.append_column("group.copy", pa.array(["a"] * len(table) + ["b"] * len(table))))
    )
    copies = group_table(context, context.main[0], ("group.copy",))
    for metric in ("auroc", "sensitivity", "ppv"):
        difference = copies.difference(metric, 0, 1).difference
        assert (difference.low, difference.value, difference.high) == pytest.approx((0, 0, 0), abs=1e-12)

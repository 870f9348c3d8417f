from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from einthoven.evaluation.analyses.comparison_in_subgroups import analyse
from einthoven.evaluation.comparisons import compared_pairs
from einthoven.evaluation.evaluate import context_for
from einthoven.evaluation.predictions import Predictions
from einthoven.evaluation.protocol import Protocol
from einthoven.evaluation.statistics.delong_test import delong_test
from einthoven.evaluation.statistics.mcnemar_test import mcnemar_test
from einthoven.evaluation.statistics.multiplicity import adjusted_p_values
from fakes.predictions import fake_predictions


def with_sites(predictions):
    """Return the predictions with two sites, some of them unknown."""
    number = [int(name.removeprefix("record ")) for name in predictions.table["record_id"].to_pylist()]
    site = [None if one % 9 == 0 else "AB"[one // 12 % 2] for one in number]
    return Predictions(predictions.table.append_column("site", pa.array(site)))


PREDICTIONS = with_sites(fake_predictions(models=("net", "small", "reader"), patients=300))


def context_with(**settings):
    settings = {"subgroups": ("group.sex",), "outcomes": ("AF",), "splits": ("test",), "minimum_events": 5} | settings
    return context_for(PREDICTIONS, Protocol(resamples=20, **settings))


def found(rows, **wanted):
    return [row for row in rows.comparisons if all(getattr(row, name) == value for name, value in wanted.items())]


def test_each_group_is_compared_by_area_and_at_the_frozen_cut_offs():
    """The numbers are those of the group's records alone, by patient."""
    context = context_with()
    rows = analyse(context)
    (pair,) = next(pairs for pairs in compared_pairs(context.reported, context.protocol) if not pairs[0].has_reader)
    women = context.texts("group.sex", pair.a) == "F"
    (area,) = found(rows, metric="auroc", subgroup="group.sex=F")
    part = pair.only(women)
    assert area.test == delong_test(part.a.score, part.b.score, part.a.truth, clusters=part.a.patient)
    (specificity,) = found(rows, metric="specificity", subgroup="group.sex=F", model_a="net", model_b="small")
    a, b = (context.decisions(one).values for one in (pair.a, pair.b))
    negative = women & (pair.a.truth == 0)
    expected = mcnemar_test(~a[negative], ~b[negative], clusters=pair.a.patient[negative])
    assert specificity.test.p_value == pytest.approx(expected.p_value)
    assert specificity.test.difference.value == pytest.approx(expected.difference.value)
    assert (specificity.at, specificity.analysis) == ("youden", "comparison_in_subgroups")


def test_a_reader_is_compared_by_calls_alone():
    """It has no area."""
    rows = analyse(context_with())
    assert {row.metric for row in found(rows, model_a="net", model_b="reader")} == {"sensitivity", "specificity"}


def test_p_values_are_corrected_over_the_subgroups_of_one_question():
    """Five groups of two columns: one pair, one label, one metric."""
    rows = found(
        analyse(context_with(subgroups=("group.sex", "site"))), metric="specificity", model_a="net", model_b="small"
    )
    assert len(rows) == 5
    assert [row.p_adjusted for row in rows] == pytest.approx(adjusted_p_values([row.test.p_value for row in rows]))


def test_a_group_with_few_events_keeps_its_number_with_the_reason():
    """Without a corrected p value, and outside the family's number of tests."""
    rows = analyse(context_with(minimum_events=40))
    few = [
        row for row in found(rows, metric="sensitivity", model_a="net", model_b="small") if row.test.difference.reason
    ]
    assert few
    for row in few:
        assert row.test.difference.reason == f"only {row.test.difference.n} positives, fewer than 40"
        assert not np.isnan(row.test.difference.value)
        assert row.p_adjusted is None
    assert not any(
        row.test.difference.reason for row in found(rows, metric="specificity", model_a="net", model_b="small")
    )


def test_groups_are_named_crossed_and_unknown_ones_come_last():
    """As in the table of subgroups."""
    rows = analyse(context_with(subgroups=("group.sex x site",)))
    names = list(dict.fromkeys(row.subgroup for row in rows.comparisons))
    ends = ["F x A", "F x B", "M x A", "M x B", "F x unknown", "M x unknown"]
    assert names == [f"group.sex x site={end}" for end in ends]


def test_a_group_without_an_event_is_undefined_with_a_reason():
    """The others go on."""
    is_event = np.nan_to_num(PREDICTIONS.table["truth"].to_numpy()) == 1
    group = pa.array(np.where(is_event, "sick", "well").tolist())
    marked = Predictions(PREDICTIONS.table.append_column("group.state", group))
    protocol = Protocol(resamples=20, subgroups=("group.state",), outcomes=("AF",), splits=("test",))
    rows = analyse(context_for(marked, protocol))
    (area,) = found(rows, metric="auroc", subgroup="group.state=well")
    assert np.isnan(area.test.difference.value)
    assert area.test.difference.reason
    assert not found(rows, metric="sensitivity", subgroup="group.state=well")


def test_columns_that_are_no_groups_and_protocols_without_any_give_nothing():
    """A column of ids makes no subgroups."""
    assert not analyse(context_with(subgroups=())).comparisons
    assert not analyse(context_with(subgroups=("patient_id",))).comparisons

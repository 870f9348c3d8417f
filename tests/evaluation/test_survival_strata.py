from __future__ import annotations

import pyarrow as pa

from einthoven.evaluation.evaluate import context_for
from einthoven.evaluation.followed_scores import followed_scores
from einthoven.evaluation.predictions import Predictions
from einthoven.evaluation.protocol import Protocol
from einthoven.evaluation.survival_strata import survival_by_stratum
from fakes.followed_predictions import followed_predictions


def rows_of(**settings):
    """Return the rows of the first model."""
    context = context_for(followed_predictions(), Protocol(**settings))
    one = followed_scores(context, context.of_task("survival")[0])
    return survival_by_stratum(one, context)


def test_a_survival_task_needs_a_horizon_for_borders_by_truth():
    """Without one nothing is divided, nor without borders."""
    borders = ("sensitivity 0.9", "specificity 0.9")
    without = rows_of(strata=borders)
    assert all("has no records" in row.estimate.reason for row in without.results)
    assert not without.curves
    assert not rows_of(horizons_days=(200,)).results
    assert rows_of(strata=borders, horizons_days=(200,)).results


def test_incidence_borders_are_chosen_on_validation():
    """Every stratum has its curves."""
    rows = rows_of(strata=("incidence 0.1", "incidence 0.4"), horizons_days=(200,))
    assert {row.kind for row in rows.curves} == {"kaplan_meier", "cumulative_incidence"}
    assert {row.at for row in rows.curves} == {"low", "intermediate", "high"}


def test_a_log_rank_test_that_takes_no_weights_says_so():
    """Beside weighted hazard ratios it would pass for weighted."""
    table = followed_predictions().table
    weighted = Predictions(table.append_column("weight", pa.array([2.0] * (len(table) - 1) + [1.0])))
    for predictions, expected in ((Predictions(table), False), (weighted, True)):
        context = context_for(predictions, Protocol(strata=("incidence 0.1", "incidence 0.4"), horizons_days=(200,)))
        one = context.of_task("survival")[0]
        rows = survival_by_stratum(followed_scores(context, one), context)
        tests = [row.test for row in rows.comparisons if row.metric == "survival"]
        assert tests
        assert all(test.method.endswith("; records not weighted") == expected for test in tests)

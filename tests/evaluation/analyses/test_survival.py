from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from einthoven.errors import CohortError
from einthoven.evaluation.analyses.survival import analyse
from einthoven.evaluation.evaluate import context_for
from einthoven.evaluation.followed_scores import followed_scores
from einthoven.evaluation.predictions import Predictions
from einthoven.evaluation.protocol import Protocol
from einthoven.evaluation.statistics.concordance import concordance, concordance_difference
from einthoven.evaluation.statistics.cumulative_incidence import cumulative_incidence_at
from fakes.followed_predictions import followed_predictions
from fakes.predictions import fake_predictions

PROTOCOL = Protocol(horizons_days=(180, 365), strata=("sensitivity 0.9", "specificity 0.9"))


@pytest.fixture(scope="module")
def context():
    """Return a survival task with competing events."""
    return context_for(followed_predictions(competing=True), PROTOCOL)


@pytest.fixture(scope="module")
def rows(context):
    """Return what is said about it."""
    return analyse(context)


def with_event(table, *, value):
    """Return the table with one answer wherever the time is known."""
    event = pa.array([value] * table.num_rows, mask=np.isnan(table["time_to_event_days"].to_numpy()))
    return table.set_column(table.schema.get_field_index("event"), "event", event)


def of(rows, model="net"):
    """Return one model's estimates by metric and place."""
    return {(r.metric, r.at): r.estimate for r in rows.results if r.model == model}


def test_scores_are_judged_at_the_horizons_with_patients_as_clusters(context, rows):
    """Values of the statistics themselves, on records whose time is known."""
    one = followed_scores(context, context.of_task("survival")[0])
    data, patient = (one.scores.score, one.time, one.cause), one.scores.patient
    found = of(rows)
    assert found["concordance_harrell", ""] == concordance(*data, clusters=patient)
    assert found["concordance_uno", "365 d"] == concordance(*data, weighting="uno", horizon=365, clusters=patient)
    assert found["cumulative_incidence", "180 d"] == cumulative_incidence_at(
        one.time, one.cause, horizon=180, clusters=patient
    )
    assert found["time_dependent_auroc", "180 d"].value > 0.7
    assert found["hazard_ratio", "per SD"].low > 1
    assert not np.isnan(one.time).any()


def test_models_are_compared(context, rows):
    """By both concordances."""
    one, other = (followed_scores(context, s) for s in context.of_task("survival"))
    tests = {(r.metric, r.at): r.test for r in rows.comparisons if (r.model_a, r.model_b) == ("net", "small")}
    expected = concordance_difference(
        one.scores.score, other.scores.score, one.time, one.cause, clusters=one.scores.patient
    )
    assert tests["concordance_harrell", ""] == expected
    assert set(tests) == {("concordance_harrell", ""), ("concordance_uno", "180 d"), ("concordance_uno", "365 d")}


def test_strata_rise_in_incidence_and_hazard(rows):
    """Borders from validation, by the event at the first horizon; log-rank and trend are tested."""
    found = of(rows)
    incidence = [found["cumulative_incidence", f"{name}, 365 d"].value for name in ("low", "intermediate", "high")]
    assert incidence == sorted(incidence)
    assert found["hazard_ratio", "high against low"].value > found["hazard_ratio", "intermediate against low"].value > 1
    tests = {(r.metric, r.at): r.test for r in rows.comparisons if r.model_a == r.model_b == "net"}
    assert tests["survival", "strata"].p_value < 1e-4
    assert tests["survival", "trend over strata"].difference.low > 0
    assert 0 < tests["proportional_hazards", "strata"].p_value <= 1
    assert 0 < tests["proportional_hazards", "per SD"].p_value <= 1


def test_competing_events_leave_cumulative_incidence_alone(rows):
    """Kaplan-Meier would take them for censoring."""
    assert "competing event first" in rows.notes[0]
    places = {(row.kind, row.at) for row in rows.curves if row.model == "net"}
    assert places == {("cumulative_incidence", at) for at in ("", "low", "intermediate", "high")}


def test_yes_no_labels_with_times_have_curves_by_stratum():
    """Paper 5's event-free survival: borders from the label's own truth."""
    context = context_for(followed_predictions(task="binary", score_kind="probability"), PROTOCOL)
    rows = analyse(context)
    assert {(r.kind, r.at) for r in rows.curves} >= {("kaplan_meier", name) for name in ("low", "intermediate", "high")}
    assert of(rows)["hazard_ratio", "high against low"].low > 1
    assert ("observed_expected", "180 d") not in of(rows)


def test_a_probability_of_one_horizon_is_held_against_the_observed():
    """Only where the protocol names a single horizon."""
    predictions = followed_predictions(score_kind="probability")
    for named, expected in (((365,), True), ((180, 365), False)):
        found = of(analyse(context_for(predictions, Protocol(horizons_days=named))))
        assert any(metric == "observed_expected" for metric, _ in found) is expected


def test_without_named_horizons_the_quartiles_of_the_event_times_are_taken():
    """In whole days."""
    context = context_for(followed_predictions(), Protocol())
    one = followed_scores(context, context.of_task("survival")[0])
    expected = np.ceil(np.quantile(one.time[one.cause == 1], [0.25, 0.5, 0.75]))
    at = {at for metric, at in of(analyse(context)) if metric == "time_dependent_auroc"}
    assert at == {f"{day:g} d" for day in expected}


def test_labels_without_times_or_events_stop_nothing():
    """No rows without columns; without events each number says why."""
    rows = analyse(context_for(fake_predictions(patients=30), Protocol()))
    assert not rows.results + rows.curves + rows.comparisons
    table = followed_predictions().table
    nothing = with_event(table, value=False)
    nothing = nothing.drop_columns("covariate.cause")
    found = of(analyse(context_for(Predictions(nothing), PROTOCOL)))
    assert "comparable" in found["concordance_harrell", ""].reason
    assert "no event" in found["hazard_ratio", "per SD"].reason
    assert found["cumulative_incidence", "180 d"].value == 0


def test_a_reader_is_judged_as_two_groups():
    """Yes against no."""
    table = followed_predictions(task="binary", score_kind="probability").table
    answers = (table["score"].to_numpy() > 0.5).astype(float)
    for name, values in (("score", pa.array(answers)), ("score_kind", pa.array(["binary"] * table.num_rows))):
        table = table.set_column(table.schema.get_field_index(name), name, values)
    found = of(analyse(context_for(Predictions(table), PROTOCOL)))
    assert found["hazard_ratio", "yes against no"].low > 1
    assert ("concordance_harrell", "") not in found


def test_columns_that_contradict_each_other_are_refused():
    """An event that is no cause 1."""
    table = followed_predictions().table
    wrong = with_event(table, value=True)
    with pytest.raises(CohortError, match="contradict each other"):
        analyse(context_for(Predictions(wrong), PROTOCOL))

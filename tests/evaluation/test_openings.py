from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from einthoven.evaluation.evaluate import evaluate
from einthoven.evaluation.ledger import record_opening, register
from einthoven.evaluation.openings import opening_notes, planned_counts, with_openings
from einthoven.evaluation.protocol import Protocol
from einthoven.evaluation.thresholds import Threshold
from fakes.predictions import fake_predictions

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PLAN = Protocol(outcomes=("AF",), analyses=("performance",), splits=("test",), resamples=5)
CUT_OFF = Threshold("AF", 0.3, "stated", "", "")
PREDICTIONS = fake_predictions(patients=60)


@pytest.fixture(scope="module")
def evaluation():
    found = evaluate(PREDICTIONS, PLAN)
    assert all(row.planned for row in found.results)
    return found


def test_numbers_of_a_plan_registered_before_the_first_opening_stay_planned(tmp_path, evaluation):
    """However often it is opened under that plan."""
    path = tmp_path / "l.jsonl"
    register(path, PLAN, now=NOON)
    for hour in range(3):
        openings = record_opening(path, PREDICTIONS, PLAN, now=NOON + timedelta(hours=hour))
    found = with_openings(evaluation, openings)
    assert all(row.planned for row in found.results)
    assert found.openings == openings
    assert found.notes[-1] == (
        "This test set has been opened 3 times; under this protocol 3 times. Of these, 2 were exact repetitions. The "
        "protocol was registered on 2026-03-01T12:00:00+00:00, before the first opening."
    )


def test_nothing_counts_as_planned_where_the_test_set_was_opened_first(tmp_path, evaluation):
    """By whichever model, under whichever plan."""
    path = tmp_path / "l.jsonl"
    first = Protocol(outcomes=("AF", "LBBB"))
    register(path, first, now=NOON)
    record_opening(path, fake_predictions(patients=60, models=("small",)), first, now=NOON)
    register(path, PLAN, now=NOON + timedelta(days=2))
    openings = record_opening(path, PREDICTIONS, PLAN, now=NOON + timedelta(days=2))
    assert not planned_counts(openings, PLAN)
    found = with_openings(evaluation, openings)
    assert not any(row.planned for row in found.results)
    assert "opened twice; under this protocol once." in found.notes[-1]
    assert "after the first opening on 2026-03-01T12:00:00+00:00, so every number is exploratory" in found.notes[-1]


def test_other_predictions_or_cut_offs_are_no_repetition(tmp_path):
    """Only the same evaluation again is told as one."""
    path = tmp_path / "l.jsonl"
    register(path, PLAN, now=NOON)
    record_opening(path, PREDICTIONS, PLAN, now=NOON)
    record_opening(path, PREDICTIONS, PLAN, now=NOON, stated=[Threshold("AF", 0.3, "stated", "", "")])
    openings = record_opening(path, fake_predictions(patients=60, models=("net",)), PLAN, now=NOON)
    assert "opened 3 times" in opening_notes(openings, PLAN)[0]
    assert "repetition" not in opening_notes(openings, PLAN)[0]


@pytest.mark.parametrize(
    "other", [{"predictions": fake_predictions(patients=60, seed=0, models=("net",))}, {"stated": [CUT_OFF]}]
)
def test_another_try_after_the_first_opening_is_not_planned(tmp_path, evaluation, other):
    """Other scores or cut-offs under the same plan: whoever chooses them has seen the numbers."""
    path = tmp_path / "l.jsonl"
    register(path, PLAN, now=NOON)
    assert planned_counts(record_opening(path, PREDICTIONS, PLAN, now=NOON), PLAN)
    settings = {"predictions": PREDICTIONS, "stated": ()} | other
    again = record_opening(path, settings["predictions"], PLAN, now=NOON, stated=settings["stated"])
    assert not planned_counts(again, PLAN)
    found = with_openings(evaluation, again)
    assert not any(row.planned for row in found.results)
    assert "others than at the first opening under this protocol, so every number is exploratory" in found.notes[-1]


def test_without_registration_or_ledger_nothing_counts_as_planned(tmp_path, evaluation):
    """There is no proof of it."""
    openings = record_opening(tmp_path / "l.jsonl", PREDICTIONS, PLAN, now=NOON)
    assert "No protocol was registered" in opening_notes(openings, PLAN)[0]
    for found in (with_openings(evaluation, openings), with_openings(evaluation, [], remark="No ledger.")):
        assert not any(row.planned for row in found.results)
    assert found.notes[-1] == "No ledger."
    assert opening_notes([], PLAN) == []

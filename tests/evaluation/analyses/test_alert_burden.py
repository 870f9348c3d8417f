from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from einthoven.evaluation.analyses.alert_burden import analyse
from einthoven.evaluation.predictions import Predictions
from fakes.grouped_predictions import grouped_context, grouped_predictions

METRICS = {
    "alerts_per_1000", "alerts_per_patient_year", "false_alerts_per_true", "patients_alerted", "patients_alerted_twice",
    "repeat_alerts",
}  # fmt: skip


@pytest.fixture(scope="module")
def context():
    """Return a context of two rules."""
    return grouped_context(thresholds=("youden", "alert_rate 0.1"))


def estimates(rows, at):
    return {row.metric: row.estimate for row in rows.results if row.at == at}


def test_each_rule_has_its_burden_by_counting(context):
    """Alerts per ECG, per year of half-yearly ECGs, per patient, and false ones per true one."""
    one, rows = context.main[0], analyse(context)
    for rule in ("youden", "alert_rate 0.1"):
        called, found = context.decisions(one, rule).values, estimates(rows, rule)
        assert set(found) == METRICS
        counts = np.array([called[one.patient == p].sum() for p in np.unique(one.patient)])
        visits = np.array([(one.patient == p).sum() for p in np.unique(one.patient)])
        assert found["alerts_per_1000"].value == pytest.approx(1000 * called.mean())
        assert found["patients_alerted"].value == pytest.approx((counts > 0).mean())
        assert found["patients_alerted_twice"].value == pytest.approx((counts > 1).mean())
        assert found["repeat_alerts"].value == pytest.approx(np.maximum(counts - 1, 0).sum() / counts.sum())
        sick = one.truth == 1
        assert found["false_alerts_per_true"].value == pytest.approx(called[~sick].sum() / called[sick].sum())
        per_year = found["alerts_per_patient_year"]
        assert per_year.value == pytest.approx(per_year.events / ((visits - 1).sum() / 2), rel=1e-6)
        assert all(e.low <= e.value <= e.high for e in found.values())
    assert (
        estimates(rows, "youden")["alerts_per_1000"].value > estimates(rows, "alert_rate 0.1")["alerts_per_1000"].value
    )


def test_records_without_time_are_left_out_of_the_rate_alone():
    """And without the column the rate says so."""
    table = grouped_predictions().table
    without = estimates(analyse(grouped_context(Predictions(table.drop_columns(["time"])))), "youden")
    assert without["alerts_per_patient_year"].reason == "the predictions have no column 'time'"
    place = table.column_names.index("time")
    times = table["time"].to_pylist()
    some = table.set_column(place, "time", [[None if row % 5 == 0 else time for row, time in enumerate(times)]])
    found = estimates(analyse(grouped_context(Predictions(some))), "youden")
    assert 0 < found["alerts_per_patient_year"].n < without["alerts_per_1000"].n
    assert found["alerts_per_1000"] == without["alerts_per_1000"]


def test_without_patient_ids_nothing_repeats():
    """Each record is its own patient: the reason says so."""
    table = grouped_predictions().table.drop_columns(["patient_id"])
    found = estimates(analyse(grouped_context(Predictions(table))), "youden")
    assert found["repeat_alerts"].reason == "no patient has several ECGs"
    assert "no time at risk" in found["alerts_per_patient_year"].reason


def test_readers_have_a_burden_too():
    """Without a rule."""
    rows = analyse(grouped_context(grouped_predictions(reader=True)))
    assert set(estimates(rows, "")) == METRICS
    assert {row.analysis for row in rows.results} == {"alert_burden"}


def test_without_a_cut_off_there_is_nothing():
    """On the split of validation."""
    assert analyse(grouped_context(splits=("validation",))).results == []


def test_records_of_unknown_truth_alert_too():
    """Who was never verified still alarms; only what is false or true needs the truth."""
    table = grouped_predictions().table
    place, score = table.column_names.index("truth"), table["score"].to_numpy()
    test = np.array(table["split"].to_pylist()) == "test"
    truth = np.where(test & (score < 0.5), np.nan, table["truth"].to_numpy())
    partly = grouped_context(Predictions(table.set_column(place, "truth", pa.array(truth))))
    found, whole = (estimates(analyse(context), "youden") for context in (partly, grouped_context(Predictions(table))))
    for metric in METRICS - {"false_alerts_per_true"}:
        assert found[metric] == whole[metric]
    assert found["false_alerts_per_true"].n < whole["false_alerts_per_true"].n

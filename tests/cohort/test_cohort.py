"""The cohort table refuses what would make a study wrong, and its hash knows content only."""

from __future__ import annotations

import polars as pl
import pytest

from einthoven.cohort.cohort import Cohort
from einthoven.errors import CohortError, LeakageError


def made(rows: dict[str, list[object]]) -> Cohort:
    return Cohort.from_frame(pl.DataFrame(rows, strict=False))


def columns(**changes: list[object]) -> dict[str, list[object]]:
    base: dict[str, list[object]] = {
        "record_id": ["a", "b", "c"],
        "patient_id": ["1", "1", "2"],
        "split": ["train", "train", "test"],
        "age_years": [50.0, 51.0, None],
        "y.AF": [1.0, 0.0, None],
    }
    return base | changes


def test_labels_and_unknown_values_survive_a_round_trip(tmp_path):
    """Parquet keeps labels, nulls and the hash."""
    cohort = made(columns())
    cohort.write(tmp_path / "cohort.parquet")
    again = Cohort.read(tmp_path / "cohort.parquet")
    assert again.labels == ("AF",)
    assert again.table["y.AF"].to_pylist() == [1.0, 0.0, None]
    assert again.hash == cohort.hash


def test_hash_is_the_same_for_any_order_of_rows_and_columns():
    """Sorting rows and columns first makes the hash a matter of content."""
    turned = {name: values[::-1] for name, values in reversed(columns().items())}
    assert made(turned).hash == made(columns()).hash
    assert made(columns(**{"y.AF": [1.0, 1.0, None]})).hash != made(columns()).hash


def test_patient_in_two_splits_is_refused_by_name():
    """The message names the patient and the remedy."""
    with pytest.raises(LeakageError, match=r"first is 1: split by patient"):
        made(columns(split=["train", "test", "test"]))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"record_id": ["a", "a", "c"]}, "occur twice, the first is a"),
        ({"split": ["train", "train", "holdout"]}, "split must be one of"),
        ({"agee_years": [1, 2, 3]}, "did you mean 'age_years'"),
        ({"record_id": [], "patient_id": [], "split": [], "age_years": [], "y.AF": []}, "the cohort is empty"),
    ],
)
def test_contradictions_are_refused(change, message):
    """Each refusal says what is wrong and what is accepted."""
    with pytest.raises(CohortError, match=message):
        made(columns(**change))


def test_history_and_events_survive_the_file_and_belong_to_the_hash(tmp_path):
    """Lists of structures, dates of events."""
    entry = {"record_id": "z", "outcome_id": "y", "outcome": 50.0, "gap_days": 9.0}
    frame = pl.DataFrame(
        {
            "record_id": ["a", "b"],
            "patient_id": ["p", "q"],
            "outcome_id": ["1", ""],
            "history": [[entry], None],
            "earlier_ecgs": [[{"record_id": "z", "gap_days": 9.0}], []],
            "event.death": [True, None],
            "event_days.death": [12.5, None],
        }
    )
    cohort = Cohort.from_frame(frame)
    cohort.write(tmp_path / "cohort.parquet")
    again = Cohort.read(tmp_path / "cohort.parquet")
    assert again.hash == cohort.hash
    assert again.table["history"].to_pylist() == [[entry], None]
    changed = frame.with_columns(pl.Series("event.death", [False, None]))
    assert Cohort.from_frame(changed).hash != cohort.hash


def test_a_pair_that_stands_twice_is_refused_with_its_report():
    """One ECG may stand in several rows, but each time with another report."""
    frame = pl.DataFrame({"record_id": ["a", "a"], "patient_id": "p", "outcome_id": ["1", "1"]})
    with pytest.raises(CohortError, match="with the same report, 1"):
        Cohort.from_frame(frame)
    Cohort.from_frame(frame.with_columns(outcome_id=pl.Series(["1", "2"])))

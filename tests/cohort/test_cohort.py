"""The cohort table refuses what would make a study wrong, and its hash knows content only."""

from __future__ import annotations

import pytest

from einthoven.cohort.cohort import Cohort
from einthoven.errors import CohortError, LeakageError


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
    cohort = Cohort.from_columns(columns())
    cohort.write(tmp_path / "cohort.parquet")
    again = Cohort.read(tmp_path / "cohort.parquet")
    assert again.labels == ("AF",)
    assert again.table["y.AF"].to_pylist() == [1.0, 0.0, None]
    assert again.hash == cohort.hash


def test_hash_is_the_same_for_any_order_of_rows_and_columns():
    """Sorting rows and columns first makes the hash a matter of content."""
    turned = {name: values[::-1] for name, values in reversed(columns().items())}
    assert Cohort.from_columns(turned).hash == Cohort.from_columns(columns()).hash
    assert Cohort.from_columns(columns(**{"y.AF": [1.0, 1.0, None]})).hash != Cohort.from_columns(columns()).hash


def test_patient_in_two_splits_is_refused_by_name():
    """The message names the patient and the remedy."""
    with pytest.raises(LeakageError, match=r"first is 1: split by patient"):
        Cohort.from_columns(columns(split=["train", "test", "test"]))


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
        Cohort.from_columns(columns(**change))

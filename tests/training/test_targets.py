"""From a cohort to targets, and what is refused."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from einthoven.errors import CohortError, SplitError
from einthoven.training.targets import auxiliary_tasks, check_classes, split_targets

COHORT = pa.table(
    {
        "record_id": list("abcdef"),
        "split": ["train", "train", "train", "validation", "validation", "test"],
        "y.MI": pa.array([1, 0, None, 1, 0, 1], pa.float32()),
        "y.rare": pa.array([0, 0, 0, 1, 0, 1], pa.float32()),
        "y.scp.AFIB": pa.array([1, 0, 1, 0, 0, 0], pa.float32()),
        "y.scp.PVC": pa.array([1, 1, 1, 0, 0, 0], pa.float32()),
    }
)


def test_a_split_is_taken_in_the_order_of_the_cohort_with_nan_for_unknown():
    targets = split_targets(COHORT, "train", tasks=["scp.AFIB", "MI"])
    assert targets.record_ids == ("a", "b", "c")
    assert np.array_equal(targets.target, np.array([[1, 1], [0, 0], [1, np.nan]], np.float32), equal_nan=True)
    assert targets.positives.tolist() == [2, 1]
    assert targets.negatives.tolist() == [1, 1]


def test_an_unknown_task_names_the_nearest():
    with pytest.raises(CohortError, match="did you mean 'MI'"):
        split_targets(COHORT, "train", tasks=["MII"])


def test_a_target_beyond_zero_and_one_names_the_record():
    cohort = pa.table({"record_id": ["a"], "split": ["train"], "y.ef": pa.array([55.0], pa.float32())})
    with pytest.raises(CohortError, match=r"55.0 for ef in record a"):
        split_targets(cohort, "train", tasks=["ef"])


def test_a_label_without_a_positive_names_label_split_and_remedy():
    with pytest.raises(SplitError, match=r"'rare' has no positive .* 3 known records .* 'train': leave the label out"):
        check_classes(split_targets(COHORT, "train", tasks=["rare"]), "train", labels=["rare"])


def test_a_label_without_a_negative_is_refused():
    with pytest.raises(SplitError, match="no negative"):
        check_classes(split_targets(COHORT, "test", tasks=["MI"]), "test", labels=["MI"])


def test_an_empty_split_is_refused():
    with pytest.raises(SplitError, match="'external' is empty"):
        check_classes(split_targets(COHORT, "external", tasks=["MI"]), "external", labels=["MI"])


def test_auxiliary_patterns_take_tasks_with_enough_of_both_classes_that_are_no_labels():
    assert auxiliary_tasks(COHORT, ["scp.*", "MI"], labels=["MI"], minimum=1) == ("scp.AFIB",)
    assert auxiliary_tasks(COHORT, [], labels=["MI"], minimum=1) == ()


def test_a_pattern_without_a_match_is_refused():
    with pytest.raises(CohortError, match=r"'snomed.\*'"):
        auxiliary_tasks(COHORT, ["snomed.*"], labels=["MI"], minimum=1)

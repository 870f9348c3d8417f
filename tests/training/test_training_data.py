"""What an arm is trained on."""

from __future__ import annotations

import dataclasses

import pyarrow as pa
import pytest

from einthoven.errors import SplitError
from einthoven.training.arm import ArmSettings
from einthoven.training.training_data import training_data

COHORT = pa.table(
    {
        "record_id": list("abcdef"),
        "split": ["train", "train", "train", "validation", "validation", "test"],
        "source": ["ptb_xl", "ptb_xl", "code15", None, "ptb_xl", "hospital"],
        "y.MI": pa.array([1, 0, None, 1, 0, 1], pa.float32()),
        "y.rare": pa.array([0, 1, 0, 1, 1, 1], pa.float32()),
        "y.scp.AFIB": pa.array([1, 0, 1, 0, 0, 0], pa.float32()),
    }
)
ARM = ArmSettings(auxiliary_labels=("scp.*",), auxiliary_minimum_positives=1)


def test_auxiliary_labels_follow_the_labels_in_training_only():
    data = training_data(ARM, COHORT, labels=["MI"])
    assert (data.labels, data.auxiliary) == (("MI",), ("scp.AFIB",))
    assert data.training.target.shape == (3, 2)
    assert data.validation.target.shape == (2, 1)
    assert data.measurable


def test_only_data_sets_of_the_two_splits_are_noted():
    assert training_data(ARM, COHORT, labels=["MI"]).pretrained_on == ("code15", "ptb_xl")


def test_validation_must_have_both_classes_only_when_it_is_used():
    with pytest.raises(SplitError, match="'validation'"):
        training_data(ARM, COHORT, labels=["rare"])
    arm = dataclasses.replace(ARM, early_stopping="none")
    assert not training_data(arm, COHORT, labels=["rare"]).measurable


def test_the_hash_tells_labels_and_targets_apart():
    hashes = {training_data(ARM, COHORT, labels=labels).hash for labels in (["MI"], ["MI", "rare"][:1])}
    assert len(hashes) == 1
    without = dataclasses.replace(ARM, auxiliary_labels=())
    assert training_data(without, COHORT, labels=["MI"]).hash not in hashes

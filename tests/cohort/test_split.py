"""Splits are by patient, keep shares per label, and refuse what can't be fitted on."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from einthoven.cohort.split import SplitSettings, assign_split, require_both_classes
from einthoven.errors import SplitError

FRACTIONS = {"train": 0.7, "validation": 0.1, "test": 0.2}


@given(st.lists(st.tuples(st.integers(0, 30), st.booleans()), min_size=1, max_size=200), st.integers(0, 5))
def test_all_ecgs_of_a_patient_share_a_split(rows, seed):
    """Whatever the labels, one patient is never torn."""
    patients = [str(patient) for patient, _ in rows]
    splits = assign_split(patients, {"y": [int(label) for _, label in rows]}, fractions=FRACTIONS, seed=seed)
    assert all(len({s for p, s in zip(patients, splits, strict=True) if p == patient}) == 1 for patient in patients)


def test_rare_label_is_dealt_out_by_its_share():
    """Of 50 patients with a rare label, each split gets its share to within one."""
    patients = [str(number) for number in range(1000)]
    rare = [int(number < 50) for number in range(1000)]
    splits = assign_split(patients, {"rare": rare, "common": [1 - r for r in rare]}, fractions=FRACTIONS, seed=1)
    counts = Counter(split for split, label in zip(splits, rare, strict=True) if label)
    assert all(abs(counts[name] - 50 * share) <= 1 for name, share in FRACTIONS.items())


def test_seed_decides_and_order_of_rows_does_not():
    """Same seed, same split for any order of the ECGs; another seed, another split."""
    patients = [str(number) for number in range(100)]
    labels = [number % 3 == 0 for number in range(100)]
    order = np.random.default_rng(0).permutation(100)
    straight = dict(zip(patients, assign_split(patients, {"y": labels}, fractions=FRACTIONS, seed=3), strict=True))
    turned_patients = [patients[i] for i in order]
    turned = assign_split(turned_patients, {"y": [labels[i] for i in order]}, fractions=FRACTIONS, seed=3)
    assert dict(zip(turned_patients, turned, strict=True)) == straight
    other = assign_split(patients, {"y": labels}, fractions=FRACTIONS, seed=4)
    assert dict(zip(patients, other, strict=True)) != straight


def test_split_without_a_positive_is_refused_with_the_remedy():
    """The message names label, split and what to change."""
    table = pa.table({"split": ["train", "train", "validation", "validation"], "y.AF": [1.0, 0.0, 0.0, 0.0]})
    with pytest.raises(
        SplitError, match=r"'AF' has no positive among the 2 ECGs of the validation split; leave it out"
    ):
        require_both_classes(table, ["AF"])


def test_empty_split_is_refused():
    """A cohort without validation can't choose a threshold."""
    table = pa.table({"split": ["train", "train"], "y.AF": [1.0, 0.0]})
    with pytest.raises(SplitError, match="'validation' is empty"):
        require_both_classes(table, ["AF"])


def test_fractions_must_sum_to_one():
    """Shares that lose patients are refused."""
    with pytest.raises(SplitError, match="must sum to 1"):
        SplitSettings(fractions={"train": 0.5, "test": 0.2})

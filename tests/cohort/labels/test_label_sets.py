"""Label sets."""

from __future__ import annotations

from collections import Counter

import pytest

from einthoven.cohort.labels.label_sets import LABEL_SETS, resolve_labels
from einthoven.cohort.labels.vocabulary import vocabulary
from einthoven.errors import CohortError


def test_each_set_has_the_number_of_its_name_and_no_label_twice():
    """46 labels in five groups; the others as their sources count them."""
    assert {name: len(labels) for name, labels in LABEL_SETS.items()} == {"einthoven46": 46}
    for labels in LABEL_SETS.values():
        assert len({label.name for label in labels}) == len(labels)
    groups = Counter(label.group for label in LABEL_SETS["einthoven46"])
    assert groups == {"arrhythmia": 17, "conduction": 8, "ischaemia": 8, "other": 7, "measurement": 6}


def test_every_concept_of_every_label_exists():
    """Labels are made of the one vocabulary."""
    for labels in LABEL_SETS.values():
        for label in labels:
            assert label.concepts <= vocabulary().words.keys(), label.name
            assert label.words


def test_a_request_may_mix_sets_labels_and_concepts():
    """In the order asked for, nothing twice."""
    labels = resolve_labels(("u_wave", "qrs_above_140", "einthoven46"))
    assert list(labels)[:3] == ["u_wave", "qrs_above_140", "sinus_rhythm"]
    assert len(labels) == 47
    assert labels["u_wave"].concepts == {"u_wave"}


def test_nothing_asked_for_is_no_label():
    """A study without labels of statements."""
    assert resolve_labels("") == resolve_labels(()) == {}


def test_an_unknown_label_is_refused_with_the_nearest():
    """A spelling mistake is named."""
    with pytest.raises(CohortError, match="einthoven46"):
        resolve_labels("einthoven_46")
    with pytest.raises(CohortError, match="low_voltage"):
        resolve_labels(("low_voltages",))

"""Owners' own labels beside shared ones, and nobody's silence taken for a no."""

from __future__ import annotations

import pytest

from einthoven.cohort.sources.stated_labels import (
    Stated,
    concept_map,
    merged_findings,
    named_concepts,
    requested_columns,
    unknown_statements,
)
from einthoven.errors import CohortError

STATED = Stated(
    owner="Here",
    marks=[{"a", "b"}, set(), None],
    findings=[{"atrial_fibrillation": "present"}, {}, None],
    own={"alpha": {"a"}, "beta": {"b", "c"}},
    own_sets={"all": ("alpha", "beta")},
    answered=frozenset({"atrial_fibrillation"}),
)


def test_own_labels_are_true_by_any_of_their_marks():
    """No mark is a no, no statement at all is unknown."""
    asked, columns = requested_columns(STATED, "all", ())
    assert asked.outcomes == ("alpha", "beta")
    assert columns["y.alpha"] == [1.0, 0.0, None]
    assert columns["y.beta"] == [1.0, 0.0, None]


def test_what_nobody_looked_for_is_unknown_not_absent():
    """Only atrial fibrillation was looked for."""
    _, columns = requested_columns(STATED, ("atrial_fibrillation", "atrial_flutter"), ())
    assert columns["y.atrial_fibrillation"] == [1.0, 0.0, None]
    assert columns["y.atrial_flutter"] == [None, None, None]


def test_a_helper_that_is_an_outcome_is_one_column():
    """Auxiliary labels don't repeat outcomes."""
    asked, columns = requested_columns(STATED, ("alpha",), ("alpha", "beta"))
    assert (asked.outcomes, asked.auxiliary) == (("alpha",), ("beta",))
    assert set(columns) == {"y.alpha", "y.beta"}


def test_an_owner_who_says_nothing_of_findings_refuses_them():
    """With the owners' own labels as what is accepted."""
    silent = Stated("Here", [{"a"}], None, own={"alpha": {"a"}})
    with pytest.raises(CohortError, match=r"Here has no label or label set 'sinus_rhythm'.*alpha"):
        requested_columns(silent, ("sinus_rhythm",), ())


def test_present_beats_uncertain_beats_absent_in_any_order():
    """All statements of an ECG together."""
    one, other = {"infarction": "uncertain", "av_block": "absent"}, {"infarction": "present", "av_block": "uncertain"}
    assert merged_findings([one, other]) == merged_findings([other, one])
    assert merged_findings([one, other]) == {"infarction": "present", "av_block": "uncertain"}


@pytest.mark.parametrize("file", ["ludb_statements.csv", "incart_statements.csv"])
def test_maps_hold_known_concepts_and_what_they_imply(file):
    """A misspelt concept in a map is an error when it is read."""
    meanings = concept_map(file)
    assert len(meanings) > 30
    assert named_concepts(file) <= {concept for found in meanings.values() for concept in found}


def test_nothing_unknown_is_no_table():
    """Otherwise every study would show an empty list of losses."""
    assert unknown_statements([], column="Dx", reason="no") is None

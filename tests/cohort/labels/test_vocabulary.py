"""The vocabulary of findings."""

from __future__ import annotations

import pytest

from einthoven.cohort.labels.vocabulary import vocabulary
from einthoven.errors import CohortError


def test_every_implied_concept_exists_and_none_implies_itself():
    """Parents are concepts, and there is no circle."""
    words = vocabulary()
    for concept, parents in words.implies.items():
        assert concept not in parents
        assert parents <= words.words.keys()


def test_a_present_concept_makes_its_parents_present_through_generations():
    """A dual-chamber pacemaker's rhythm is paced in both chambers."""
    closed = vocabulary().closure({"dual_paced_rhythm": "present"})
    assert closed["ventricular_paced_rhythm"] == closed["atrial_paced_rhythm"] == closed["paced_rhythm"] == "present"


def test_an_uncertain_concept_does_not_overrule_what_is_known_of_its_parent():
    """A possible inferior infarct beside a certain anterior one leaves the infarction certain."""
    closed = vocabulary().closure({"inferior_infarction": "uncertain", "anterior_infarction": "present"})
    assert closed["infarction"] == "present"


def test_an_absent_concept_says_nothing_of_its_parents():
    """No Mobitz II block: there may still be another block."""
    assert vocabulary().closure({"mobitz_2_av_block": "absent"}) == {"mobitz_2_av_block": "absent"}


def test_an_unknown_concept_is_refused_with_the_nearest_name():
    """A spelling mistake is named."""
    with pytest.raises(CohortError, match="atrial_flutter"):
        vocabulary().closure({"atrial_fluter": "present"})

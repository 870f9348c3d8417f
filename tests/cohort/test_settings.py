"""The section [cohort]."""

from __future__ import annotations

import pytest

from einthoven.cohort.outcomes import OutcomeSettings
from einthoven.cohort.pairing import PairingSettings
from einthoven.cohort.settings import CohortSettings, ComorbiditySettings
from einthoven.errors import SpecificationError


def test_short_and_long_outcomes_are_the_same():
    """A rule alone is a table with a rule."""
    short, long = (CohortSettings(outcomes={"x": given}) for given in ("a > 1", OutcomeSettings(rule="a > 1")))
    assert short.tasks == long.tasks


def test_groups_are_those_of_rules_conditions_and_pairs():
    """What an evaluation may ask for."""
    settings = CohortSettings(
        labels="superclass",
        subgroups={"old": "age_years > 70"},
        comorbidities=ComorbiditySettings(conditions=("diabetes",), codes={"own": ("E34",)}),
        pairing=PairingSettings(),
    )
    assert settings.group_names == ("old", "diabetes", "own", "pair")


@pytest.mark.parametrize(
    ("settings", "place"),
    [
        ({"outcomes": {"weak": "lvef <= "}}, "cohort.outcomes.weak"),
        ({"outcomes": {"a": "b > 1"}, "subgroups": {"age": {"old": "age_years >> 70"}}}, "cohort.subgroups.age"),
        ({"outcomes": {"a": "b > 1"}, "eligible": {"adults": "age_years"  " >= "}}, "cohort.eligible.'adults'"),
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_read_is_named_with_its_place(settings, place):
    """Before any table is read."""
    with pytest.raises(SpecificationError, match=place):
        CohortSettings(**settings)

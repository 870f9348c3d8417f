"""Every kind of table has its columns, and a study file can name no others."""

from __future__ import annotations

import pytest

from einthoven.cohort.tables.kinds import KINDS, columns_to_read
from einthoven.cohort.tables.settings import TableSettings
from einthoven.errors import CohortError, UnknownNameError


def chosen(kind, present, **columns):
    """Return canonical names and types."""
    found = columns_to_read(kind, TableSettings(file="t", columns=columns), present=present, name="t")
    return {column.name: column.type for column in found}


def test_plain_columns_of_their_own_name_are_taken():
    """What the study file doesn't name and the kind doesn't know stays where it is."""
    assert chosen("ecgs", ["patient_id", "ecg_time", "sex", "diary", "covariate.x"]) == {
        "patient_id": "id",
        "ecg_time": "time",
        "sex": "sex",
    }


def test_families_have_the_type_of_the_family():
    """A star stands for any name."""
    present = ["patient_id", "ecg_time", "a", "b"]
    found = chosen("ecgs", present, **{"covariate.bmi": "a", "group.race": "b"})
    assert (found["covariate.bmi"], found["group.race"]) == ("number", "text")
    assert chosen("events", ["patient_id", "last_contact", "m"], mace_time="m")["mace_time"] == "time"
    assert chosen("reports", ["patient_id", "outcome_time", "a"], lvef="a")["lvef"] == "free"


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_required_is_asked_for(kind):
    """Every table says whose it is."""
    with pytest.raises(CohortError, match=rf"t has no column 'patient_id'; it has x: set {kind}\.columns\.patient_id"):
        chosen(kind, ["x"])


def test_unknown_kind_or_column_names_the_nearest():
    """A slip is found by its likeness."""
    with pytest.raises(UnknownNameError, match="did you mean 'last_contact'"):
        chosen("events", ["patient_id"], last_contac="x")

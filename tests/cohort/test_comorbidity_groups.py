"""Conditions as groups."""

from __future__ import annotations

from datetime import datetime

import polars as pl
import pytest

from einthoven.cohort.comorbidity_groups import with_comorbidities
from einthoven.cohort.settings import ComorbiditySettings
from einthoven.errors import SpecificationError

ECGS = pl.DataFrame(
    {
        "record_id": ["a", "b"],
        "patient_id": ["p", "q"],
        "ecg_time": [datetime(2020, 6, 1)] * 2,  # noqa: DTZ001 - hospitals export local time without a zone
    }
)
DIAGNOSES = pl.DataFrame(
    {
        "patient_id": ["p", "p", "q"],
        "code": ["E11.9", "nonsense", "D3A"],
        "diagnosis_time": [datetime(2020, 1, 1)] * 3,  # noqa: DTZ001
    }
)


def groups(**settings):
    notes: list[str] = []
    found = with_comorbidities(
        ECGS, DIAGNOSES, settings=ComorbiditySettings(**settings), ecg_date_only=False, notes=notes
    )
    return found, notes


def test_known_conditions_and_own_lists_become_groups_of_yes_and_no():
    """And what could not be read is told."""
    found, notes = groups(conditions=("diabetes",), codes={"neuroendocrine": ("D3A",)})
    assert found["group.diabetes"].to_list() == ["yes", "no"]
    assert found["group.neuroendocrine"].to_list() == ["no", "yes"]
    assert notes == ["of 3 diagnoses left out: 1 with a code that is none (such as nonsense)"]


def test_no_condition_and_an_unknown_one_are_refused():
    """With the nearest name."""
    with pytest.raises(SpecificationError, match="names no condition"):
        groups()
    with pytest.raises(SpecificationError, match="did you mean 'diabetes'"):
        groups(conditions=("diabets",))


def test_an_ecg_before_the_first_code_may_be_unknown():
    """A disease that is coded late may have been there."""
    later = DIAGNOSES.with_columns(diagnosis_time=pl.lit(datetime(2021, 1, 1)))  # noqa: DTZ001
    settings = ComorbiditySettings(conditions=("diabetes",), later="unknown")
    found = with_comorbidities(ECGS, later, settings=settings, ecg_date_only=False, notes=[])
    assert found["group.diabetes"].to_list() == [None, "no"]

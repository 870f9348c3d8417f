"""Every source of the table keeps the protocol, and tables are refused by name."""

from __future__ import annotations

import dataclasses

import polars as pl
import pytest

from einthoven.cohort.sources import SOURCES
from einthoven.cohort.sources.source import read_table, require_columns
from einthoven.errors import CohortError
from einthoven.registry import resolve


@pytest.mark.parametrize("name", SOURCES)
def test_source_is_a_frozen_dataclass_with_a_path_and_a_test(name, request):
    """What the study file sets are fields; a source without a test isn't one."""
    kind = resolve("sources", name, SOURCES)
    assert kind.__dataclass_params__.frozen
    assert "path" in {field.name for field in dataclasses.fields(kind)}
    assert (request.path.parent / f"test_{name}.py").is_file()
    assert kind.__doc__


def test_missing_file_says_what_is_there(tmp_path):
    """A folder that is one level too high is recognised by what it holds."""
    (tmp_path / "records500").mkdir()
    with pytest.raises(CohortError, match=r"has no table\.csv; it holds records500"):
        read_table(tmp_path, "table.csv")


def test_missing_column_names_the_nearest():
    """A renamed column is found by its likeness."""
    with pytest.raises(CohortError, match=r"x\.csv has no column 'patient_id'; did you mean 'patientid'"):
        require_columns(pl.DataFrame({"patientid": [1]}), ["patient_id"], file="x.csv")

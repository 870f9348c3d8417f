"""Settings of a table come out of a study file, and slips in them are refused."""

from __future__ import annotations

import pydantic
import pytest

from einthoven.cohort.tables import ColumnSettings, TableSettings
from einthoven.errors import SpecificationError

ADAPTER = pydantic.TypeAdapter(TableSettings)


def test_a_column_is_a_name_or_more():
    """Unit, format and values belong to a column."""
    values = {"file": "t.csv", "columns": {"lvef": "EF", "age_years": {"column": "A", "unit": "days"}, "sex": {}}}
    settings = ADAPTER.validate_python(values)
    assert settings.of_column("lvef") == ColumnSettings("EF")
    assert settings.of_column("age_years") == ColumnSettings("A", unit="days")
    assert settings.of_column("sex") == ColumnSettings("sex")
    assert settings.of_column("site").column == "site"
    assert ADAPTER.validate_python(ADAPTER.dump_python(settings, mode="json")) == settings


@pytest.mark.parametrize(
    "values",
    [
        {"file": "t", "missin": []},
        {"file": "t", "columns": {"lvef": {"colum": "EF"}}},
        {"file": "t", "on_error": "ignore"},
        {"file": "t", "export_date": "soon"},
    ],
)
def test_unknown_keys_and_values_are_refused(values):
    """A misspelt key would be a default."""
    with pytest.raises(pydantic.ValidationError):
        ADAPTER.validate_python(values)


def test_delimiter_is_one_character():
    """A word divides nothing."""
    with pytest.raises(SpecificationError, match="one character"):
        TableSettings(file="t", delimiter="tab")

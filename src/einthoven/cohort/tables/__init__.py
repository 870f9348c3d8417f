"""Tables of a hospital in canonical columns: ECGs, reports, diagnoses, events and patients."""

from __future__ import annotations

from einthoven.cohort.tables.read import read_table_as
from einthoven.cohort.tables.settings import ColumnSettings, TableSettings
from einthoven.cohort.tables.typed_table import TypedTable

__all__ = ["ColumnSettings", "TableSettings", "TypedTable", "read_table_as"]

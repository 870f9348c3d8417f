"""The page about the table of measurements is the one in the documentation, and names every column."""

from __future__ import annotations

import re
from pathlib import Path

from einthoven.cli.measure_columns import columns_page
from einthoven.ecg.lead_measurement_quantities import LEAD_QUANTITIES
from einthoven.ecg.measurement_quantities import QUANTITIES
from einthoven.store.beat_table import BEATS_SCHEMA
from einthoven.store.measurement_table import IDENTITY

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "measurements.md"


def test_the_documentation_is_what_the_lists_of_quantities_say():
    remedy = "run: einthoven measure --columns > docs/reference/measurements.md"
    assert PAGE.read_text(encoding="utf-8") == columns_page(), remedy


def test_every_column_has_a_row_with_all_its_cells():
    rows = [re.split(r"(?<!\\)\|", line)[1:-1] for line in columns_page().splitlines() if line.startswith("| `")]
    named = [row[0].strip().strip("`") for row in rows]
    assert named == [*IDENTITY, "reasons", *QUANTITIES, *LEAD_QUANTITIES]
    assert all(len(row) == 6 and all(cell.strip() for cell in row) for row in rows[len(IDENTITY) + 1 :])


def test_columns_of_the_table_of_waves_are_named():
    page = columns_page()
    assert all(f"`{name}`" in page for name in BEATS_SCHEMA.names)


def test_links_have_no_bracket_or_blank_that_would_end_them():
    links = re.findall(r"\]\((https://doi\.org/[^|]*?)\)(?= |;|,|$)", columns_page())
    assert links
    assert not any(set(" ()") & set(link) for link in links)

"""The baseline table counts what the cohort holds."""

from __future__ import annotations

import numpy as np
import polars as pl

from einthoven.report.blocks import TableBlock
from einthoven.report.sections.patients import section


def _rows(evidence):
    table = next(block for block in section(evidence).blocks if isinstance(block, TableBlock))
    heads = [column.head for column in table.columns]
    return heads, {row.cells[0].text: [cell.text for cell in row.cells[1:]] for row in table.rows}


def test_patients_ecgs_and_labels_are_counted_by_split(full):
    heads, rows = _rows(full)
    table = pl.DataFrame(full.cohort.table)
    for head, patients, ecgs, positive in zip(heads[1:], rows["Patients"], rows["ECGs"], rows["MI"], strict=True):
        part = table if head == "All" else table.filter(pl.col("split") == head.lower())
        assert (patients, ecgs) == (str(part["patient_id"].n_unique()), str(part.height))
        assert positive.split("/")[0].split(" ")[0] == str(int((part["y.MI"] == 1).sum()))


def test_age_counts_each_patient_once(full):
    _, rows = _rows(full)
    table = pl.DataFrame(full.cohort.table).sort("ecg_time", "record_id")
    ages = table.unique("patient_id", keep="first", maintain_order=True)["age_years"].drop_nulls().to_numpy()
    low, middle, high = np.percentile(ages, [25, 50, 75])
    assert rows["Age, years, median (IQR)"][-1] == f"{middle:.0f} ({low:.0f}–{high:.0f})"

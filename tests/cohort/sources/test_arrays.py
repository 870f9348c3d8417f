"""Signals in one array, labels in one CSV: everything is declared, nothing is guessed."""

from __future__ import annotations

import numpy as np
import pytest

from einthoven.cohort.sources.arrays import Arrays
from einthoven.ecg.formats import read
from einthoven.errors import CohortError

LEADS = ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")
CSV = "id,person,age,sex,super_AF,super_MI\n7,1,50,0,1,0\n8,1,300,1,0,1\n9,2,,1,0,\n"


def source(folder, **changes) -> Arrays:
    settings = {
        "path": str(folder),
        "signals": "signals.npy",
        "table": "labels.csv",
        "axes": "record,sample,lead",
        "rate_hz": 100.0,
        "unit": "arbitrary",
        "leads": LEADS,
        "scale": 0.5,
        "columns": {"record_id": "id", "patient_id": "person", "age_years": "age", "sex": "sex", "AF": "super_AF"},
        "sex_codes": {"0": "M", "1": "F"},
        "age_over": 300.0,
    }
    return Arrays(**(settings | changes))


@pytest.fixture
def folder(tmp_path):
    """Return a folder with three records."""
    np.save(tmp_path / "signals.npy", np.arange(3 * 200 * 12, dtype=np.int16).reshape(3, 200, 12))
    (tmp_path / "labels.csv").write_text(CSV)
    return tmp_path


def test_rows_labels_and_signals_belong_together(folder):
    """Row k of the CSV is row k of the array, scaled as declared."""
    data = source(folder).load(("AF", "super_MI"))
    assert data.columns["record_id"] == ["7", "8", "9"]
    assert data.columns["y.AF"] == [1.0, 0.0, 0.0]
    assert data.columns["y.super_MI"] == [0.0, 1.0, None]
    assert data.columns["age_years"] == [50.0, 90.0, None]
    assert data.columns["sex"] == ["M", "F", "F"]
    record = read(data.locations[1])
    assert record.unit == "arbitrary"
    assert record.signal[3, 0] == pytest.approx((200 * 12 + 3) * 0.5)


def test_patterns_choose_columns(folder):
    """A star stands for any text in a label's column."""
    assert source(folder).load(("super_*",)).labels == ("super_AF", "super_MI")


def test_missing_patient_column_is_refused(folder):
    """Without patients there is no honest split."""
    with pytest.raises(CohortError, match="needs patient ids"):
        source(folder, columns={"record_id": "id"}).load(("super_AF",))


def test_unknown_label_column_names_the_nearest(folder):
    """A typing error is answered with the right word."""
    with pytest.raises(CohortError, match=r"no column 'super_AFF'; did you mean 'super_AF'"):
        source(folder).load(("super_AFF",))


def test_label_set_is_refused(folder):
    """Arrays have columns, no sets."""
    with pytest.raises(CohortError, match="list the label columns"):
        source(folder).load("superclass")


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("7,1,50,0,yes,0", r"labels\.csv, line 2: column 'super_AF' holds 'yes': could not convert"),
        ("7,1,50,0,-1,0", r"column 'super_AF' holds '-1': a label is 0 or 1; leave the cell empty"),
        ("7,,50,0,1,0", r"line 2: column 'person' holds an empty cell: it must be filled in"),
        ("7,1,old,0,1,0", r"column 'age' holds 'old'"),
    ],
)
def test_odd_cells_are_refused_with_file_line_and_column(folder, cell, message):
    """A person can go there and mend it."""
    (folder / "labels.csv").write_text(CSV.replace("7,1,50,0,1,0", cell))
    with pytest.raises(CohortError, match=message):
        source(folder).load(("super_AF",))


def test_table_of_another_length_is_refused(folder):
    """A lost row would shift every label onto its neighbour's ECG."""
    (folder / "labels.csv").write_text(CSV.replace("7,1,50,0,1,0\n", ""))
    with pytest.raises(CohortError, match=r"signals\.npy holds 3 records and .*labels\.csv 2 rows"):
        source(folder).load(("super_AF",))

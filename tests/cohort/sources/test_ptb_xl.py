"""PTB-XL loads as its owners describe it: classes, likelihoods, folds, withdrawn duplicates."""

from __future__ import annotations

import csv
from collections import Counter

import pytest

from einthoven.cohort.sources.ptb_xl import PtbXl
from einthoven.errors import CohortError
from fakes.ptb_xl_folder import make_ptb_xl


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a small PTB-XL."""
    return make_ptb_xl(tmp_path_factory.mktemp("ptb_xl"), n_records=40, rate_hz=100)


def test_rows_carry_labels_age_sex_and_fold(folder):
    """Age 300 stands for over 89, sex 1 is female, folds 9 and 10 are validation and test."""
    data = PtbXl(str(folder)).load("superclass")
    assert data.labels == ("NORM", "MI", "STTC", "CD", "HYP")
    assert data.columns["age_years"][0] == 90.0
    assert data.columns["sex"][:2] == ["F", "M"]
    assert Counter(data.official_split) == {"train": 32, "validation": 4, "test": 4}
    assert all(sum(data.columns[f"y.{label}"][row] for label in data.labels) == 1 for row in range(40))


def test_locations_are_wfdb_headers_of_the_chosen_rate(folder):
    """500 and 100 Hz live in two trees."""
    assert PtbXl(str(folder)).load("superclass").locations[0].path.endswith("records500/00000/00001_hr")
    assert PtbXl(str(folder), rate_hz=100).load("superclass").locations[0].path.endswith("records100/00000/00001_lr")


def test_statement_below_the_likelihood_is_unknown(folder, tmp_path):
    """A diagnosis at 50 % is neither true nor false at a threshold of 80."""
    text = (folder / "ptbxl_database.csv").read_text().replace("{'IMI': 100.0", "{'IMI': 50.0")
    (tmp_path / "ptbxl_database.csv").write_text(text)
    (tmp_path / "scp_statements.csv").write_text((folder / "scp_statements.csv").read_text())
    data = PtbXl(str(tmp_path), min_likelihood=80).load(("MI", "SR"))
    assert {None, 0.0} == set(data.columns["y.MI"])
    assert data.columns["u.MI"].count(True) == data.columns["y.MI"].count(None) > 0
    assert set(data.columns["y.SR"]) == {1.0}  # rhythm statements carry no likelihood


def test_ecgs_without_any_label_are_left_out_and_counted(folder):
    """The benchmark does the same; the flow says how many."""
    data = PtbXl(str(folder), require_label=True).load(("MI",))
    assert data.flow[-1].excluded
    assert data.flow[-1].records == 40 - len(data.locations)
    assert PtbXl(str(folder)).load("form").flow[-1].excluded


def test_of_labels_that_a_study_chooses_the_others_are_controls(folder):
    """A study of infarction needs ECGs without one."""
    assert len(PtbXl(str(folder)).load(("MI",)).locations) == 40


@pytest.mark.parametrize(
    ("labels", "message"), [("superclas", "did you mean 'superclass'"), (("CLBB",), "did you mean 'CLBBB'")]
)
def test_unknown_label_names_the_nearest(folder, labels, message):
    """A typing error is answered with the right word."""
    with pytest.raises(CohortError, match=message):
        PtbXl(str(folder)).load(labels)


def test_missing_folder_and_empty_folder_are_named(tmp_path):
    """The message says which folder, which file and what is there."""
    with pytest.raises(CohortError, match=r"there is no folder .*nowhere"):
        PtbXl(str(tmp_path / "nowhere")).load("superclass")
    with pytest.raises(CohortError, match=r"has no ptbxl_database.csv; it holds nothing"):
        PtbXl(str(tmp_path)).load("superclass")


@pytest.mark.parametrize(
    ("column", "cell", "message"),
    [
        ("strat_fold", "11", r"ecg_id 1: column 'strat_fold' holds '11': folds are 1 to 10"),
        ("strat_fold", "", r"'strat_fold' holds an empty cell"),
        ("age", "old", r"ecg_id 1: column 'age' holds 'old'"),
        ("patient_id", "abc", r"'patient_id' holds 'abc'"),
        ("patient_id", "12.7", r"it must be a whole number"),
        ("patient_id", "", r"'patient_id' holds an empty cell"),
        ("recording_date", "yesterday", r"'recording_date' holds 'yesterday'"),
        ("ecg_id", "x", r"line 2: column 'ecg_id' holds 'x'"),
        ("filename_hr", "", r"'filename_hr' holds an empty cell"),
        ("scp_codes", "{'NORM': None}", r"ecg_id 1: column 'scp_codes' .*must look like"),
    ],
)
def test_odd_cells_are_refused_with_ecg_and_column(folder, tmp_path, column, cell, message):
    """A person can go there and mend it; nothing ends in a traceback."""
    (tmp_path / "scp_statements.csv").write_text((folder / "scp_statements.csv").read_text())
    with (folder / "ptbxl_database.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    rows[0][column] = cell
    with (tmp_path / "ptbxl_database.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    with pytest.raises(CohortError, match=message):
        PtbXl(str(tmp_path)).load("superclass")


def test_empty_table_is_refused(folder, tmp_path):
    """A file of no bytes is no CSV."""
    (tmp_path / "ptbxl_database.csv").write_text("")
    with pytest.raises(CohortError, match=r"ptbxl_database\.csv can't be read as a CSV"):
        PtbXl(str(tmp_path)).load("superclass")


def test_real_folder_drops_withdrawn_duplicates(real_data):
    """12 of the 500 ECGs were withdrawn upstream; 488 ECGs of 459 patients remain."""
    data = PtbXl(str(real_data / "ptb_xl"), require_label=False).load("statements")
    assert [(step.records, step.excluded) for step in data.flow] == [(500, False), (12, True)]
    assert len(data.locations) == 488
    assert len(set(data.columns["patient_id"])) == 459
    assert len(data.labels) == 71

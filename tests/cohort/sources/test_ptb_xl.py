"""PTB-XL loads as its owners describe it: classes, likelihoods, folds, withdrawn duplicates."""

from __future__ import annotations

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
    data = PtbXl(str(folder)).load(("MI",))
    assert data.flow[-1].excluded
    assert data.flow[-1].records == 40 - len(data.locations)
    assert len(PtbXl(str(folder), require_label=False).load(("MI",)).locations) == 40


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


def test_real_folder_drops_withdrawn_duplicates(real_data):
    """12 of the 500 ECGs were withdrawn upstream; 488 ECGs of 459 patients remain."""
    data = PtbXl(str(real_data / "ptb_xl"), require_label=False).load("statements")
    assert [(step.records, step.excluded) for step in data.flow] == [(500, False), (12, True)]
    assert len(data.locations) == 488
    assert len(set(data.columns["patient_id"])) == 459
    assert len(data.labels) == 71

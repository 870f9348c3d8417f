"""Labels of PTB-XL: the owners' names first, findings of the same statements beside them."""

from __future__ import annotations

import pytest

from einthoven.cohort.labels.scp import ScpVocabulary
from einthoven.cohort.sources.ptb_xl import PtbXl
from einthoven.cohort.sources.ptb_xl_labels import PtbXlLabels
from einthoven.cohort.sources.published import read_published
from einthoven.cohort.sources.source import read_table
from einthoven.errors import CohortError
from fakes.ptb_xl_folder import make_ptb_xl


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a small PTB-XL."""
    return make_ptb_xl(tmp_path_factory.mktemp("ptb_xl"), n_records=20, rate_hz=100)


def changed(folder, tmp_path, old, new):
    """Return a copy of the tables with other statements."""
    text = (folder / "ptbxl_database.csv").read_text()
    assert old in text
    (tmp_path / "ptbxl_database.csv").write_text(text.replace(old, new))
    (tmp_path / "scp_statements.csv").write_text((folder / "scp_statements.csv").read_text())
    return str(tmp_path)


def test_findings_stand_beside_the_owners_labels(folder):
    """A complete left bundle branch block is one under either name, and every ECG here is in sinus rhythm."""
    data = PtbXl(str(folder), require_label=False).load(("CLBBB", "left_bundle_branch_block"), ("sinus_rhythm",))
    assert data.labels == ("CLBBB", "left_bundle_branch_block")
    assert data.columns["y.CLBBB"] == data.columns["y.left_bundle_branch_block"]
    assert sum(data.columns["y.CLBBB"]) == 5
    assert set(data.columns["y.sinus_rhythm"]) == {1.0}


def test_a_set_of_labels_of_findings_is_answered(folder):
    """Forty-six labels, of which measurements decide six: without any measured, they are unknown."""
    data = PtbXl(str(folder)).load("einthoven46")
    assert len(data.labels) == 46
    assert set(data.columns["y.qrs_above_140"]) == {None}
    assert sum(data.columns["y.left_ventricular_hypertrophy"]) == 4


def test_a_set_of_statements_means_the_statement_alone_whatever_else_is_asked(folder):
    """IMI in ``diagnostic`` is the statement; MI in a list is the class."""
    data = PtbXl(str(folder), require_label=False).load(("diagnostic", "MI"))
    assert data.labels == ("NORM", "IMI", "CLBBB", "NDT", "LVH", "MI")
    assert data.columns["y.MI"] == data.columns["y.IMI"]


def test_a_statement_of_low_likelihood_leaves_its_finding_open(folder, tmp_path):
    """At half the likelihood that is asked for, the infarction is uncertain."""
    path = changed(folder, tmp_path, "{'IMI': 100.0", "{'IMI': 50.0")
    columns = PtbXl(path, min_likelihood=80).load(("inferior_infarction",)).columns
    assert {None, 0.0} >= set(columns["y.inferior_infarction"])
    assert columns["u.inferior_infarction"].count(True) == 4


def test_a_statement_that_scp_does_not_have_is_refused(folder, tmp_path):
    """It would count as "not there" otherwise."""
    path = changed(folder, tmp_path, "'SR'", "'XYZ'")
    with pytest.raises(CohortError, match="'scp_codes' holds XYZ: no SCP statement"):
        PtbXl(path).load("einthoven46")


def test_without_labels_all_ecgs_are_there(folder):
    """A study of other outcomes."""
    data = PtbXl(str(folder)).load("")
    assert len(data.locations) == 20
    assert data.labels == ()


def test_findings_may_come_from_the_reports(folder, tmp_path):
    """What a person wrote, instead of the statements made of it."""
    path = changed(folder, tmp_path, ",scp_codes,", ",report,scp_codes,")
    lines = (tmp_path / "ptbxl_database.csv").read_text().splitlines()
    lines[1:] = [line.replace('"{', 'vorhofflimmern,"{', 1) for line in lines[1:]]
    (tmp_path / "ptbxl_database.csv").write_text("\n".join(lines) + "\n")
    data = PtbXl(path, labels_from="report").load(("atrial_fibrillation", "NORM"))
    assert set(data.columns["y.atrial_fibrillation"]) == {1.0}


def test_a_table_without_reports_is_refused(folder):
    """The column is named."""
    with pytest.raises(CohortError, match="has no column 'report'"):
        PtbXl(str(folder), labels_from="report").load(("atrial_fibrillation",))


@pytest.mark.real_data
def test_real_statements_are_all_known(real_data):
    """All 46 labels of the 488 ECGs; a bundle branch block is the owners' one."""
    data = PtbXl(str(real_data / "ptb_xl"), require_label=False).load(("einthoven46", "CLBBB"))
    assert len(data.locations) == 488
    blocks = zip(data.columns["y.CLBBB"], data.columns["y.left_bundle_branch_block"], strict=True)
    assert all(mine >= owners for owners, mine in blocks)


@pytest.mark.real_data
def test_the_full_table_of_labels_is_read_as_the_vocabulary_expects(real_data):
    """3,028 rows of the published table without signals: their statements are all known."""
    table = real_data / "ptb_xl_labels"
    rows = read_table(table, "ptbxl_database_3028_full_columns.csv")
    vocabulary = ScpVocabulary.from_table(read_table(table, "scp_statements.csv"))
    reader = PtbXlLabels(vocabulary, 0.0, "scp_codes", "t.csv")
    assert rows.height == 3028
    columns = reader.own_columns(rows, "superclass")
    for label in ("NORM", "MI", "STTC", "CD", "HYP"):
        assert 0 < sum(columns[f"y.{label}"]) < 3028
    sex = rows["sex"].replace_strict({"0": "M", "1": "F"})
    findings = reader.finding_columns(rows, reader.requested("einthoven46", ()).shared, measurements={}, sex=sex)
    assert len(findings["y.atrial_fibrillation"]) == 3028


@pytest.mark.real_data
def test_the_packed_table_of_all_labels_is_read(real_data):
    """21,799 ECGs of 18,869 patients, as the owners publish them."""
    table = read_published(
        real_data / "ptb_xl_labels", "ptbxl_labels_71statements.csv", origin="", columns=("ecg_id", "patient_id")
    )
    assert (table.height, table["patient_id"].n_unique()) == (21799, 18869)

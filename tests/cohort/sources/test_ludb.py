"""LUDB: cells with line breaks, statements open to doubt, and what the cardiologists looked for."""

from __future__ import annotations

import csv

import pytest

from einthoven.cohort.sources.ludb import Ludb
from einthoven.ecg.formats import read
from einthoven.errors import CohortError
from fakes.ludb_folder import make_ludb


def change_table(folder, column, cell):
    """Write another cell into the first row."""
    with (folder / "ludb.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    rows[0][column] = cell
    with (folder / "ludb.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def test_line_breaks_separate_statements_and_do_not_spoil_ages(tmp_path):
    """Sex and age end in a line break; a cell may hold several statements."""
    data = make_ludb(tmp_path).load(("left_atrial_enlargement", "acute_infarction", "lateral_infarction"))
    assert data.columns["sex"] == ["F", "M", "M"]
    assert data.columns["age_years"] == [51.0, 90.0, None]
    assert data.columns["y.left_atrial_enlargement"] == [1.0, 0.0, 0.0]
    assert data.columns["y.lateral_infarction"] == [0.0, 1.0, 0.0]


def test_a_row_without_its_signal_is_left_out_and_counted(tmp_path):
    """Half of a download is no reason to fail, and none to be silent."""
    data = make_ludb(tmp_path, n_signals=2).load()
    assert [(step.records, step.excluded) for step in data.flow] == [(4, False), (2, True)]
    assert len(make_ludb(tmp_path / "whole", n_signals=4).load().flow) == 1


def test_what_the_owners_left_open_is_unknown_and_marked(tmp_path):
    """Ischaemia, scar or non-ST-elevation infarction: nobody decided which."""
    data = make_ludb(tmp_path).load(("acute_infarction",))
    assert data.columns["y.acute_infarction"] == [0.0, 1.0, None]
    assert data.columns["u.acute_infarction"] == [False, False, True]


def test_labels_that_nobody_looked_for_are_unknown(tmp_path):
    """Rhythm, ectopy, conduction and infarction were described whole, low voltage was not."""
    data = make_ludb(tmp_path).load(("second_degree_av_block", "low_voltage"))
    assert set(data.columns["y.second_degree_av_block"]) == {0.0}
    assert set(data.columns["y.low_voltage"]) == {None}


def test_statements_are_labels_too(tmp_path):
    """In small letters, with underscores."""
    assert make_ludb(tmp_path).load(("stemi_apical",)).columns["y.stemi_apical"] == [0.0, 1.0, 0.0]


def test_a_statement_without_meaning_is_told(tmp_path):
    """It is a label by its own name, and in the list of what was not understood."""
    source = make_ludb(tmp_path)
    change_table(tmp_path, "Other states", "Dextrocardia, mirror type\n")
    data = source.load(("dextrocardia_mirror_type",))
    assert data.columns["y.dextrocardia_mirror_type"] == [1.0, 0.0, 0.0]
    assert data.dropped.select("row", "value").rows() == [(2, "dextrocardia, mirror type")]


def test_an_odd_age_names_its_ecg(tmp_path):
    """A person can go there and mend it."""
    source = make_ludb(tmp_path)
    change_table(tmp_path, "Age", "old")
    with pytest.raises(CohortError, match=r"ludb\.csv, ID 1: column 'Age' holds 'old'"):
        source.load()


@pytest.mark.real_data
def test_real_folder_has_120_of_200_ecgs(real_data):
    """Every statement of the table has a meaning; counts are those that the owners' README gives for all 200."""
    data = Ludb(str(real_data / "ludb")).load("einthoven46")
    assert [(step.records, step.excluded) for step in data.flow] == [(200, False), (80, True)]
    assert data.dropped is None
    assert min(age for age in data.columns["age_years"] if age is not None) >= 11
    assert set(data.columns["sex"]) == {"F", "M"}
    assert data.columns["y.complete_av_block"].count(1.0) == 5
    assert data.columns["y.atrial_flutter"].count(1.0) == 3
    record = read(data.locations[-1])
    assert (record.signal.shape, record.sampling_rate_hz) == ((12, 5000), 500.0)


@pytest.mark.real_data
def test_real_table_and_headers_agree(real_data):
    """Age and sex stand in both; only ages above 89 are written differently."""
    data = Ludb(str(real_data / "ludb")).load(())
    for row, location in enumerate(data.locations):
        record = read(location)
        assert record.sex == data.columns["sex"][row]
        assert record.age_years is None or record.age_years == data.columns["age_years"][row]

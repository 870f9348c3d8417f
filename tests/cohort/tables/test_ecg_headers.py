"""Without a table, the files' own words are one."""

from __future__ import annotations

from datetime import date, datetime

import polars as pl
import pytest

from einthoven.cohort.tables.doubled_rows import no_rows
from einthoven.cohort.tables.ecg_headers import _with_plausible_ages, read_ecg_headers
from einthoven.ecg.formats.writing import write
from einthoven.errors import CohortError
from fakes.synthetic_ecg import synthetic_ecg


def write_two(folder, **second):
    """Write two ECGs of one patient."""
    fields = {"patient_id": "p", "sex": "F", "statements": ("A", "B"), "measurements": {"qrs_ms": 90.0}}
    for number, own in enumerate(({}, second)):
        path = folder / str(number) / "ecg.xml"
        path.parent.mkdir()
        write(synthetic_ecg(rate_hz=250.0, duration_s=2.0, seed=number, **(fields | own)).record, path, format="muse")


def test_statements_and_measurements_are_read(tmp_path):
    """Files of one name in two folders are told apart."""
    write_two(tmp_path)
    found = read_ecg_headers(tmp_path, "**/*.xml")
    table = found.typed.table
    assert table["record_id"].to_list() == ["0/ecg", "1/ecg"]
    assert table["statements"].to_list() == ["A\nB", "A\nB"]
    assert table["measurement.qrs_ms"].to_list() == [90, 90]
    assert found.locations["1/ecg"].path == str(tmp_path / "1" / "ecg.xml")
    assert found.n_files == 2
    assert found.n_unreadable == 0


def test_two_sexes_of_one_patient_are_refused_or_left_out(tmp_path):
    """Nobody can mend a recorder's file: leaving them out has to be asked for."""
    write_two(tmp_path, sex="M")
    with pytest.raises(CohortError, match=r"patient 'p' has two sexes, 'F' \(line 1\) and 'M' \(line 2\)"):
        read_ecg_headers(tmp_path, "**/*.xml")
    with pytest.raises(CohortError, match="no ECG is left"):
        read_ecg_headers(tmp_path, "**/*.xml", on_error="drop")


def test_what_cannot_be_true_is_left_out(tmp_path):
    """Clocks of recorders run ahead, and 999 is how some write an unknown age."""
    second = {"time": datetime.fromisoformat("2099-01-01"), "time_kind": "naive", "age_years": 50.0}
    write_two(tmp_path, **second)
    found = read_ecg_headers(tmp_path, "**/*.xml", export_date=date.fromisoformat("2023-12-31"))
    assert found.typed.table["record_id"].to_list() == ["0/ecg"]
    assert found.typed.dropped["reason"].to_list() == ["the ECG's time is later than the export of 2023-12-31"]
    rows = no_rows(pl.DataFrame({"age_years": [999.0, 50.0, None]}), pl.Series([1, 2, 3]))
    kept = _with_plausible_ages(rows)
    assert kept.table["age_years"].to_list() == [None, 50, None]
    assert kept.dropped.select("row", "value").rows() == [(1, "999.0")]


def test_files_that_are_no_ecg_are_refused_when_there_are_no_others(tmp_path):
    """The pattern matches something else."""
    (tmp_path / "a.xml").write_text("<report/>")
    with pytest.raises(CohortError, match=r"none of the 1 files can be read; the first: .*a\.xml"):
        read_ecg_headers(tmp_path, "*.xml")

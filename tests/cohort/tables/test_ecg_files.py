"""Each row finds its file, or says why not."""

from __future__ import annotations

import polars as pl

from einthoven.cohort.tables.ecg_files import locate_rows, paths_of_rows
from fakes.measurable_archive import write_ecgs

ROWS = pl.DataFrame({"record_id": ["1", "2"], "patient_id": ["a", "b"], "path": ["x\\1.xml", None]})


def test_paths_come_from_the_column_or_the_pattern():
    """Windows writes its separators the other way."""
    assert paths_of_rows(ROWS, None).to_list() == ["x/1.xml", None]
    assert paths_of_rows(ROWS, "{patient_id}/{record_id}.dcm").to_list() == ["a/1.dcm", "b/2.dcm"]


def test_files_are_recognised_when_no_format_is_stated(tmp_path):
    """What is no ECG is told in the reader's words."""
    locations = write_ecgs(tmp_path, 2)
    (tmp_path / "report.txt").write_text("no ECG")
    paths = pl.Series(
        [location.path.removeprefix(f"{tmp_path}/") for location in locations] + ["report.txt", "none.dcm", None]
    )
    table = pl.DataFrame({"record_id": list("12345"), "patient_id": list("abcde")})
    found = locate_rows(table, paths, tmp_path, file_format=None, options={})
    assert {key: location.format for key, location in found.locations.items()} == {"1": "npz", "2": "npz"}
    assert found.locations["2"].patient_id == "b"
    assert found.reasons[:2] == [None, None]
    assert "is of no known format" in found.reasons[2]
    assert found.reasons[3:] == ["the ECG's file is not there"] * 2


def test_wfdb_records_are_named_without_suffix(tmp_path):
    """As the lists of PhysioNet have them."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "rec1.hea").touch()
    table = pl.DataFrame({"record_id": ["1"], "patient_id": ["p"]})
    found = locate_rows(table, pl.Series(["a/rec1"]), tmp_path, file_format="wfdb", options={})
    assert found.locations["1"].path == str(tmp_path / "a" / "rec1")

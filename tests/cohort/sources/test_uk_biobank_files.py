"""ECGs of UK Biobank are known by their names alone."""

from __future__ import annotations

import pytest

from einthoven.cohort.sources.uk_biobank_files import ecg_files, withdrawn_eids
from einthoven.errors import CohortError


def test_ecgs_are_in_the_order_of_participant_and_visit(tmp_path):
    """Whatever the folders; 999 comes before 1000, and other fields and files are passed over."""
    (tmp_path / "z").mkdir()
    names = ("1000_20205_2_0.xml", "999_20205_10_0.xml", "999_20205_3_0.XML", "999_6025_0_0.xml", "999_20205_3.xml")
    for number, name in enumerate(names):
        (tmp_path / ("z" if number % 2 else "") / name).touch()
    found = ecg_files(tmp_path, 20205)
    assert found.rows() == [
        ("999_20205_3_0", "999", 3, "999_20205_3_0.XML"),
        ("999_20205_10_0", "999", 10, "z/999_20205_10_0.xml"),
        ("1000_20205_2_0", "1000", 2, "1000_20205_2_0.xml"),
    ]
    assert ecg_files(tmp_path, 6025)["record_id"].to_list() == ["999_6025_0_0"]


def test_a_list_of_withdrawals_has_an_eid_per_line(tmp_path):
    """Some have a header."""
    (tmp_path / "w.csv").write_text("eid\n1000\n\n 999 \n")
    assert withdrawn_eids(tmp_path, "w.csv").to_list() == ["1000", "999"]
    assert withdrawn_eids(tmp_path, None).to_list() == []
    with pytest.raises(CohortError, match=r"has no w2\.csv; .*the list that UK Biobank sends"):
        withdrawn_eids(tmp_path, "w2.csv")


def test_missing_folder_is_named(tmp_path):
    """And where the data come from."""
    with pytest.raises(CohortError, match=r"there is no folder .*nowhere.*ukbfetch"):
        ecg_files(tmp_path / "nowhere", 20205)

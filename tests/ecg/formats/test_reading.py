from __future__ import annotations

import pytest

from einthoven.ecg.formats import locate, read
from einthoven.errors import LeadError, UnknownNameError, UnreadableFileError
from fakes.wfdb_files import fake_digital, write_wfdb


def test_a_folder_is_searched_recursively_in_natural_order(tmp_path):
    for folder, name in (("b", "rec10"), ("b", "rec9"), ("a", "rec11"), ("", "rec1")):
        (tmp_path / folder).mkdir(exist_ok=True)
        write_wfdb(tmp_path / folder, name)
    assert [location.record_id for location in locate(tmp_path)] == ["rec11", "rec9", "rec10", "rec1"]


def test_records_of_the_same_name_are_told_apart_by_their_path(tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        write_wfdb(tmp_path / folder, "rec")
    write_wfdb(tmp_path / "a", "alone")
    assert [location.record_id for location in locate(tmp_path)] == ["alone", "a/rec", "b/rec"]


def test_nothing_to_read_is_refused_with_the_remedy(tmp_path):
    with pytest.raises(
        UnreadableFileError,
        match=r"holds no ECG of a known format: .* for arrays, .*--layout LAYOUT\.toml",
    ):
        locate(tmp_path)
    with pytest.raises(UnreadableFileError, match="does not exist: check the path"):
        locate(tmp_path / "none")
    with pytest.raises(UnreadableFileError, match="check the path"):
        read(tmp_path / "none.xyz")


def test_unknown_formats_and_options_are_refused_with_the_nearest(tmp_path):
    header = write_wfdb(tmp_path)
    with pytest.raises(UnknownNameError, match="did you mean 'wfdb'"):
        locate(header, format="wfbd")
    with pytest.raises(UnknownNameError, match="did you mean 'unit'"):
        locate(header, options={"units": "uV"})


def test_a_record_path_without_suffix_is_read(tmp_path):
    write_wfdb(tmp_path, leads=["I"], digital=fake_digital(1))
    assert read(str(tmp_path / "rec")).leads == ("I",)
    assert locate(tmp_path / "rec")[0].record_id == "rec"


def test_errors_of_the_reader_come_through(tmp_path):
    with pytest.raises(LeadError):
        read(write_wfdb(tmp_path, leads=["MLII"], digital=fake_digital(1)))

from __future__ import annotations

import shutil

import pytest

from einthoven.ecg.formats import RecordLocation, locate, read
from einthoven.ecg.formats.wfdb.locate import header_path
from einthoven.errors import UnreadableFileError
from fakes.wfdb_files import write_wfdb


def test_annotation_headers_and_segments_are_left_out(tmp_path):
    write_wfdb(tmp_path, "rec")
    (tmp_path / "notes.hea").write_text("notes 0 500 0\n")
    assert [location.record_id for location in locate(tmp_path)] == ["rec"]


def test_a_signal_file_without_header_is_located_so_that_it_is_refused_by_name(tmp_path):
    write_wfdb(tmp_path, "rec")
    shutil.copy(tmp_path / "rec.dat", tmp_path / "orphan.mat")
    found = locate(tmp_path)
    assert [location.record_id for location in found] == ["orphan", "rec"]
    with pytest.raises(UnreadableFileError, match=r"orphan\.mat .* for want of its header"):
        read(found[0])


def test_a_signal_file_of_another_name_than_its_header_is_no_orphan(tmp_path):
    header = write_wfdb(tmp_path, "rec")
    header.rename(tmp_path / "renamed.hea")
    assert [location.record_id for location in locate(tmp_path)] == ["renamed"]


def test_a_damaged_header_is_located_so_that_it_is_refused_by_name(tmp_path):
    (tmp_path / "bad.hea").write_bytes(b"\x00\x01")
    with pytest.raises(UnreadableFileError, match=r"bad\.hea"):
        read(locate(tmp_path)[0])


def test_one_file_is_one_location_with_its_options(tmp_path):
    header = write_wfdb(tmp_path, gain="1/NU")
    found = locate(header, options={"unit": "uV"})
    assert found == [RecordLocation("rec", str(header), "wfdb", {"unit": "uV"})]
    assert read(found[0]).signal.shape == (12, 50)


def test_the_header_is_found_from_any_name_of_the_record(tmp_path):
    header = write_wfdb(tmp_path, "rec.v1")
    for name in ("rec.v1", "rec.v1.hea", "rec.v1.dat"):
        assert header_path(str(tmp_path / name)) == str(header)

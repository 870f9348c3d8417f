from __future__ import annotations

import shutil

import numpy as np
import pytest

from einthoven.ecg.formats import FORMATS, LOCATORS, RecordLocation, locate, read
from einthoven.errors import LeadError, UnknownNameError, UnreadableFileError
from fakes.array_files import layout, write_array
from fakes.wfdb_files import fake_digital, write_wfdb


def test_each_format_has_a_locator():
    assert set(FORMATS) == set(LOCATORS)


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


def test_formats_are_found_by_content_where_the_name_says_nothing(tmp_path):
    digital = fake_digital()
    write_wfdb(tmp_path, digital=digital).rename(tmp_path / "header.txt")
    np.testing.assert_allclose(read(tmp_path / "header.txt").signal, digital / 1000, rtol=1e-6)
    write_array(tmp_path / "a.npy", digital.T).rename(tmp_path / "samples.bin")
    assert read(locate(tmp_path / "samples.bin", options=layout())[0]).signal.shape == (12, 50)


def test_an_unknown_format_is_refused_with_the_supported_ones(tmp_path):
    (tmp_path / "ecg.xyz").write_text("no ECG at all")
    for act in (read, locate):
        with pytest.raises(UnreadableFileError, match=r"no known format; supported: WFDB .* \.hdf5"):
            act(tmp_path / "ecg.xyz")


def test_nothing_to_read_is_refused_with_the_remedy(tmp_path):
    with pytest.raises(UnreadableFileError, match="holds no wfdb record: check the path"):
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

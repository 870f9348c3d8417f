"""Comments of WFDB headers: what they say, in which order, and what is refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from einthoven.cohort.sources.wfdb_headers import find_files, header_locations, header_rows, read_headers
from einthoven.errors import CohortError
from fakes.coded_header_files import write_coded


@pytest.mark.parametrize("blank", ["", " ", "\t "])
def test_age_sex_and_diagnoses_are_read_with_and_without_a_blank(tmp_path, blank):
    """Some JS headers have a blank after the hash."""
    write_coded(tmp_path, "JS1", dx="1,2", age="63", sex="Male", blank=blank)
    (header,) = read_headers(tmp_path, "JS*.hea")
    assert (header.record_id, header.about.age_years, header.about.sex) == ("JS1", 63.0, "M")
    assert header.about.statements == ("1", "2")


@pytest.mark.parametrize(("age", "sex"), [("NaN", "Unknown"), ("", ""), ("300", "x"), ("-1", "9")])
def test_what_is_no_age_or_sex_is_unknown(tmp_path, age, sex):
    """NaN, nothing, and numbers that are no age."""
    write_coded(tmp_path, "E1", dx="1", age=age, sex=sex)
    (header,) = read_headers(tmp_path, "E*.hea")
    assert header.about.age_years is None
    assert header.about.sex == "U"


def test_a_header_whose_signal_lines_are_damaged_still_speaks(tmp_path):
    """JS01052 of Chapman-Shaoxing-Ningbo lost a line break between its first two lines."""
    path = write_coded(tmp_path, "JS01052", dx="426783006", age="57")
    first, second, *rest = path.read_text().splitlines()
    path.write_text("\n".join([first + second, *rest]))
    (header,) = read_headers(tmp_path, "JS*.hea")
    assert (header.about.age_years, header.about.statements) == (57.0, ("426783006",))


def test_comments_in_another_encoding_do_not_stop_anything(tmp_path):
    """One byte that is no UTF-8 spoils one character."""
    path = write_coded(tmp_path, "E1", dx="1", age="50")
    path.write_bytes(path.read_bytes() + b"# Rx: Nitroglyc\xe9rine\n")
    assert read_headers(tmp_path, "E*.hea")[0].about.age_years == 50.0


def test_order_is_that_of_numbers_and_folders_do_not_matter(tmp_path):
    """E2 comes before E10, wherever they lie."""
    for name in ("b/E10", "c/E2", "a/E9"):
        write_coded((tmp_path / name).parent, Path(name).name, dx="1")
    assert [os.path.basename(path) for path in find_files(tmp_path, "E*.hea")] == ["E2.hea", "E9.hea", "E10.hea"]  # noqa: PTH119


def test_two_files_of_one_name_are_refused(tmp_path):
    """A copy of a folder inside the folder would double every ECG."""
    write_coded(tmp_path / "one", "E1", dx="1")
    write_coded(tmp_path / "two", "E1", dx="1")
    with pytest.raises(CohortError, match=r"one.*E1\.hea and .*two.*E1\.hea have the same name"):
        read_headers(tmp_path, "E*.hea")


def test_a_folder_without_such_files_says_what_it_holds(tmp_path):
    """The pattern is named, and what is there."""
    write_coded(tmp_path / "training", "E1", dx="1")
    with pytest.raises(CohortError, match=r"has no file JS\*\.hea, nor has a folder in it; it holds training"):
        read_headers(tmp_path, "JS*.hea")


def test_rows_and_locations_belong_together(tmp_path):
    """The path is that within the folder; a location has the whole one."""
    path = write_coded(tmp_path / "g1", "E1", dx="1")
    columns = header_rows(tmp_path, read_headers(tmp_path, "E*.hea"), patients=["7"])
    assert columns["path"] == ["g1/E1.hea"]
    (location,) = header_locations(tmp_path, columns)
    assert (location.path, location.record_id, location.patient_id) == (str(path), "E1", "7")

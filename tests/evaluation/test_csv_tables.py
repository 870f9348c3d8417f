from __future__ import annotations

import pytest

from einthoven.errors import UnreadableFileError
from einthoven.evaluation.csv_tables import dialect_of, read_csv


def written(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize(
    ("text", "delimiter", "decimal"),
    [
        ("record_id,score\na,0.5\n", ",", "."),
        ("record_id;score\na;0,5\n", ";", ","),
        ("record_id;score\na;0.5\n", ";", "."),
        ("record_id\tscore\na\t0.5\n", "\t", "."),
        ("0,1;0,2\n0,3;0,4\n", ";", ","),
        ("0,1;0,2;0,3;0,4\n", ";", ","),
        ("AF\n0.5\n", ",", "."),
        ('record_id,"a;b",score\nx,1,0.5\n', ",", "."),
        ("record_id;when;score\na;01.02.2020;0,5\n", ";", ","),
    ],
)
def test_what_separates_cells_and_decimals_is_seen(tmp_path, text, delimiter, decimal):
    """In the first lines; a note is given where a comma could have been meant otherwise."""
    found = dialect_of(written(tmp_path / "s.csv", text))
    assert (found.delimiter, found.decimal) == (delimiter, decimal)
    assert bool(found.note) == (decimal == ",")


def test_a_german_excel_file_holds_the_same_as_a_plain_one(tmp_path):
    """Byte order mark, CRLF, semicolons, decimal commas."""
    plain = written(tmp_path / "plain.csv", "record_id,label,truth,score\n007,AF,1,0.25\n008,AF,0,\n")
    excel = "record_id;label;truth;score\r\n007;AF;1;0,25\r\n008;AF;0;\r\n"
    assert read_csv(written(tmp_path / "excel.csv", excel, "utf-8-sig")) == read_csv(plain)
    assert read_csv(plain)["record_id"].to_pylist() == ["007", "008"]


def test_ids_under_another_name_stay_text(tmp_path):
    """When told what the column will be."""
    path = written(tmp_path / "s.csv", "PAT_ID,x\n007,1\n")
    assert read_csv(path, names={"PAT_ID": "patient_id"})["PAT_ID"].to_pylist() == ["007"]


@pytest.mark.parametrize(
    ("text", "encoding", "words"),
    [
        ("a;b\n1,5;2.5\n2.5;1\n", "utf-8", "'a' of .* decimal comma .1,5. and with a decimal point .2.5."),
        ("record_id,score\n", "utf-16", "UTF-16; save it as CSV in UTF-8"),
        ("record_id,Größe\n", "latin-1", "no CSV in UTF-8"),
    ],
)
def test_what_cannot_be_read_for_certain_is_refused(tmp_path, text, encoding, words):
    """With what to do."""
    with pytest.raises(UnreadableFileError, match=words):
        dialect_of(written(tmp_path / "s.csv", text, encoding))


def test_a_letter_cut_by_the_sample_is_no_error(tmp_path):
    """Only whole lines of a long file are looked at."""
    path = written(tmp_path / "s.csv", "record_id,site\n" + "a,ä\n" * 40_000)
    assert dialect_of(path).header == ("record_id", "site")

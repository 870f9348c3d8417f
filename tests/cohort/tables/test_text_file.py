"""Text files are read with the encoding and delimiter that they show, and a note wherever that was a guess."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from einthoven.cohort.tables.text_file import _plain_rows, _quoted_rows, read_text_file
from einthoven.errors import CohortError


def read(folder, content, **settings):
    """Write bytes and read them as a table."""
    path = folder / "t.csv"
    path.write_bytes(content)
    return read_text_file(path, **({"encoding": None, "delimiter": None} | settings))


@pytest.mark.parametrize("quote", ["", '"'])
@pytest.mark.parametrize(
    ("encoding", "word", "note"),
    [
        ("utf-8", "심초음파", None),
        ("utf-8-sig", "심초음파", None),
        ("utf-16", "심초음파", "utf-16"),
        ("cp949", "심초음파 검사", "read as cp949, for it is no UTF-8 (first at line 2)"),
        ("latin-1", "Müller, ÄRZTIN, Größe", "read as cp1252"),
        ("cp1252", "50–55 %", "read as cp1252"),
    ],
)
def test_encoding_is_found_and_told(tmp_path, encoding, word, note, quote):
    """Korean exports are cp949, Western ones cp1252; both are guesses."""
    rows = read(tmp_path, f"a;b\n1;{quote}{word}{quote}\n".encode(encoding))
    assert rows.cells.rows() == [("1", word)]
    assert rows.cells.columns == ["a", "b"]
    assert any(note in text for text in rows.notes) if note else not any("read as" in text for text in rows.notes)


def test_stated_encoding_is_used_or_refused(tmp_path):
    """What is stated is no guess."""
    assert read(tmp_path, "a,b\n1,é\n".encode("latin-1"), encoding="latin-1").notes == ()
    with pytest.raises(CohortError, match=r"can't be read as 'utf-8'"):
        read(tmp_path, "a,b\n1,é\n".encode("latin-1"), encoding="utf-8")
    with pytest.raises(CohortError, match="unknown encoding"):
        read(tmp_path, b"a\n", encoding="klingon")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("quote", ["", '"'])
def test_delimiter_is_the_one_that_divides_rows_alike(tmp_path, delimiter, quote):
    """Commas in a report don't make columns."""
    text = f"id{delimiter}report\n" + "".join(f"{i}{delimiter}{quote}no{quote}\n" for i in range(5))
    rows = read(tmp_path, text.encode())
    assert rows.cells.columns == ["id", "report"]
    assert rows.cells.height == 5
    assert bool(rows.notes) == (delimiter != ",")


def test_semicolons_with_decimal_commas(tmp_path):
    """The commas divide the rows alike too, but not the header."""
    rows = read(tmp_path, b"id;ef\n1;45,5\n2;50,1\n")
    assert rows.cells.rows() == [("1", "45,5"), ("2", "50,1")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("quote", ["", '"'])
def test_lines_are_counted_whatever_ends_them(tmp_path, end, quote):
    """Empty lines are passed over, and counted."""
    text = end.join(["a,b", "1,2", "", ",", f"3,{quote}4{quote}", ""])
    rows = read(tmp_path, text.encode())
    assert rows.cells.rows() == [("1", "2"), ("3", "4")]
    assert rows.lines.to_list() == [2, 5]


@pytest.mark.parametrize("quote", ["", '"'])
def test_torn_rows_are_told_with_their_lines(tmp_path, quote):
    """Too few cells, or too many."""
    rows = read(tmp_path, f"a,b\n{quote}1{quote},2\n3\n4,5,6\n7,8\n".encode())
    assert rows.cells.rows() == [("1", "2"), ("7", "8")]
    assert [line for line, _ in rows.torn] == [3, 4]
    assert rows.torn[1][1] == "it has 3 cells where the header has 2"


def test_broken_quotes_are_told(tmp_path):
    """A quote that is opened and never closed would swallow the rest."""
    rows = read(tmp_path, b'a,b\n1,2\n3,"4"5\n6,7\n8,"9\n10,11\n')
    assert rows.cells.rows() == [("1", "2"), ("6", "7")]
    assert [line for line, _ in rows.torn] == [3, 5]
    assert "quotes are broken" in rows.torn[0][1]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"a,a\n1,2\n", "two columns 'a'"),
        (b"\x00\x01\xff\xfe\x00", "no text file"),
        ("a,b\n1,2\n".encode("utf-16-le"), "zero bytes: state its encoding"),
        (gzip.compress(b"a,b\n1,2\n", mtime=0)[:20], "can't be read"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path, content, message):
    """In one line."""
    with pytest.raises(CohortError, match=message) as caught:
        read(tmp_path, content)
    assert "\n" not in str(caught.value)


def test_column_without_name_gets_its_number(tmp_path):
    """Data frames write their index without a name."""
    assert read(tmp_path, b",b\n0,1\n").cells.columns == ["(column 1)", "b"]


def test_delimiter_that_excel_states_is_used(tmp_path):
    """Its line is no header, and counts."""
    rows = read(tmp_path, b"sep=|\na|b\n1|2\n")
    assert rows.cells.rows() == [("1", "2")]
    assert rows.lines.to_list() == [3]


def test_names_of_columns_are_one_line(tmp_path):
    """Spreadsheets break them to save width."""
    rows = read(tmp_path, b'"EF\n(%)", b\n1,2\n')
    assert rows.cells.columns == ["EF (%)", "b"]
    assert rows.lines.to_list() == [3]


CELL = st.text(alphabet="a1 .;é\t", max_size=4)


@given(st.lists(st.lists(CELL, min_size=1, max_size=4), min_size=1, max_size=6), st.sampled_from([",", "|"]))
def test_the_fast_way_gives_what_the_slow_one_does(rows, delimiter):
    """Files without quotes need not be read a cell at a time."""
    text = "\n".join([f"x{delimiter}y", *(delimiter.join(row) for row in rows), ""])
    plain, plain_torn = _plain_rows(text, ["x", "y"], delimiter)
    quoted, quoted_torn = _quoted_rows(text, ["x", "y"], delimiter)
    assert plain.rows() == quoted.rows()
    assert plain_torn == quoted_torn

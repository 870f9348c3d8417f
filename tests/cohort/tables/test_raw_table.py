"""Files and databases that aren't read say what to do."""

from __future__ import annotations

import sqlite3

import polars as pl
import pytest

from einthoven.cohort.tables.raw_table import read_raw_table
from einthoven.cohort.tables.settings import TableSettings
from einthoven.errors import CohortError


def test_missing_table_names_the_nearest(tmp_path):
    """A slip in the file's name is found."""
    (tmp_path / "ecgs.csv").write_text("a\n")
    with pytest.raises(CohortError, match=r"there is no table .*ecg\.csv; did you mean 'ecgs\.csv'"):
        read_raw_table(TableSettings(file="ecg.csv"), tmp_path)
    with pytest.raises(CohortError, match="there is no folder"):
        read_raw_table(TableSettings(file="ecg.csv"), tmp_path / "none")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("t.xlsx", b"PK\x03\x04", "save the sheet as 'CSV UTF-8'"),
        ("t.csv", b"PK\x03\x04", "whatever its name says: export the table as CSV"),
        ("t.csv", b"\xd0\xcf\x11\xe0", "whatever its name says"),
        ("t.sav", b"$FL2", "export the table as CSV"),
        ("t.db", b"SQLite format 3\0", "name it as 'database'"),
        ("t.parquet", b"PAR1 and no more", "can't be read as Parquet"),
    ],
)
def test_other_kinds_of_file_are_refused(tmp_path, name, content, message):
    """With what to do."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CohortError, match=message) as caught:
        read_raw_table(TableSettings(file=name), tmp_path)
    assert "\n" not in str(caught.value)


def test_other_databases_are_refused(tmp_path):
    """Their clients export tables better than we could read them."""
    with pytest.raises(CohortError, match="only SQLite databases are read, got 'postgresql': export"):
        read_raw_table(TableSettings(sql="ecgs", database="postgresql://host/db"), tmp_path)


def test_database_is_opened_for_reading_and_refuses_by_name(tmp_path):
    """A query can change nothing, and its errors are the database's."""
    connection = sqlite3.connect(tmp_path / "t.db")
    connection.execute('CREATE TABLE "my ecgs" (a, b)')
    connection.execute('INSERT INTO "my ecgs" VALUES (1, 2.5), (?, NULL)', ("x",))
    connection.commit()
    connection.close()
    settings = TableSettings(sql="my ecgs", database="t.db")
    raw = read_raw_table(settings, tmp_path)
    assert raw.cells.rows() == [("1", "2.5"), ("x", None)]
    assert raw.lines.to_list() == [1, 2]
    for query, message in [
        ("none", "no such table"),
        ("SELECT a, b AS a FROM [my ecgs]", "two columns of one name"),
        ("WITH x AS (SELECT 1) DELETE FROM [my ecgs]", "readonly"),
    ]:
        with pytest.raises(CohortError, match=message):
            read_raw_table(TableSettings(sql=query, database="t.db"), tmp_path)
    with pytest.raises(CohortError, match="no database"):
        read_raw_table(TableSettings(sql="a", database="u.db"), tmp_path)


def test_parquet_is_known_by_content(tmp_path):
    """A name without suffix is no hindrance."""
    pl.DataFrame({"a": [1]}).write_parquet(tmp_path / "table")
    raw = read_raw_table(TableSettings(file="table"), tmp_path)
    assert raw.cells.rows() == [(1,)]
    assert raw.row_word == "row"

"""CSV and TSV files: encoding and delimiter are found by content and told, line numbers are those of the file."""

from __future__ import annotations

import csv
import gzip
import io
import itertools
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from einthoven.errors import CohortError

__all__ = ["TextRows", "read_text_file"]

DELIMITERS = (",", ";", "\t", "|")
MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
PROBE_ROWS, PROBE_LETTERS = 50, 1_000_000
BATCH_ROWS = 100_000  # bounds the memory that cells take as Python strings


@dataclass(frozen=True, slots=True, eq=False)
class TextRows:
    """Cells as they stand in the file.

    Attributes
    ----------
    cells : DataFrame of String
    lines : Series of Int64
        Line that each row begins on; the header's is 1.
    torn : tuple of (int, str)
        Line and reason of rows with fewer or more cells than the header, or broken quotes.
    notes : tuple of str
    """

    cells: pl.DataFrame
    lines: pl.Series
    torn: tuple[tuple[int, str], ...]
    notes: tuple[str, ...]


def read_text_file(path: Path, *, encoding: str | None, delimiter: str | None) -> TextRows:
    """Read a delimited file with a header.

    Parameters
    ----------
    path : Path
        May be compressed by gzip, whatever its name.
    encoding, delimiter : str, optional
        As the user states them; otherwise UTF-8 (with or without mark), then cp949 where the text is Korean, then
        cp1252; and of comma, semicolon, tab and bar the one that divides the rows alike.

    Raises
    ------
    CohortError
        For a file that is no text, is empty, or has a header with an empty or doubled name.
    """
    text, encoding_notes = _decoded(path, encoding)
    if "\0" in text[:PROBE_LETTERS]:
        raise CohortError(f"{path} holds zero bytes: state its encoding, perhaps 'utf-16-le', or export it as UTF-8")
    if stated := re.match(r"sep=(.)\r?\n", text):  # how Excel writes its delimiter
        # an empty line instead keeps the numbers of those behind it
        text, delimiter = f"\n{text[stated.end() :]}", delimiter or stated[1]
    delimiter, delimiter_notes = (delimiter, ()) if delimiter else _delimiter_of(text)
    header = next((cells for _, cells, _ in _numbered_rows(text[:PROBE_LETTERS], delimiter) if any(cells)), None)
    if header is None:
        raise CohortError(f"{path} is empty: a table begins with the names of its columns")
    names = _checked_header(header, path)
    is_plain = '"' not in text and "\r" not in text.replace("\r\n", "")
    table, torn = (_plain_rows if is_plain else _quoted_rows)(text, names, delimiter)
    return TextRows(table.drop("line"), table["line"], tuple(torn), (*encoding_notes, *delimiter_notes))


def _decoded(path: Path, encoding: str | None) -> tuple[str, tuple[str, ...]]:
    """Return the text of a file, and a note when its encoding was a guess."""
    content = _bytes_of(path)
    if encoding is not None:
        try:
            return content.decode("utf-8-sig" if encoding.lower() in ("utf-8", "utf8") else encoding), ()
        except (UnicodeDecodeError, LookupError) as error:
            raise CohortError(
                f"{path} can't be read as {encoding!r} ({error}): mend encoding, or leave it out"
            ) from error
    mark = next((name for mark, name in MARKS.items() if content.startswith(mark)), "utf-8")
    try:
        return content.decode(mark), () if mark != "utf-16" else ("read as utf-16, as its mark says",)
    except UnicodeDecodeError as error:
        if b"\0" in content[:4096]:
            raise CohortError(f"{path} is no text file: export the table as CSV or Parquet") from error
        line = content.count(b"\n", 0, error.start) + 1
    found = "cp949" if _is_korean(content) else "cp1252"
    note = f"read as {found}, for it is no UTF-8 (first at line {line}); set encoding when that is wrong"
    return content.decode(found, "replace" if found == "cp1252" else "strict"), (note,)


def _bytes_of(path: Path) -> bytes:
    try:
        content = path.read_bytes()
        return gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content
    except (OSError, EOFError, zlib.error) as error:
        raise CohortError(f"{path} can't be read ({error}): copy it again, or check its rights") from error


def _is_korean(content: bytes) -> bool:
    """Return whether the bytes are cp949 and most of what isn't ASCII are common Hangul syllables.

    Western text rarely decodes as cp949, and where it does, gives rare syllables outside KS X 1001 (EUC-KR).
    """
    try:
        foreign = [character for character in content.decode("cp949") if not character.isascii()]
    except UnicodeDecodeError:
        return False
    counts = Counter(foreign)
    common = sum(n for character, n in counts.items() if "가" <= character <= "힣" and _is_in(character, "euc_kr"))
    return common > len(foreign) / 2


def _is_in(character: str, encoding: str) -> bool:
    return bool(character.encode(encoding, "ignore"))


def _delimiter_of(text: str) -> tuple[str, tuple[str, ...]]:
    """Return the character that divides most of the first rows into as many cells as the header has."""
    alike: dict[str, tuple[float, int]] = {}
    for candidate in DELIMITERS:
        rows = [
            cells
            for _, cells, _ in itertools.islice(_numbered_rows(text[:PROBE_LETTERS], candidate), PROBE_ROWS)
            if any(cells)
        ]
        width = len(rows[0]) if rows else 0
        if width > 1:
            alike[candidate] = (sum(len(cells) == width for cells in rows) / len(rows), width)
    found = max(alike, key=lambda candidate: alike[candidate], default=",")
    return found, () if found == "," else (f"cells are divided by {found!r}, as most rows show",)


def _plain_rows(text: str, names: list[str], delimiter: str) -> tuple[pl.DataFrame, list[tuple[int, str]]]:
    """Divide the rows of a file without quotes: the same as ``_quoted_rows``, some ten times faster."""
    cell = pl.col("row")
    rows = (
        pl.Series("row", text.split("\n"))
        .str.strip_suffix("\r")
        .to_frame()
        .with_row_index("line", 1)
        .filter(cell.str.strip_chars(delimiter).str.len_bytes() > 0)[1:]
        .with_columns(pl.col("line").cast(pl.Int64), n_cells=cell.str.count_matches(delimiter, literal=True) + 1)
    )
    is_whole = pl.col("n_cells") == len(names)
    torn = rows.filter(~is_whole).select("line", "n_cells").rows()
    cells = rows.filter(is_whole).select("line", cell.str.split_exact(delimiter, len(names) - 1)).unnest("row")
    cells.columns = ["line", *names]
    return cells, [(line, _wrong_number(n_cells, len(names))) for line, n_cells in torn]


def _quoted_rows(text: str, names: list[str], delimiter: str) -> tuple[pl.DataFrame, list[tuple[int, str]]]:
    """Divide the rows of any file."""
    torn: list[tuple[int, str]] = []
    numbered = _numbered_rows(text, delimiter)
    next(row for row in numbered if any(row[1]))
    whole = _whole_rows(numbered, n_cells=len(names), torn=torn)
    batches = [pl.DataFrame(schema={"line": pl.Int64, **dict.fromkeys(names, pl.String)})]
    while batch := list(itertools.islice(whole, BATCH_ROWS)):
        lines = pl.Series("line", [line for line, _ in batch], dtype=pl.Int64)
        columns = zip(*(cells for _, cells in batch), strict=True)
        batches.append(pl.DataFrame([lines, *map(pl.Series, names, columns, [pl.String] * len(names))]))
    return pl.concat(batches, rechunk=True), torn


def _numbered_rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str], str]]:
    """Yield line, cells and, for a row with broken quotes, what is wrong."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            yield line, next(reader), ""
        except StopIteration:
            return
        except csv.Error as error:
            yield line, [], f"its quotes are broken ({error})"


def _whole_rows(
    numbered: Iterator[tuple[int, list[str], str]], *, n_cells: int, torn: list[tuple[int, str]]
) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that have a cell for each name; note the others, and pass over empty lines."""
    for line, cells, broken in numbered:
        if len(cells) == n_cells and any(cells):
            yield line, cells
        elif broken or any(cells):
            torn.append((line, broken or _wrong_number(len(cells), n_cells)))


def _wrong_number(n_cells: int, n_names: int) -> str:
    return f"it has {n_cells} cells where the header has {n_names}"


def _checked_header(header: list[str], path: Path) -> list[str]:
    names = [" ".join(name.split()) for name in header]  # spreadsheets break long names into lines
    for position, name in enumerate(names):
        if not name:
            names[position] = f"(column {position + 1})"  # an index that pandas wrote without a name
    doubled = next((name for name, count in Counter(names).items() if count > 1), None)
    if doubled is not None:
        raise CohortError(f"{path} has two columns {doubled!r}: rename one of them")
    return names

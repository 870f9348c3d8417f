"""Tables whose columns have names, as sentences: each cell with its row's and its column's name.

``EF  FS`` above ``61 %  33 %``, or ``Parameter | Prior | Current`` above ``LVEF | 35 | 55``.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from einthoven.cohort.reports.tokens import Token

__all__ = ["Row", "split_tables"]

GAP: Final = re.compile(r" {2,}(?:[|\t] *)?| ?[|\t] *")
RULE: Final = re.compile(r"[\s|:+=\-]*$")
COLUMN_WORDS: Final = frozenset(
    {
        "previous",
        "previous_of",
        "present",
        "reference",
        "method",
        "stress",
        "rest",
        "baseline",
        "word function",
        "study",
    }
)


class Row(NamedTuple):
    """A line of a table: where it begins and ends, and where its cells do."""

    start: int
    end: int
    cells: tuple[tuple[int, int], ...]


def split_tables(text: str, tokens: Sequence[Token]) -> tuple[list[Token], list[list[Token]]]:
    """Return the tokens outside of tables, and a sentence per cell of those within."""
    if "\n" not in text or not GAP.search(text):
        return list(tokens), []
    made: list[list[Token]] = []
    inside: list[tuple[int, int]] = []
    for block in _blocks(text):
        cells = _read_block(block, tokens)
        if cells:
            made += cells
            inside.append((block[0].start, block[-1].end))
    outside: list[Token] = []
    position = 0
    for start, end in inside:
        first, last = _range(tokens, start, end)
        outside += tokens[position:first]
        position = last
    return [*outside, *tokens[position:]], made


def _blocks(text: str) -> Iterator[list[Row]]:
    """Yield runs of lines with the same number of cells, two or more of each."""
    block: list[Row] = []
    position = 0
    for line in text.split("\n"):
        row = _row(line, position)
        position += len(line) + 1
        if block and RULE.match(line) and line.strip():
            continue
        if block and len(row.cells) == len(block[0].cells) > 1:
            block.append(row)
            continue
        if len(block) > 1:
            yield block
        block = [row] if len(row.cells) > 1 else []
    if len(block) > 1:
        yield block


def _row(line: str, offset: int) -> Row:
    cells, start = [], 0
    for gap in GAP.finditer(line):
        cells.append((start, gap.start()))
        start = gap.end()
    cells.append((start, len(line)))
    if "|" in line and not line[slice(*cells[-1])].strip():
        cells.pop()
    if not line[slice(*cells[0])].strip() and ("|" in line or len(cells) == 2):
        cells.pop(0)
    return Row(offset, offset + len(line), tuple((offset + first, offset + last) for first, last in cells))


def _read_block(block: Sequence[Row], tokens: Sequence[Token]) -> list[list[Token]]:
    """Return the cells' sentences; none where the first line isn't one of names."""
    lines = [[_within(tokens, *cell) for cell in row.cells] for row in block]
    head = lines[0]
    if any(token.number is not None for cell in head for token in cell):
        return []
    named = [any("quantity" in token.tags for token in cell) for cell in head]
    said = [any(COLUMN_WORDS & token.tags.keys() for token in cell) for cell in head]
    if not any(named) and not any(said[1:]):
        return []
    made: list[list[Token]] = []
    for line in lines[1:]:
        row_named = any("quantity" in token.tags for token in line[0])
        if not row_named and not any(named):
            return []
        for column, cell in enumerate(line):
            if any(token.number is not None for token in cell) or named[column]:
                made.append(_cell(head[column], line, column, row_named=row_named and not named[column]))
    return made


def _cell(head: Sequence[Token], line: Sequence[Sequence[Token]], column: int, *, row_named: bool) -> list[Token]:
    """Return a cell behind its column's words and its row's name or label."""
    cell = list(line[column])
    if row_named:
        return [] if column == 0 else [*_as_column(head), *line[0], *cell]
    label = [token for other, one in enumerate(line) if other != column for token in one if token.number is None]
    label = [token for token in label if "quantity" not in token.tags and token.kind != "mark"]
    return [*label, *head, *cell]


def _as_column(head: Sequence[Token]) -> list[Token]:
    """Return a column's words; "Normal" over a column is a reference."""
    return [
        token._replace(tags={"reference": ""}) if token.tags.get("word function") == "normal" else token
        for token in head
        if token.kind != "mark"
    ]


def _within(tokens: Sequence[Token], start: int, end: int) -> list[Token]:
    first, last = _range(tokens, start, end)
    return [token for token in tokens[first:last] if token.kind != "break"]


def _range(tokens: Sequence[Token], start: int, end: int) -> tuple[int, int]:
    """Return the indices of the first token that begins at ``start`` or later, and of the first at ``end`` or later."""
    first = bisect.bisect_left(tokens, start, key=lambda token: token.start)
    return first, bisect.bisect_left(tokens, end, lo=first, key=lambda token: token.start)

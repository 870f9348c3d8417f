"""How a hospital's tables are laid out, and what a study file says of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from einthoven.errors import UnknownNameError
from einthoven.registry import nearest
from einthoven.simulation.paper.parameters import table_of

__all__ = ["TABLES", "Layout", "layout_of"]

TABLES = ("ecgs", "echo", "icd", "follow_up", "patients")
_KINDS = {"ecgs": "ecgs", "echo": "reports", "icd": "diagnoses", "follow_up": "events", "patients": "patients"}


@dataclass(frozen=True, slots=True)
class Layout:
    """Names and spellings of one hospital's tables.

    Attributes
    ----------
    columns : mapping of table to mapping of str to str
        einthoven's name of each column, in their order -> the hospital's.
    day, moment : str
        Format of dates, and of times with a clock.
    echo_has_clock, code_dots : bool
        Whether times of echoes have a clock, codes a dot.
    sexes : mapping of ``F`` and ``M`` to str
    statement_separator, encoding, line_end : str
    """

    columns: Mapping[str, Mapping[str, str]]
    day: str
    moment: str
    echo_has_clock: bool
    code_dots: bool
    sexes: Mapping[str, str]
    statement_separator: str
    encoding: str
    line_end: str

    def header(self, table: str) -> bytes:
        """Return the first line of a table, with the mark that its encoding begins with."""
        text = self._lines([list(self.columns[table].values())])
        return text.encode(self.encoding)

    def encoded(self, rows: Iterable[Sequence[str]]) -> bytes:
        """Return lines of a table, each cell in quotes where it needs them."""
        # only the first line of a file begins with the mark of its encoding
        return self._lines(rows).encode(self.encoding.removesuffix("-sig"))

    def of_day(self, moment: date | None) -> str:
        """Return a day as the hospital spells it; nothing for none."""
        return "" if moment is None else moment.strftime(self.day)

    def of_moment(self, moment: datetime) -> str:
        """Return a time with its clock."""
        return moment.strftime(self.moment)

    def of_code(self, code: str) -> str:
        """Return an ICD-10 code with or without its dot."""
        bare = code.replace(".", "")
        return f"{bare[:3]}.{bare[3:]}" if self.code_dots and len(bare) > 3 else bare

    def study_section(self, *, path: str, role: str, files: Mapping[str, Any]) -> dict[str, Any]:
        """Return what a study file says of this hospital; ``files`` is what it says of the format of its ECGs."""
        section: dict[str, Any] = {
            "source": "hospital",
            "role": role,
            "path": path,
            **files,
            "statement_separator": self.statement_separator,
            "report_quantities": ["lvef"],
        }
        for table, kind in _KINDS.items():
            columns: dict[str, Any] = dict(self.columns[table])
            if kind == "patients":
                spelled = {spelling: sex for sex, spelling in self.sexes.items()}
                columns["sex"] = {"column": columns["sex"], "values": spelled}
            section[kind] = {"file": f"{table}.csv", "columns": columns}
        return section

    def _lines(self, rows: Iterable[Sequence[str]]) -> str:
        buffer = io.StringIO(newline="")
        csv.writer(buffer, lineterminator=self.line_end).writerows(rows)
        return buffer.getvalue()


def layout_of(site: str, *, columns: Mapping[str, str]) -> Layout:
    """Return the layout of a site's tables.

    Parameters
    ----------
    site : str
    columns : mapping of str to str
        ``table.column`` in einthoven's names, for example ``ecgs.record_id`` -> the hospital's own name.

    Raises
    ------
    UnknownNameError
        For a column that no table has.
    """
    known = table_of("layouts")
    words = dict(known["layout"][known["of_site"].get(site, "plain")])
    tables = {name: dict(words["tables"][name]) for name in TABLES}
    accepted = [f"{table}.{column}" for table, names in tables.items() for column in names]
    for place, name in columns.items():
        if place not in accepted:
            raise UnknownNameError(f"columns of an export have no {place!r}{nearest(place, accepted)}")
        table, _, column = place.partition(".")
        tables[table][column] = name
    words.pop("tables")
    return Layout(columns=tables, **words)

"""Parts of a report that aren't its findings: why it was asked for, an earlier study, reference values, plans."""

from __future__ import annotations

import functools
import re
from typing import Final, Literal, NamedTuple

from einthoven.cohort.reports.rules import rules
from einthoven.cohort.reports.wording import expand

__all__ = ["Section", "SectionKind", "section_at", "sections"]

SectionKind = Literal["", "aside", "earlier"]
LONG_LINE: Final = 50
"""Characters after which a line that goes on with a small letter is taken for a wrapped one."""
NEXT_HEADING: Final = re.compile(r"(?:^|[.;]\s+)[ \t\d.)#*-]*[A-Z가-힣][A-Za-z가-힣/&() ]{1,40}:", re.MULTILINE)
SENTENCE_END: Final = re.compile(r"[.;](?=\s+[A-Z가-힣]|\s*$)")


NOTHING: Final = re.compile(r"\s*(?:none|no |not |n/a|nil|없음)", re.IGNORECASE)
"""How a heading goes on below which nothing stands: "Comparison: none. LVEF 35 %"."""


class Section(NamedTuple):
    """A part of the report from ``start`` to ``end``."""

    kind: SectionKind
    start: int
    end: int


def sections(report: str, lower: str) -> list[Section]:
    """Return the parts of a report that aren't its findings, in order; ``lower`` is what ``plain`` makes of it."""
    found: list[Section] = []
    for heading in _headings().finditer(lower):
        if found and heading.start() < found[-1].end:
            continue
        kind: SectionKind = "aside" if heading["aside"] else "earlier"
        if heading["mark"] or not report[heading.start("name")].islower():
            found.append(Section(kind, heading.start(), _end(report, heading.end())))
    return found


def section_at(found: list[Section], position: int) -> SectionKind:
    """Return the kind of the section at a position; "" for a finding."""
    return next((one.kind for one in found if one.start <= position < one.end), "")


@functools.cache
def _headings() -> re.Pattern[str]:
    kinds = []
    for kind, wordings in rules().tables["sections"].items():
        texts = sorted({text for one in wordings for text in expand(one)}, key=len, reverse=True)
        kinds.append(f"(?P<{kind}>{'|'.join(re.escape(one).replace(chr(92) + ' ', '[ _-]') for one in texts)})")
    return re.compile(
        rf"(?:^|(?<=[.;]\s))[ \t\d.)#*-]*(?P<name>{'|'.join(kinds)})[ \t]*(?:(?P<mark>:)|(?=\n|$))", re.MULTILINE
    )


def _end(report: str, start: int) -> int:
    """Return where a section ends whose heading ends at ``start``."""
    line_end = _line_end(report, start)
    if not report[start:line_end].strip():
        return _end_of_lines(report, line_end)
    following = NEXT_HEADING.search(report, start)
    limit = following.start() + 1 if following else len(report)
    if "\n" not in report.strip() or NOTHING.match(report, start):
        sentence = SENTENCE_END.search(report, start)
        return min(limit, line_end, sentence.end() if sentence else len(report))
    line_start = report.rfind("\n", 0, start) + 1
    while line_end - line_start >= LONG_LINE and report[line_end + 1 : line_end + 2].islower():
        line_start, line_end = line_end + 1, _line_end(report, line_end + 1)
    return min(limit, line_end)


def _end_of_lines(report: str, start: int) -> int:
    """Return the end of the lines below a heading that stands alone: at the next heading, else after one line."""
    following = re.compile(r"\n[ \t]*[A-Z가-힣][A-Za-z가-힣/&() ]{1,40}(?::|[ \t]*(?=\n))").search(report, start + 1)
    if following:
        return following.start()
    text_begins = start + len(report[start:]) - len(report[start:].lstrip())
    return _line_end(report, text_begins)


def _line_end(report: str, start: int) -> int:
    end = report.find("\n", start)
    return len(report) if end < 0 else end

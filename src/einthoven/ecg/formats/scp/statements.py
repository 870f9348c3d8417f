"""Diagnostic statements of an SCP-ECG record (EN 1064, clauses 5.11 and 5.14: sections 8 and 11)."""

from __future__ import annotations

from dataclasses import dataclass

from einthoven.ecg.formats.scp.sections import Section
from einthoven.ecg.formats.scp.text import scp_texts

__all__ = ["CODED", "TEXTUAL", "Statements", "as_confirmed", "statements"]

TEXTUAL, CODED = 8, 11  # the sections of full text and of universal codes
HEAD_BYTES = 9  # confirmed or not, date, time, number of statements
STATEMENT_HEAD_BYTES = 3


@dataclass(frozen=True, slots=True)
class Statements:
    """Statements of one section; ``reviewed`` when a human confirmed or changed them."""

    texts: tuple[str, ...]
    reviewed: bool


def statements(section: Section, *, encoding: str) -> Statements:
    """Return the statements of section 8 or 11.

    Raises
    ------
    UnreadableFileError
        When the section ends before the statements that it counts.
    """
    section.require(0, HEAD_BYTES)
    texts = []
    at = HEAD_BYTES
    for _ in range(section.body[HEAD_BYTES - 1]):
        _, size = section.unpack("BH", at)
        at += STATEMENT_HEAD_BYTES
        section.require(at, size)
        # a universal statement begins with its kind: code, text or logic
        content = section.body[at + (section.number == CODED) : at + size]
        texts.append(" ".join(word for word in scp_texts(content, encoding) if word))
        at += size
    return Statements(tuple(text for text in texts if text), reviewed=section.body[0] in {1, 2})


def as_confirmed(textual: Statements, coded: Statements) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the statements that hold, and the machine's earlier ones where only one of the sections was reviewed."""
    if textual.texts and coded.texts and textual.reviewed != coded.reviewed:
        return (textual.texts, coded.texts) if textual.reviewed else (coded.texts, textual.texts)
    return tuple(dict.fromkeys((*textual.texts, *coded.texts))), ()

"""Diagnostic statements of a MUSE export: fragments that flags join to lines."""

from __future__ import annotations

from lxml import etree

from einthoven.ecg.formats.xml_document import children, local_name

__all__ = ["diagnosis_lines"]

_NO_BLANK_BEFORE = tuple(",.;:)")


def diagnosis_lines(diagnosis: etree._Element | None) -> tuple[str, ...]:
    """Return the lines of ``Diagnosis`` or ``OriginalDiagnosis``.

    A statement continues the one before it unless that one bears the flag ``ENDSLINE``; one with the flag ``DELETED``
    was taken back by the reader. Without any ``ENDSLINE`` each statement is a line.
    """
    if diagnosis is None:
        return ()
    statements = [_statement(statement) for statement in children(diagnosis, "DiagnosisStatement")]
    one_each = not any("ENDSLINE" in flags for _, flags in statements)
    lines = [""]
    for words, flags in statements:
        if "DELETED" not in flags:
            lines[-1] = _joined(lines[-1], words)
        if one_each or "ENDSLINE" in flags:
            lines.append("")
    return tuple(line for line in lines if line)


def _statement(element: etree._Element) -> tuple[str, set[str]]:
    """Return text and flags."""
    words, flags = "", set()
    for child in element:
        name, said = local_name(child), (child.text or "").strip()
        if name == "StmtText":
            words = said
        elif name == "StmtFlag":
            flags.add(said.upper())
    return words, flags


def _joined(line: str, words: str) -> str:
    return line + words if not line or words.startswith(_NO_BLANK_BEFORE) else f"{line} {words}".rstrip()

"""What was planned, how often the test sets were opened, and what applies to all numbers."""

from __future__ import annotations

from typing import Any

from einthoven.evaluation.evaluation import Evaluation
from einthoven.evaluation.protocol import Protocol
from einthoven.report.blocks import Block, Cell, Column, Facts, Notice, Prose, Row, Section, TableBlock
from einthoven.report.evidence import Evidence
from einthoven.report.notation import count

__all__ = ["section"]

HASH_SHOWN = 16
# what is shown of an entry of the ledger
OPENING = {
    "time": "Time",
    "entry": "Entry",
    "models": "Models",
    "protocol_hash": "Protocol",
    "predictions_hash": "Scores",
}


def section(evidence: Evidence) -> Section:
    """Return the protocol's fingerprint, the ledger of openings and the notes."""
    evaluation = evidence.evaluation
    if evaluation is None:
        absent = Notice("Nothing was evaluated, so no protocol applied.", tone="absent")
        return Section("protocol", "Protocol", (absent,))
    blocks: list[Block] = [Facts(tuple(_facts(evaluation)))]
    if evaluation.openings:
        blocks.append(_openings(evaluation.openings))
    if evaluation.notes:
        blocks.append(Prose(tuple(("Note.", note) for note in evaluation.notes)))
    return Section("protocol", "Protocol", tuple(blocks))


def _facts(evaluation: Evaluation) -> list[tuple[str, str]]:
    total = len(evaluation.results) + len(evaluation.comparisons)
    planned = sum(row.planned for row in evaluation.results) + sum(row.planned for row in evaluation.comparisons)
    protocol = evaluation.protocol
    named = protocol != Protocol() or bool(evaluation.openings)
    return [
        ("Protocol (SHA-256)", protocol.hash[:HASH_SHOWN] if named else "none: default settings"),
        ("Scores (SHA-256)", evaluation.predictions_hash[:HASH_SHOWN]),
        ("Outcomes named", ", ".join(protocol.outcomes) or "none: all labels"),
        ("Analyses named", ", ".join(protocol.analyses) or "none: all that apply"),
        ("Numbers", f"{count(planned)} planned, {count(total - planned)} exploratory"),
        ("Bootstrap", f"{count(protocol.resamples)} resamples of patients, seed {protocol.seed}"),
    ]


def _openings(openings: list[dict[str, Any]]) -> TableBlock:
    columns = tuple(Column(head, numeric=False) for head in OPENING.values())
    rows = tuple(Row(tuple(Cell(_short(opening.get(key, ""))) for key in OPENING)) for opening in openings)
    return TableBlock("Entries of the ledger on these test sets.", columns, rows)


def _short(value: object) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    is_hash = len(text) == 64 and all(letter in "0123456789abcdef" for letter in text)
    return text[:HASH_SHOWN] if is_hash else text

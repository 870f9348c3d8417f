from __future__ import annotations

import dataclasses

from einthoven.evaluation.protocol import Protocol
from einthoven.report.blocks import Facts, Prose, TableBlock
from einthoven.report.sections.protocol import section


def test_the_protocol_its_numbers_and_notes_are_told(full):
    """How many numbers nobody planned stands where one looks for the plan."""
    facts, notes = section(full).blocks
    assert isinstance(facts, Facts)
    told = dict(facts.pairs)
    assert told["Protocol (SHA-256)"] == full.evaluation.protocol.hash[:16]
    assert told["Numbers"].startswith("0 planned")
    assert isinstance(notes, Prose)
    assert {text for _, text in notes.paragraphs} == set(full.evaluation.notes)


def test_the_ledger_is_a_table(full):
    """Hashes are cut, lists joined, whatever an entry lacks stays empty."""
    openings = [
        {"entry": "registered", "protocol_hash": "a" * 64, "previous": "b" * 64},
        {"entry": "opened", "models": ["net", "old"]},
    ]
    evidence = dataclasses.replace(full, evaluation=dataclasses.replace(full.evaluation, openings=openings))
    table = next(block for block in section(evidence).blocks if isinstance(block, TableBlock))
    assert [column.head for column in table.columns] == ["Time", "Entry", "Models", "Protocol", "Scores"]
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["", "registered", "", "a" * 16, ""],
        ["", "opened", "net, old", "", ""],
    ]


def test_without_a_protocol_no_hash_stands_for_one(full):
    """The hash of the default settings is shown only where the ledger holds it."""
    plain = dataclasses.replace(full.evaluation, protocol=Protocol(), openings=[])
    facts = section(dataclasses.replace(full, evaluation=plain)).blocks[0]
    assert dict(facts.pairs)["Protocol (SHA-256)"] == "none: default settings"

from __future__ import annotations

import json
import multiprocessing
from datetime import UTC, datetime, timedelta

import pytest

from einthoven.errors import SpecificationError, UnreadableFileError
from einthoven.evaluation.ledger import ledger_beside, read_ledger, record_opening, register
from einthoven.evaluation.protocol import Protocol
from einthoven.evaluation.thresholds import Threshold
from fakes.predictions import fake_predictions

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PLAN = Protocol(outcomes=("AF",), analyses=("performance",))


def test_a_protocol_is_registered_once(tmp_path):
    """Its first entry stays, with the whole plan in it; a changed plan is another one."""
    path = tmp_path / "new" / "protocol.ledger.jsonl"
    first = register(path, PLAN, now=NOON)
    assert register(path, PLAN, now=NOON + timedelta(days=1)) == first
    assert first["time"] == "2026-03-01T12:00:00+00:00"
    assert Protocol.from_dict(first["protocol"]) == PLAN
    register(path, Protocol(outcomes=("LBBB",)), now=NOON)
    assert [entry["entry"] for entry in read_ledger(path)] == ["registered"] * 2


def test_each_opening_is_an_entry_and_those_of_one_test_set_are_returned(tmp_path):
    """Other records, and labels that this protocol doesn't report, are other test sets."""
    path, predictions = tmp_path / "l.jsonl", fake_predictions(patients=12)
    register(path, PLAN, now=NOON)
    record_opening(path, predictions, PLAN, now=NOON)
    record_opening(path, predictions, Protocol(outcomes=("STEMI",)), now=NOON)
    record_opening(path, fake_predictions(seed=1, patients=12), PLAN, now=NOON)
    found = record_opening(path, predictions, PLAN, now=NOON + timedelta(hours=1))
    assert [entry["entry"] for entry in found] == ["registered", "opened", "opened"]
    assert found[-1]["predictions_hash"] == predictions.hash
    assert found[-1]["models"] == ["net", "small"]
    assert sorted(found[-1]["test_sets"]) == ["external", "test"]
    assert len(read_ledger(path)) == 5
    # one label in common is enough
    assert len(record_opening(path, predictions, Protocol(), now=NOON)) == 4


def test_given_cut_offs_are_part_of_an_opening(tmp_path):
    """Other cut-offs on the same predictions are another evaluation."""
    predictions, path = fake_predictions(patients=12), tmp_path / "l.jsonl"
    hashes = [
        record_opening(path, predictions, PLAN, now=NOON, stated=stated)[-1]["thresholds_hash"]
        for stated in ((), [Threshold("AF", 0.3, "stated", "", "")], [Threshold("AF", 0.4, "stated", "", "")])
    ]
    assert len(set(hashes)) == 3
    assert not hashes[0]


def written(path, *, times=3):
    for minute in range(times):
        register(path, Protocol(seed=minute), now=NOON)
    return path.read_text().splitlines()


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda lines: [lines[0], lines[1].replace('"seed": 1', '"seed": 7'), lines[2]], "line 2 was changed"),
        (lambda lines: [lines[0], lines[2]], "line 2 doesn't follow"),
        (lambda lines: [lines[1], lines[0], lines[2]], "line 1 doesn't follow"),
        (lambda lines: [*lines[:2], lines[2][:50]], "line 3 was changed or cut short"),
        (lambda lines: [*lines, "[]"], "line 4 was changed"),
    ],
)
def test_a_line_that_was_edited_is_found_and_named(tmp_path, damage, words):
    """Nothing is appended to a damaged ledger."""
    path = tmp_path / "l.jsonl"
    path.write_text("\n".join(damage(written(path))) + "\n")
    before = path.read_bytes()
    with pytest.raises(SpecificationError, match=words):
        read_ledger(path)
    with pytest.raises(SpecificationError, match=words):
        register(path, PLAN, now=NOON)
    assert path.read_bytes() == before


def test_a_ledger_of_a_newer_einthoven_is_not_misread(tmp_path, monkeypatch):
    """It says what to do."""
    monkeypatch.setattr("einthoven.evaluation.ledger.VERSION", 2)
    written(tmp_path / "l.jsonl")
    monkeypatch.setattr("einthoven.evaluation.ledger.VERSION", 1)
    with pytest.raises(SpecificationError, match="reads up to 1: update it"):
        read_ledger(tmp_path / "l.jsonl")


def write_many(path, start):
    for number in range(start, start + 6):
        register(path, Protocol(seed=number), now=NOON)


def test_writers_at_the_same_time_wait_for_each_other(tmp_path):
    """The chain holds, and no entry is lost."""
    path = tmp_path / "l.jsonl"
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=write_many, args=(path, 100 * index)) for index in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len({entry["protocol_hash"] for entry in read_ledger(path)}) == 24


def test_no_ledger_has_no_entries_and_each_line_is_plain_json(tmp_path):
    """So that other programs can read it."""
    path = ledger_beside(tmp_path / "protocol.toml")
    assert read_ledger(path) == []
    assert [json.loads(line)["version"] for line in written(path)] == [1, 1, 1]


def test_a_folder_is_no_ledger(tmp_path):
    """A mistake of the command line, not a place without permission."""
    for work in (read_ledger, lambda path: register(path, PLAN, now=NOON)):
        with pytest.raises(UnreadableFileError, match="must be a file"):
            work(tmp_path)


def test_a_time_without_zone_is_refused(tmp_path):
    """It would mean another moment elsewhere."""
    with pytest.raises(ValueError, match="time zone"):
        register(tmp_path / "l.jsonl", PLAN, now=NOON.replace(tzinfo=None))

"""What the ledger's entries mean for the numbers: how often the test set was opened, and what may count as planned."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from einthoven.evaluation.evaluation import Evaluation
from einthoven.evaluation.ledger import OPENED, REGISTERED
from einthoven.evaluation.protocol import Protocol

__all__ = ["opening_notes", "planned_counts", "with_openings"]

# an opening is the same one again where all of these agree
IDENTITY = ("test_set", "protocol_hash", "predictions_hash", "thresholds_hash")
# what is judged: other scores or cut-offs after the first opening are another try
JUDGED = ("predictions_hash", "thresholds_hash")

Entry = Mapping[str, Any]


def planned_counts(openings: Sequence[Entry], protocol: Protocol) -> bool:
    """Return whether what the protocol names may count as planned.

    It was registered before the test sets were opened, and this opening is of the same scores and cut-offs as the first
    one under it: whoever has seen the numbers and brings other scores or cut-offs no longer plans.

    Parameters
    ----------
    openings : sequence of ledger entries
        As ``record_opening`` returns them. Without any there is no proof, so nothing counts as planned.
    protocol : Protocol

    Examples
    --------
    >>> registered = {"entry": "registered", "protocol_hash": Protocol().hash}
    >>> planned_counts([registered, {"entry": "opened"}], Protocol())
    True
    >>> planned_counts([{"entry": "opened"}, registered, {"entry": "opened"}], Protocol())
    False
    """
    first = next((entry for entry in openings if entry["entry"] == OPENED or _registers(entry, protocol)), None)
    return first is not None and first["entry"] == REGISTERED and not _is_another_try(openings, protocol)


def _is_another_try(openings: Sequence[Entry], protocol: Protocol) -> bool:
    own = [entry for entry in openings if entry["entry"] == OPENED and entry.get("protocol_hash") == protocol.hash]
    return bool(own) and any(own[0].get(name) != own[-1].get(name) for name in JUDGED)


def with_openings(evaluation: Evaluation, openings: Sequence[Entry], *, remark: str = "") -> Evaluation:
    """Return the evaluation with the ledger's entries, a note on them, and nothing planned that was planned too late.

    ``remark`` is said instead where there is no ledger.
    """
    protocol = evaluation.protocol
    notes = [*evaluation.notes, *([remark] if remark else opening_notes(openings, protocol))]
    found = dataclasses.replace(evaluation, notes=notes, openings=[dict(entry) for entry in openings])
    if planned_counts(openings, protocol):
        return found
    return dataclasses.replace(
        found,
        results=[dataclasses.replace(row, planned=False) for row in found.results],
        comparisons=[dataclasses.replace(row, planned=False) for row in found.comparisons],
    )


def opening_notes(openings: Sequence[Entry], protocol: Protocol) -> list[str]:
    """Return what has to be said of the openings of these test sets, the last of which is this one."""
    return [" ".join(_sentences(openings, protocol))] if openings else []


def _sentences(openings: Sequence[Entry], protocol: Protocol) -> Iterator[str]:
    opened = [entry for entry in openings if entry["entry"] == OPENED]
    own = [entry for entry in opened if entry["protocol_hash"] == protocol.hash]
    yield f"This test set has been opened {_times(len(opened))}; under this protocol {_times(len(own))}."
    again = len(opened) - len({tuple(entry[name] for name in IDENTITY) for entry in opened})
    if again:
        yield f"Of these, {again} {'was an exact repetition' if again == 1 else 'were exact repetitions'}."
    registered = next((entry for entry in openings if _registers(entry, protocol)), None)
    if registered is None:
        yield "No protocol was registered, so every number is exploratory."
    elif planned_counts(openings, protocol):
        yield f"The protocol was registered on {registered['time']}, before the first opening."
    elif _is_another_try(openings, protocol):
        yield (
            "Scores or cut-offs are others than at the first opening under this protocol, so every number is "
            "exploratory."
        )
    else:
        yield (
            f"The protocol was registered on {registered['time']}, after the first opening on {opened[0]['time']}, so "
            "every number is exploratory."
        )


def _registers(entry: Entry, protocol: Protocol) -> bool:
    return bool(entry["entry"] == REGISTERED and entry["protocol_hash"] == protocol.hash)


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")

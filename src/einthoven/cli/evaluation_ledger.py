"""The ledger of an evaluation from the command line: the plan is registered first, the opening counted at the end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from einthoven.evaluation.evaluation import Evaluation
from einthoven.evaluation.ledger import ledger_beside, read_ledger, record_opening, register
from einthoven.evaluation.openings import with_openings
from einthoven.evaluation.predictions import Predictions
from einthoven.evaluation.protocol import Protocol
from einthoven.evaluation.thresholds import Threshold

__all__ = ["keep_ledger"]

NO_LEDGER = (
    "There is no protocol, so every number is exploratory; openings of the test set are not counted. "
    "`einthoven plan --write-protocol FILE` begins a protocol, --ledger FILE counts without one."
)

Finish = Callable[[Evaluation, Predictions, Sequence[Threshold]], Evaluation]


def keep_ledger(path: Path | None, protocol: Path | None, settings: Protocol, *, now: datetime) -> Finish:
    """Register the protocol before any score is read; return what counts the opening once the numbers are there.

    Parameters
    ----------
    path : Path, optional
        By default beside the protocol; without both there is no ledger.
    protocol : Path, optional
        The protocol's file; none is registered without.
    settings : Protocol
    now : datetime

    Raises
    ------
    SpecificationError
        The ledger is damaged.
    """
    if path is None and protocol is None:
        return lambda evaluation, _predictions, _stated: with_openings(evaluation, [], remark=NO_LEDGER)
    place = path or ledger_beside(protocol or Path())
    remark = _registered(place, settings if protocol is not None else None, now=now)

    def finish(evaluation: Evaluation, predictions: Predictions, stated: Sequence[Threshold]) -> Evaluation:
        if remark:
            return with_openings(evaluation, [], remark=remark)
        try:
            openings = record_opening(place, predictions, settings, now=now, stated=stated)
        except OSError as error:
            return with_openings(evaluation, [], remark=_no_ledger(place, error))
        return with_openings(evaluation, openings)

    return finish


def _registered(place: Path, settings: Protocol | None, *, now: datetime) -> str:
    """Return why there can be no ledger; empty when there is one."""
    try:
        if settings is None:
            read_ledger(place)
        else:
            register(place, settings, now=now)
    except OSError as error:
        return _no_ledger(place, error)
    return ""


def _no_ledger(place: Path, error: OSError) -> str:
    return (
        f"No ledger could be kept in {place} ({error.strerror}): it isn't known how often this test set was opened "
        "nor that the protocol came first, so every number is exploratory; name another place with --ledger FILE."
    )

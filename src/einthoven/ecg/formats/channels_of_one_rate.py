"""Which channels of a file to keep where they have several sampling rates: a record has one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from einthoven.ecg.leads import canonical_lead

__all__ = ["OneRate", "channels_of_one_rate"]


class OneRate(NamedTuple):
    """Channels of one rate, standard leads where there are any, and what a human should know about the others."""

    rows: tuple[int, ...]
    notes: tuple[str, ...]


def channels_of_one_rate(names: Sequence[str], rates: Sequence[float]) -> OneRate:
    """Return the channels at the rate that most standard leads have; at equal numbers, at the higher rate.

    Without a single standard lead, which a human may still name, all channels at the commonest rate are returned.

    Parameters
    ----------
    names : sequence of str
        As the file spells them.
    rates : sequence of float
        In any unit.

    Examples
    --------
    >>> channels_of_one_rate(["I", "V1", "II"], [500, 250, 500])
    OneRate(rows=(0, 2), notes=('left out, of another sampling rate: V1',))
    """
    leads = [row for row, name in enumerate(names) if canonical_lead(name)]
    candidates = leads or range(len(names))
    counts = Counter(rates[row] for row in candidates)
    chosen = max(counts, key=lambda rate: (counts[rate], rate), default=0.0)
    rows = tuple(row for row in candidates if rates[row] == chosen)
    if not leads:
        return OneRate(rows, ())
    others = [name or f"channel {row + 1}" for row, name in enumerate(names) if row not in leads]
    slower = [names[row] for row in leads if rates[row] != chosen]
    notes = [f"left out, not among the 12 standard leads: {', '.join(others)}"] if others else []
    notes += [f"left out, of another sampling rate: {', '.join(slower)}"] if slower else []
    return OneRate(rows, tuple(notes))

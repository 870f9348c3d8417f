"""Statements of ECG machines as findings, and what was not understood of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from einthoven.cohort.labels.machine_statements import read_statements, statement_coverage
from einthoven.cohort.labels.presence import Presence

__all__ = ["findings_of", "not_understood"]

SHOWN = 5  # fragments that a note names
LATIN = re.compile("[A-Za-z]")


def findings_of(statements: Sequence[str]) -> Mapping[str, Presence] | None:
    """Return what an ECG's statements say; None, for unknown, where there are none or none was understood.

    Words in another language are no reason to call a finding absent.

    Examples
    --------
    >>> findings_of(["Low voltage QRS"]), findings_of(["No previous ECGs available"]), findings_of(["xyzzy"])
    ({'low_voltage': 'present'}, {}, None)
    """
    worded = [statement for statement in statements if LATIN.search(statement)]
    found = read_statements(worded)
    if found or (worded and statement_coverage(worded).understood):
        return found
    return None


def not_understood(statements: Sequence[str]) -> tuple[str, ...]:
    """Return a note on the statements that hold unknown words, if there are any."""
    worded = [statement for statement in statements if any(map(str.isalpha, statement))]
    coverage = statement_coverage([statement for statement in worded if LATIN.search(statement)])
    foreign = Counter(statement for statement in worded if not LATIN.search(statement))
    missed = coverage.statements - coverage.understood + foreign.total()
    if not missed:
        return ()
    fragments = (Counter(dict(coverage.fragments)) + foreign).most_common(SHOWN)
    often = ", ".join(f"{fragment!r} ({count:,})" for fragment, count in fragments)
    return (f"{missed:,} of {len(worded):,} statements hold words that are not known, most often {often}",)

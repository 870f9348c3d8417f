"""Pieces of statements -> whole statements: "Cannot rule out", "Anterior infarct", ", age undetermined" is one.

Archives keep the lines of an interpretation, and some the pieces that a program put it together from.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

from einthoven.cohort.labels.statement_items import FIND, items_of
from einthoven.cohort.labels.statement_text import words_of

__all__ = ["goes_on", "whole_statements"]

# what can't end a statement whatever stands before, and what can't when nothing was found before
OPEN = ("@replaced", "@replaced_by", "@with", "@and", "@or", "@in", "@due", "@hedge_list", "@comparison")
OPEN_ALONE = ("@hedge", "@hedge_near", "@not", "@not_now", "@past")
# what can't begin a statement
CONTINUING = ("@replaced", "@replaced_by", "@not_after", "@not_after_now", "@hedge_after", "@past_after")


def whole_statements(texts: Sequence[str]) -> list[str]:
    """Return the texts, each piece joined to the one before by a space.

    Examples
    --------
    >>> whole_statements(["Cannot rule out", "Anterior infarct", ", age undetermined", "Abnormal ECG"])
    ['Cannot rule out Anterior infarct , age undetermined', 'Abnormal ECG']
    """
    whole: list[str] = []
    is_open = False
    for text in texts:
        ends_open, continues = _is_piece(text)
        if whole and (is_open or continues):
            whole[-1] = f"{whole[-1]} {text}"
        else:
            whole.append(text)
        is_open = ends_open
    return whole


@functools.lru_cache(maxsize=262_144)
def _is_piece(text: str) -> tuple[bool, bool]:
    """Return whether the text goes on in the next one, and whether it goes on with the one before."""
    kinds = [item.kind for item in items_of(words_of(text, keep_cut=True))]
    return goes_on(kinds), text.lstrip().startswith(",") or (bool(kinds) and kinds[0] in CONTINUING)


def goes_on(kinds: Sequence[str]) -> bool:
    """Return whether a line with these kinds of items goes on in the next line."""
    if not kinds:
        return False
    found = any(kind in (FIND, "@head") for kind in kinds)
    return kinds[-1] in OPEN or (kinds[-1] in OPEN_ALONE and not found)

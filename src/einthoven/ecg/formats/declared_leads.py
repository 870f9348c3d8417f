"""Leads of files that don't name theirs: the question to a human, and the answer."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from einthoven.ecg.formats.decoded import Decoded
from einthoven.ecg.formats.selection import LeadSelection, select_standard_leads
from einthoven.ecg.leads import STANDARD_LEADS, canonical_lead
from einthoven.errors import LeadError

__all__ = ["named_leads", "with_declared_leads"]


def with_declared_leads(decoded: Decoded, declared: str | Sequence[str] | None, *, where: str) -> Decoded:
    """Return the file under the names that a human gives to its channels, unless it names a standard lead itself.

    Parameters
    ----------
    decoded : Decoded
    declared : str or sequence of str, optional
        One name per channel as stored, ``-`` for one to leave out; a string separates them by commas.
    where : str

    Raises
    ------
    LeadError
        When there are more or fewer channels.
    """
    if not declared:
        return decoded
    names = [word.strip() for word in (declared.split(",") if isinstance(declared, str) else declared)]
    labels = list(decoded.rhythm.names)
    if any(canonical_lead(label) for label in labels):
        note = f"leads {', '.join(names)} declared but not needed, the file says {', '.join(labels)}"
        return dataclasses.replace(decoded, notes=(*decoded.notes, note))
    if len(names) != len(labels):
        raise LeadError(
            f"{where} holds {len(labels)} signals ({', '.join(labels)}), {len(names)} leads are declared: name each, "
            "with - for one to leave out"
        )
    beat = decoded.median_beat
    return dataclasses.replace(
        decoded,
        rhythm=dataclasses.replace(decoded.rhythm, names=names),
        median_beat=beat and (dataclasses.replace(beat, names=names) if list(beat.names) == labels else None),
        notes=(*decoded.notes, f"leads {', '.join(names)} declared, the file says {', '.join(labels)}"),
    )


def named_leads(names: Sequence[str], *, where: str) -> LeadSelection:
    """Return which channels are standard leads.

    Raises
    ------
    LeadError
        When none is, with the question; or when two are the same one.
    """
    if not any(canonical_lead(name) for name in names):
        raise LeadError(
            f"{where} doesn't say which of the standard leads ({', '.join(STANDARD_LEADS)}) it holds, only "
            f"{', '.join(names[:12]) or 'signals without names'}; if you know, name each signal: --leads II on the "
            "command line, options={'leads': ['II']} in Python"
        )
    return select_standard_leads(names, where=where)

"""Which rows of a stored signal are standard leads, and in which order a record holds them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from einthoven.ecg.leads import STANDARD_LEADS, canonical_lead
from einthoven.errors import LeadError

__all__ = ["LeadSelection", "select_standard_leads"]

_POSITION = {lead: index for index, lead in enumerate(STANDARD_LEADS)}


@dataclass(frozen=True, slots=True)
class LeadSelection:
    """Rows to keep, their canonical names in canonical order, and the names that were left out."""

    rows: tuple[int, ...]
    leads: tuple[str, ...]
    left_out: tuple[str, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        """What the provenance of the record should say about it."""
        if not self.left_out:
            return ()
        return (f"left out, not among the 12 standard leads: {', '.join(self.left_out)}",)


def select_standard_leads(names: Sequence[str], *, where: str) -> LeadSelection:
    """Return the rows that are standard leads.

    Raises
    ------
    LeadError
        When no row is one of the 12, or two rows are the same one.
    """
    try:
        return _select(tuple(names))
    except LeadError as error:
        raise LeadError(f"{where} {error}") from None


@lru_cache(maxsize=256)  # the records of an archive name their leads alike
def _select(names: tuple[str, ...]) -> LeadSelection:
    found: dict[str, int] = {}
    left_out = []
    for row, name in enumerate(names):
        lead = canonical_lead(name)
        if lead is None:
            left_out.append(name or f"signal {row}")
        elif lead in found:
            raise LeadError(f"holds lead {lead} twice (rows {found[lead]} and {row}): keep one of them")
        else:
            found[lead] = row
    if not found:
        raise LeadError(
            f"holds none of the 12 standard leads ({', '.join(STANDARD_LEADS)}), only {', '.join(left_out)}"
        )
    leads = tuple(sorted(found, key=_POSITION.__getitem__))
    return LeadSelection(tuple(found[lead] for lead in leads), leads, tuple(left_out))

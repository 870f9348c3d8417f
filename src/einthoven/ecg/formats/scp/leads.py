"""Leads of an SCP-ECG record: their codes (EN 1064, table 5), and which samples each of them has (section 3)."""

from __future__ import annotations

from dataclasses import dataclass

from einthoven.ecg.formats.scp.sections import Section

__all__ = [
    "ALL_SIMULTANEOUS",
    "LEAD_CODES",
    "SIMULTANEOUS_SHIFT",
    "Lead",
    "LeadDefinition",
    "lead_definition",
    "lead_name",
]

SUBTRACTED = 0b001  # flags of section 3
ALL_SIMULTANEOUS = 0b100
SIMULTANEOUS_SHIFT = 3  # the number of leads recorded at once is in the upper 5 bits
LEAD_BYTES = 9

# codes 0 to 120 in their order; those above are for EASI, dogs and auxiliary leads
_MEASURED_0_TO_30 = (
    "unspecified I II V1 V2 V3 V4 V5 V6 V7 V2R V3R V4R V5R V6R V7R X Y Z CC5 CM5 LA RA LL fI fE fC fA fM fF fH"
)
_MEASURED_61_TO_78 = "III aVR aVL aVF -aVR V8 V9 V8R V9R D A J Defib Extern A1 A2 A3 A4"
_DERIVED_79_TO_85 = "V8 V9 V8R V9R D A J"
_MEASURED_86_TO_110 = (
    "Chest V VR VL VF MCL MCL1 MCL2 MCL3 MCL4 MCL5 MCL6 CC CC1 CC2 CC3 CC4 CC6 CC7 CM CM1 CM2 CM3 CM4 CM6"
)
_DERIVED_111_TO_120 = "III aVR aVL aVF -aVR Chest V VR VL VF"


def _derived(names: str) -> list[str]:
    """Return names of leads that were computed from others (Frank, EASI), so are not the recorded lead of that name."""
    return [f"derived {name}" for name in names.split()]


_NAMES = (
    *_MEASURED_0_TO_30.split(),
    *_derived(_MEASURED_0_TO_30)[1:],
    *_MEASURED_61_TO_78.split(),
    *_derived(_DERIVED_79_TO_85),
    *_MEASURED_86_TO_110.split(),
    *_derived(_DERIVED_111_TO_120),
)
LEAD_CODES = {name: code for code, name in enumerate(_NAMES)}


@dataclass(frozen=True, slots=True)
class Lead:
    """One lead: ``first`` and ``last`` are the numbers of its samples in the recording, which begins with 1."""

    name: str
    first: int
    last: int

    @property
    def n_samples(self) -> int:
        """How many samples the lead has."""
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class LeadDefinition:
    """Section 3; ``subtracted`` says that the reference beat was taken off the stored signal."""

    leads: tuple[Lead, ...]
    subtracted: bool
    notes: tuple[str, ...]


def lead_name(code: int) -> str:
    """Return the lead that a code stands for.

    Examples
    --------
    >>> [lead_name(code) for code in (1, 3, 61, 64, 31, 200)]
    ['I', 'V1', 'III', 'aVF', 'derived I', 'lead 200']
    """
    return _NAMES[code] if code < len(_NAMES) else f"lead {code}"


def lead_definition(section: Section) -> LeadDefinition:
    """Return the leads in the order in which their samples are stored.

    Raises
    ------
    UnreadableFileError
        When there is none, or one ends before it begins.
    """
    count, flags = section.unpack("BB")
    section.require(2, count * LEAD_BYTES)
    leads = []
    for at in range(2, 2 + count * LEAD_BYTES, LEAD_BYTES):
        first, last, code = section.unpack("IIB", at)
        if not 1 <= first <= last:
            raise section.error(f"gives lead {lead_name(code)} the samples {first:,} to {last:,}", at=at)
        leads.append(Lead(lead_name(code), first, last))
    if not leads:
        raise section.error("defines no leads")
    notes = []
    if not flags & ALL_SIMULTANEOUS and len(leads) > 1:
        notes.append(f"leads were recorded {flags >> SIMULTANEOUS_SHIFT or 'not all'} at a time")
    return LeadDefinition(tuple(leads), bool(flags & SUBTRACTED), tuple(notes))

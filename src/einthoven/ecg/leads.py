"""Names, order and algebra of the 12 standard leads (Einthoven 1908, Goldberger 1942, Wilson 1944)."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from einthoven.errors import LeadError

__all__ = [
    "LEAD_SETS",
    "LIMB_LEADS",
    "STANDARD_LEADS",
    "Derivation",
    "canonical_lead",
    "canonical_leads",
    "derive_limb_leads",
    "lead_mask",
    "leads_in_mask",
]

STANDARD_LEADS = ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")
LIMB_LEADS = STANDARD_LEADS[:6]
LEAD_SETS = {
    "12": STANDARD_LEADS,
    "8": ("I", "II", "V1", "V2", "V3", "V4", "V5", "V6"),
    "6": LIMB_LEADS,
    "1": ("I",),
}

_BY_LOWER_NAME = {lead.lower(): lead for lead in STANDARD_LEADS} | {
    # "derivation" in the Romance languages, for example in the files of Brazil's telehealth networks
    "di": "I",
    "dii": "II",
    "diii": "III",
}
# what vendors and nomenclatures (ISO/IEEE 11073-10102, DICOM, SCP-ECG) write around the name itself
_PREFIX = re.compile(r"^(mdc_ecg_(lead|elec_potl)_|(e[ck]g[ _]+)?lead[ _:-]*|e[ck]g[ _:-]+)")

# each limb lead as a multiple of I and of II: III = II - I, and Goldberger's augmented leads
_FROM_I_AND_II = np.array(
    [[1.0, 0.0], [0.0, 1.0], [-1.0, 1.0], [-0.5, -0.5], [1.0, -0.5], [-0.5, 1.0]], dtype=np.float64
)


def canonical_lead(name: str) -> str | None:
    """Return the standard name of a lead, or None when it is not one of the 12.

    Case, blanks and the prefixes of nomenclatures don't matter. A modified lead such as ``MLII`` is not lead II: its
    electrodes sit on the torso.

    Examples
    --------
    >>> [canonical_lead(name) for name in ("MDC_ECG_LEAD_II", "AVF", "Lead I", "v6", "MLII", "vx")]
    ['II', 'aVF', 'I', 'V6', None, None]
    """
    lowered = name.strip().lower()
    return _BY_LOWER_NAME.get(lowered) or _BY_LOWER_NAME.get(_PREFIX.sub("", lowered).strip())


def canonical_leads(names: Iterable[str], *, where: str = "the list of leads") -> tuple[str, ...]:
    """Return the standard names in the order given; ``where`` completes the error message.

    Raises
    ------
    LeadError
        When a name is not one of the 12, or stands twice.

    Examples
    --------
    >>> canonical_leads(["i", "AVF", "V1"])
    ('I', 'aVF', 'V1')
    """
    spelled = list(names)
    leads = [canonical_lead(name) for name in spelled]
    unknown = [name for name, lead in zip(spelled, leads, strict=True) if lead is None]
    if unknown:
        raise LeadError(f"leads must be among {', '.join(STANDARD_LEADS)}, got {unknown} in {where}")
    known = tuple(lead for lead in leads if lead is not None)
    doubled = sorted({lead for lead in known if known.count(lead) > 1})
    if doubled:
        raise LeadError(f"each lead may stand once, got {', '.join(doubled)} more than once in {where}")
    return known


def lead_mask(leads: Iterable[str]) -> int:
    """Return the leads as bits: bit k stands for ``STANDARD_LEADS[k]``.

    Examples
    --------
    >>> lead_mask(["I", "III"]), lead_mask(STANDARD_LEADS)
    (5, 4095)
    """
    return sum(1 << STANDARD_LEADS.index(lead) for lead in set(leads))


def leads_in_mask(mask: int) -> tuple[str, ...]:
    """Return the leads that a mask of ``lead_mask`` holds, in canonical order.

    Examples
    --------
    >>> leads_in_mask(5)
    ('I', 'III')
    """
    return tuple(lead for bit, lead in enumerate(STANDARD_LEADS) if mask >> bit & 1)


@dataclass(frozen=True, slots=True, eq=False)
class Derivation:
    """A signal whose limb leads are complete.

    Attributes
    ----------
    signal : float32 (lead, sample)
    leads : tuple of str
        In canonical order.
    derived : tuple of str
        Those that were computed.
    """

    signal: NDArray[np.float32]
    leads: tuple[str, ...]
    derived: tuple[str, ...]


def derive_limb_leads(signal: NDArray[np.float32], leads: Sequence[str]) -> Derivation:
    """Return the signal with all six limb leads, the missing ones computed from the first two of those present.

    Any two limb leads fix the frontal plane: III = II - I, aVR = -(I + II) / 2, aVL = I - II / 2, aVF = II - I / 2.
    Leads that are present are never replaced. NaN in a source gives NaN.

    Parameters
    ----------
    signal : float32 (lead, sample)
    leads : sequence of str
        Canonical names of the rows.

    Raises
    ------
    LeadError
        With fewer than two limb leads.

    Examples
    --------
    >>> complete = derive_limb_leads(np.array([[1.0], [3.0]], dtype=np.float32), ["I", "II"])
    >>> dict(zip(complete.leads, complete.signal[:, 0].tolist(), strict=True))
    {'I': 1.0, 'II': 3.0, 'III': 2.0, 'aVR': -2.0, 'aVL': -0.5, 'aVF': 2.5}
    """
    present = [lead for lead in LIMB_LEADS if lead in leads]
    missing = [lead for lead in LIMB_LEADS if lead not in leads]
    if missing and len(present) < 2:
        raise LeadError(
            f"{', '.join(missing)} can only be derived from two limb leads, got {', '.join(present) or 'none'}"
        )
    rows = {lead: signal[index] for index, lead in enumerate(leads)}
    if missing:
        weights = _weights(tuple(present[:2]), tuple(missing))
        sources = np.stack([rows[lead] for lead in present[:2]])
        rows.update(zip(missing, weights @ sources, strict=True))
    ordered = tuple(lead for lead in STANDARD_LEADS if lead in rows)
    return Derivation(np.stack([rows[lead] for lead in ordered]), ordered, tuple(missing))


@functools.lru_cache(maxsize=64)  # the records of an archive lack the same leads
def _weights(present: tuple[str, ...], missing: tuple[str, ...]) -> NDArray[np.float32]:
    """Return float32 (missing, 2): each missing limb lead as a sum of the two present ones."""
    basis = _FROM_I_AND_II[[LIMB_LEADS.index(lead) for lead in present]]
    wanted = _FROM_I_AND_II[[LIMB_LEADS.index(lead) for lead in missing]]
    weights: NDArray[np.float32] = (wanted @ np.linalg.inv(basis)).astype(np.float32)
    return weights

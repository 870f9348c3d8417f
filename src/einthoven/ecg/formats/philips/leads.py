"""Names of leads in Philips' Sierra ECG files."""

from __future__ import annotations

from einthoven.ecg.leads import canonical_lead

__all__ = ["sierra_lead"]

# the schema has both spellings: AHA's V and IEC's C
_IEC = {f"C{place}": f"V{place}" for place in range(1, 7)}


def sierra_lead(name: str) -> str:
    """Return the standard name of a lead, the file's own for any other.

    Examples
    --------
    >>> [sierra_lead(name) for name in ("AVF", "C4", "V4R", "-aVR")]
    ['aVF', 'V4', 'V4R', '-aVR']
    """
    spelled = _IEC.get(name.strip().upper(), name)
    return canonical_lead(spelled) or spelled

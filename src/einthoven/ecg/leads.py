"""Names, order and algebra of the 12 standard leads (Einthoven 1908, Goldberger 1942, Wilson 1944)."""

from __future__ import annotations

STANDARD_LEADS = ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")
LEAD_SETS = {
    "12": STANDARD_LEADS,
    "8": ("I", "II", "V1", "V2", "V3", "V4", "V5", "V6"),
    "6": ("I", "II", "III", "aVR", "aVL", "aVF"),
    "1": ("I",),
}

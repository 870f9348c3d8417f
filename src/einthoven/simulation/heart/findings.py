"""What of a state is read in an ECG: the findings that real ECGs were grouped by when hearts were fitted to them."""

from __future__ import annotations

from einthoven.simulation.clinical_state import ClinicalState
from einthoven.simulation.heart.traits import heart_constants

__all__ = ["FINDINGS", "degree_of_disease", "findings_of"]

_CONDUCTION = {"rbbb_lafb": ("rbbb", "lafb")}
_SIDES = {
    "anteroseptal": "anterior",
    "anterior": "anterior",
    "lateral": "lateral",
    "posterior": "lateral",
    "inferior": "inferior",
}
_CONSTANTS = heart_constants()["body_surface"]
_USUAL: dict[str, float] = _CONSTANTS["usual_degree"]

_DEGREES = ("lvh", "rvh", "ischaemia", "left_atrial_enlargement")

FINDINGS = (
    *("fibrillation", "flutter", "irbbb", "lafb", "lpfb"),
    *("infarct_anterior", "infarct_lateral", "infarct_inferior"),
    *_DEGREES,
)
"""All that come with other waves where QRS is narrow; a state may have more that don't."""


def findings_of(state: ClinicalState) -> dict[str, float]:
    """Return what comes with another heart than others' or another wave, and how marked it is, 1 as in PTB-XL."""
    found = dict.fromkeys([*_CONDUCTION.get(state.conduction, (state.conduction,)), state.rhythm], 1.0)
    for infarct in state.infarcts:
        side = f"infarct_{_SIDES[infarct.territory]}"
        found[side] = max(found.get(side, 0.0), infarct.size / _USUAL["infarct"])
    found |= {name: getattr(state, name) / _USUAL[name] for name in _DEGREES}
    return found


def degree_of_disease(state: ClinicalState) -> float:
    """Return 0 for a state that would be read as a normal ECG, 1 for one that wouldn't, between for slight disease."""
    if state.conduction != "normal" or state.rhythm != "sinus" or state.av_block != "none":
        return 1.0
    full: dict[str, float] = _CONSTANTS["fully_diseased_from"]
    degrees = [max((infarct.size for infarct in state.infarcts), default=0.0) / full["infarct"]]
    degrees += [getattr(state, name) / full[name] for name in _DEGREES]
    return float(min(1.0, max(degrees)))

"""What the program of an ECG machine finds in a heart: the truth, seen with stated sensitivity and false positives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from einthoven.simulation.clinical_state import ClinicalState
from einthoven.simulation.paper.parameters import table_of

__all__ = ["FINDINGS", "Interpretation", "ProgramErrors", "interpret"]

FINDINGS: tuple[str, ...] = tuple(table_of("statements")["finding"])
RHYTHMS = ("sinus", "fibrillation", "flutter", "undetermined")


@dataclass(frozen=True, slots=True, eq=False)
class ProgramErrors:
    """The dice of one ECG: ``detected, certain`` float64 (finding,), ``rhythm`` float, uniform in [0, 1).

    A program that errs once on a patient's shape errs again: most numbers are the patient's, the rest the ECG's.
    """

    detected: NDArray[np.float64]
    certain: NDArray[np.float64]
    rhythm: float

    @classmethod
    def draw(cls, random: np.random.Generator, *, of_patient: ProgramErrors | None = None) -> ProgramErrors:
        """Return new numbers, of which a share is the patient's."""
        fresh = random.random((2, len(FINDINGS) + 1))
        if of_patient is not None:
            kept = random.random(len(FINDINGS) + 1) < table_of("statements")["errors"]["repeated"]
            personal = np.stack([np.append(of_patient.detected, of_patient.rhythm), np.append(of_patient.certain, 0)])
            fresh = np.where(kept, personal, fresh)
        return cls(fresh[0, :-1], fresh[1, :-1], float(fresh[0, -1]))


@dataclass(frozen=True, slots=True)
class Interpretation:
    """What the program says.

    Attributes
    ----------
    rhythm : ``sinus``, ``fibrillation``, ``flutter`` or ``undetermined``
    findings : mapping of finding to bool
        Whether it is certain of it; in the order of ``statements.toml``.
    measured : tuple of str
        Findings that are numbers out of their limits.
    """

    rhythm: str
    findings: Mapping[str, bool]
    measured: tuple[str, ...]


def interpret(
    state: ClinicalState, measured: Mapping[str, float], *, limb_voltage_mv: float, errors: ProgramErrors
) -> Interpretation:
    """Return what the program makes of a heart.

    Parameters
    ----------
    state : ClinicalState
        What is true.
    measured : mapping of str to float
        What the machine has measured.
    limb_voltage_mv : float
        The largest QRS of the limb leads.
    errors : ProgramErrors
    """
    table = table_of("statements")
    present = true_findings(state)
    rhythm = _rhythm(table["rhythm"][state.rhythm], errors.rhythm)
    stated: dict[str, bool] = {}
    said = {rhythm}
    for at, name in enumerate(FINDINGS):
        rules = table["finding"][name]
        is_there = name in present
        rate = rules["sensitivity"] if is_there else rules["false_positive"]
        if errors.detected[at] >= rate or said.intersection(rules["without"]):
            continue
        share = rules["certain"] if is_there else rules["certain_if_false"]
        if name.startswith("infarct_") and is_there:
            share *= min(1.0, present[name] / table["thresholds"]["infarct_certain_size"])
        stated[name] = bool(errors.certain[at] < share)
        said.add(name)
    return Interpretation(rhythm, stated, _measured(table, state, measured, limb_voltage_mv, said))


def true_findings(state: ClinicalState) -> dict[str, float]:
    """Return what the heart has, by the names of ``statements.toml``, each with its size or 1."""
    limits = table_of("statements")["thresholds"]
    found = dict.fromkeys(_OF_CONDUCTION.get(state.conduction, ()), 1.0)
    if state.av_block in _OF_BLOCK:
        found[_OF_BLOCK[state.av_block]] = 1.0
    for infarct in state.infarcts:
        name = f"infarct_{infarct.territory}"
        if infarct.size >= limits["infarct_size"]:
            found[name] = max(found.get(name, 0.0), infarct.size)
    graded = {
        "lvh": state.lvh >= limits["lvh"],
        "rvh": state.rvh >= limits["rvh"],
        "left_atrial_enlargement": state.left_atrial_enlargement >= limits["left_atrial_enlargement"],
        "ischaemia": state.ischaemia >= limits["ischaemia"],
        "nonspecific_st_t": 0 < state.ischaemia < limits["ischaemia"],
        "digitalis": state.digoxin,
        "pericarditis": state.pericarditis >= limits["pericarditis"],
        "hyperkalaemia": state.potassium_mmol_l >= limits["hyperkalaemia_mmol_l"],
        "ventricular_ectopy": state.ventricular_ectopy > 0,
        "atrial_ectopy": state.atrial_ectopy > 0 and state.rhythm == "sinus",
    }
    return found | {name: 1.0 for name, is_there in graded.items() if is_there}


_OF_CONDUCTION = {
    "lbbb": ("lbbb",),
    "rbbb": ("rbbb",),
    "irbbb": ("irbbb",),
    "lafb": ("lafb",),
    "lpfb": ("lpfb",),
    "rbbb_lafb": ("rbbb", "lafb"),
    "ivcd": ("ivcd",),
    "wpw": ("wpw",),
    "paced": ("paced",),
}
_OF_BLOCK = {"wenckebach": "wenckebach", "mobitz": "mobitz", "complete": "complete_av_block"}


def _rhythm(shares: Mapping[str, Any], dice: float) -> str:
    reached = 0.0
    for name in RHYTHMS:
        reached += shares[name]
        if dice < reached:
            return name
    return RHYTHMS[0]


def _measured(
    table: Mapping[str, Any],
    state: ClinicalState,
    measured: Mapping[str, float],
    limb_voltage_mv: float,
    said: set[str],
) -> tuple[str, ...]:
    limits = table["limits"]
    axis = measured.get("qrs_axis_deg", 0.0)
    out = {
        "first_degree": measured.get("pr_ms", 0.0) > limits["first_degree_ms"],
        "left_axis": axis < limits["left_axis_deg"],
        "right_axis": axis > limits["right_axis_deg"],
        "low_voltage": limb_voltage_mv < limits["low_voltage_limb_mv"],
        "prolonged_qt": measured.get("qtc_ms", 0.0) >= limits["qtc_ms"][state.sex],
    }
    return tuple(name for name, rules in table["measured"].items() if out[name] and not said & set(rules["without"]))

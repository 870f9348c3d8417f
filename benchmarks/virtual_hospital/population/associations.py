"""What hearts with a finding are like beside what the finding itself does: ridge regression of traits on findings.

One number is set by hand. The fit to normal ECGs leaves the right ventricle weak, so that one which is activated late
and alone hardly shows; the shift that the regression finds for right bundle branch block makes up for that by moving
everything else. It is halved, and ``right_amplitude`` is raised by 0.85 instead.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from aligned_beats import RealBeat
from heart_population import NAMES, VENTRICULAR, Population
from kinds import FEWEST_PERSONS
from moments import ridge_regression
from numpy.typing import NDArray

from einthoven.simulation.clinical_state import ClinicalState
from einthoven.simulation.heart.traits import trait_space

__all__ = ["FINDINGS", "associations", "regressed_on_findings"]

Array = NDArray[np.float64]

FINDINGS = (
    "lbbb",
    "rbbb",
    "irbbb",
    "lafb",
    "lpfb",
    "ivcd",
    "fibrillation",
    "flutter",
    "infarct_anterior",
    "infarct_inferior",
    "infarct_lateral",
    "lvh",
    "rvh",
    "ischaemia",
)
"""As the heart calls them (``Heart``)."""

CONDUCTION = {"rbbb_lafb": ("rbbb", "lafb")}
INFARCT_SIDES = {
    "anterior": {"anteroseptal", "anterior"},
    "inferior": {"inferior"},
    "lateral": {"lateral", "posterior"},
}
SOFT_LVH = 0.2  # that readers don't see
PENALTY = 1.0  # persons: a finding that as many have is believed half
FARTHEST_SD = 6.0
RBBB_SHARE, RBBB_RIGHT_AMPLITUDE = 0.5, 0.85


def associations(beats: Sequence[RealBeat], traits: Array, population: Population) -> dict[str, Array]:
    """Return float64 (trait,) for each finding: what people with it have more of, standardised.

    Parameters
    ----------
    beats : sequence of RealBeat
        With findings.
    traits : float64 (beat, trait)
        Fitted in the state that the findings say.
    population : Population
        Of people with normal ECGs.
    """
    expected = [population.expected(age_years=beat.state.age_years, sex=beat.state.sex) for beat in beats]
    away = np.zeros(traits.shape)
    away[:, VENTRICULAR] = np.clip(traits - np.array(expected), -FARTHEST_SD, FARTHEST_SD)[:, VENTRICULAR]
    there = np.array([_has(beat.state) for beat in beats])
    found = regressed_on_findings(there, away, [beat.patient for beat in beats])
    shifts = dict(zip(FINDINGS, found, strict=True))
    right = NAMES.index("right_amplitude")
    shifts["rbbb"] = RBBB_SHARE * shifts["rbbb"]
    shifts["rbbb"][right] += RBBB_RIGHT_AMPLITUDE / trait_space().spread[right]
    return shifts


def regressed_on_findings(there: NDArray[np.bool_], values: Array, patients: Sequence[str]) -> Array:
    """Return float64 (finding, value): coefficients; zero for a finding of fewer than ``FEWEST_PERSONS`` persons.

    Parameters
    ----------
    there : bool (person, finding)
    values : float64 (person, value)
    patients : sequence of str
        Several rows may be one person's.
    """
    names = np.array(patients)
    enough = np.array([np.unique(names[column]).size >= FEWEST_PERSONS for column in there.T])
    found = np.zeros((there.shape[1], values.shape[1]))
    found[enough] = ridge_regression(there[:, enough].astype(np.float64), values, penalty=PENALTY)
    return found


def _has(state: ClinicalState) -> list[bool]:
    """Return which of ``FINDINGS`` a state has; how marked they are isn't known of real people, but drawn."""
    territories = {infarct.territory for infarct in state.infarcts}
    degrees = {"lvh": state.lvh - SOFT_LVH, "rvh": state.rvh, "ischaemia": state.ischaemia}
    present = {*CONDUCTION.get(state.conduction, (state.conduction,)), state.rhythm}
    present |= {f"infarct_{side}" for side, among in INFARCT_SIDES.items() if territories & among}
    present |= {name for name, degree in degrees.items() if degree > 0}
    return [finding in present for finding in FINDINGS]

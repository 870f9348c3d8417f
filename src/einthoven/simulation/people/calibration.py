"""Which intercepts give a hospital the prevalences that are asked of it.

Each intercept is found by bisection on a pilot while the others stand, in turn, until all fit. The pilot's seed is
fixed: the same hospital always gets the same intercepts, whatever is simulated with them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache, partial

import numpy as np

from einthoven.errors import SpecificationError
from einthoven.simulation.hospitals import Control, HospitalSettings
from einthoven.simulation.people.dials import CALIBRATED, ECHO, LVSD, Dials
from einthoven.simulation.people.intercepts import known_shifts
from einthoven.simulation.people.parameters import parameters
from einthoven.simulation.people.pilot import Pilot, draw_pilot

__all__ = ["as_calibrated", "calibrated_dials", "dials_of"]

WIDEST_SHIFT = 14.0  # log odds: between one in a million and all but one
BISECTIONS = 40


@lru_cache(maxsize=32)
def dials_of(hospital: HospitalSettings) -> Dials:
    """Return the shifts of this hospital's intercepts; the first call for one that is no preset takes some seconds.

    Raises
    ------
    SpecificationError
        For a prevalence that the hospital's other settings don't allow.
    """
    hospital = as_calibrated(hospital)
    shifts = known_shifts(hospital)
    return calibrated_dials(hospital) if shifts is None else _dials(hospital, shifts)


def as_calibrated(hospital: HospitalSettings) -> HospitalSettings:
    """Return a hospital without what changes nothing about who comes and what is found: many share a calibration."""
    control: Control = "none" if hospital.control == "no_traits" else hospital.control
    shares = HospitalSettings().writers
    return replace(
        hospital, control=control, site="A", patients=1, device="", file_format="", columns={}, writers=shares
    )


@lru_cache(maxsize=32)
def calibrated_dials(hospital: HospitalSettings) -> Dials:
    """Return the shifts, computed."""
    pilot = draw_pilot(hospital)
    shifts, echo = dict.fromkeys(CALIBRATED, 0.0), 0.0
    for _ in range(parameters("calibration")["rounds"]):
        weights = pilot.weights(np.array(list(shifts.values())))
        echo = _reached(partial(pilot.echo_share, weights), hospital.echo_share, name="echo_share")
        for condition, name in zip(CALIBRATED, ("lvsd_prevalence", "af_prevalence", "lbbb_prevalence"), strict=True):
            target = getattr(hospital, name)
            if target is not None:
                prevalence = _prevalence(pilot, condition, shifts=shifts, echo=echo)
                shifts[condition] = _reached(prevalence, target, name=name)
    return _dials(hospital, {**shifts, ECHO: echo})


def _dials(hospital: HospitalSettings, shifts: dict[str, float]) -> Dials:
    return Dials(shifts=shifts, independent=hospital.control == "independent")


def _prevalence(pilot: Pilot, condition: str, *, shifts: dict[str, float], echo: float) -> Callable[[float], float]:
    """Return the prevalence that one condition's shift gives, the others being what they are."""

    def prevalence(shift: float) -> float:
        changed = np.array(list((shifts | {condition: shift}).values()))
        if condition == LVSD:
            return pilot.lvsd_at_pairs(pilot.weights(changed), echo)
        return pilot.shown(condition, changed)

    return prevalence


def _reached(rising: Callable[[float], float], target: float, *, name: str) -> float:
    """Return where a rising function reaches the target."""
    low, high = -WIDEST_SHIFT, WIDEST_SHIFT
    least, most = rising(low), rising(high)
    if not least < target < most:
        raise SpecificationError(
            f"{name} = {target} can't be reached with the hospital's other settings: possible is {least:.4f} to "
            f"{most:.4f}; change {name} or the others"
        )
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < target else (low, middle)
    return (low + high) / 2

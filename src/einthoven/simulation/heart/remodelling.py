"""What disease, drugs and electrolytes do to a heart: from a person's traits and state to the heart of that day."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from einthoven.simulation.clinical_state import ClinicalState, Infarct
from einthoven.simulation.heart.lead_field import heart_axes
from einthoven.simulation.heart.mesh import LEFT, RIGHT
from einthoven.simulation.heart.traits import HeartParameters, heart_constants

__all__ = ["Regional", "Remodelled", "remodelled"]

Array = NDArray[np.float64]

EDGE = 0.12  # of a region's width, over which it fades
N_LEFT, N_RIGHT = LEFT.phi.size, RIGHT.phi.size
ENDO, OUTER = slice(0, N_LEFT), slice(N_LEFT, 2 * N_LEFT)
BOTH_LEFT, RIGHT_SIDE = slice(0, 2 * N_LEFT), slice(2 * N_LEFT, None)


@dataclass(slots=True, eq=False)
class Regional:
    """What differs from place to place: float64 (node,) each.

    Attributes
    ----------
    swing : in [0, ...)
        Factor of the membrane's swing; 0 is dead.
    lost_early : share of the swing
        Injury and ischaemia.
    longer_ms : ms
        By which action potentials are longer.
    delay_ms : ms
        Of the activation.
    """

    swing: Array
    lost_early: Array
    longer_ms: Array
    delay_ms: Array


@dataclass(frozen=True, slots=True, eq=False)
class Remodelled:
    """A heart of one day.

    Attributes
    ----------
    parameters : HeartParameters
    regional : Regional
    stretch : float
        Of the membrane's fall.
    p_left : float in (0, 1]
        Share of the P wave that high potassium leaves.
    """

    parameters: HeartParameters
    regional: Regional
    stretch: float
    p_left: float


def remodelled(parameters: HeartParameters, state: ClinicalState) -> Remodelled:
    """Return the heart of a person in a state."""
    n = 2 * (N_LEFT + N_RIGHT)
    regional = Regional(np.ones(n), np.zeros(n), np.zeros(n), np.zeros(n))
    effect = heart_constants()["systolic_dysfunction"]
    weak = (effect["healthy_lvef"] - state.lvef) / (effect["healthy_lvef"] - effect["worst_lvef"])
    weak = min(max(weak, 0.0), 1.0)
    axes = heart_axes(parameters)
    parameters = _weakened(parameters, regional, weak, axes=axes)
    parameters = _hypertrophied(parameters, regional, state, axes=axes)
    for infarct in state.infarcts:
        _infarcted(regional, infarct, axes=axes)
    _ischaemic(regional, state, axes=axes)
    parameters, stretch = _electrolytes(parameters, regional, state)
    effect = heart_constants()["electrolytes"]
    p_left = max(effect["p_least"], 1 - effect["p_loss"] * max(0.0, state.potassium_mmol_l - effect["potassium_high"]))
    return Remodelled(_atria(parameters, state), regional, stretch, p_left)


def _weakened(parameters: HeartParameters, regional: Regional, weak: float, *, axes: Array) -> HeartParameters:
    """Dilate and slow; voltages fall in the limbs and over the anterior wall (Goldberger, Am J Cardiol 1982;49:120)."""
    if not weak:
        return parameters
    effect = heart_constants()["systolic_dysfunction"]
    anterior = (
        effect["anterior_loss"] * weak * _patch(effect["anterior_faces"], axes, width_deg=effect["anterior_width_deg"])
    )
    regional.swing[BOTH_LEFT] *= np.tile(1 - anterior, 2)
    return replace(
        parameters,
        lv_radius=parameters.lv_radius * (1 + effect["radius"] * weak),
        lv_length=parameters.lv_length * (1 + effect["length"] * weak),
        gain=parameters.gain * (1 - effect["voltage_loss"] * weak),
        limb_gain=parameters.limb_gain * (1 - effect["limb_voltage_loss"] * weak),
        v_purkinje=parameters.v_purkinje * (1 - effect["slowing"] * weak),
        v_muscle=parameters.v_muscle * (1 - effect["slowing"] * weak),
        v_right=parameters.v_right * (1 - effect["slowing"] * weak),
        t_right=parameters.t_right * (1 + effect["slowing"] * weak),
        apd_field=parameters.apd_field * (1 - effect["t_loss"] * weak),
        transmural=parameters.transmural * (1 - effect["t_loss"] * weak),
    )


def _hypertrophied(
    parameters: HeartParameters, regional: Regional, state: ClinicalState, *, axes: Array
) -> HeartParameters:
    effect = heart_constants()["hypertrophy"]
    if state.lvh:
        strain = float(np.clip((state.lvh - effect["strain_begins"]) / effect["strain_range"], 0, 1))
        regional.swing[BOTH_LEFT] *= 1 + effect["left_swing"] * state.lvh
        lateral = strain * _patch(effect["strain_faces"], axes, width_deg=effect["strain_width_deg"])
        regional.lost_early[ENDO] += effect["strain_endo_loss"] * lateral
        regional.longer_ms[OUTER] += effect["strain_longer_ms"] * lateral
        parameters = replace(
            parameters,
            wall=parameters.wall * (1 + effect["wall"] * state.lvh),
            azimuth=parameters.azimuth - effect["turn_back_deg"] * state.lvh,
        )
    if state.rvh:
        regional.longer_ms[RIGHT_SIDE] += effect["right_strain_longer_ms"] * state.rvh
        parameters = replace(
            parameters,
            rv_width=parameters.rv_width * (1 + effect["right_width"] * state.rvh),
            right_amplitude=parameters.right_amplitude + effect["right_swing"] * state.rvh,
        )
    return parameters


def _infarcted(regional: Regional, infarct: Infarct, *, axes: Array) -> None:
    """Kill a patch, slow its surroundings, raise ST in the first days, then let T turn and come back over months."""
    effect = heart_constants()["infarction"]
    faces = effect["territories"][infarct.territory]
    patch = _patch(faces, axes, width_deg=effect["width_deg"] * np.sqrt(infarct.size))
    dead = patch * min(1.0, infarct.age_days / effect["dead_after_days"])
    injury = max(0.0, 1 - infarct.age_days / effect["injury_days"])
    turned = np.exp(-infarct.age_days / effect["t_recovers_days"]) * min(1.0, infarct.age_days / effect["t_turns_days"])
    regional.swing[ENDO] *= 1 - dead
    regional.swing[OUTER] *= 1 - effect["transmural_share"] * dead
    regional.lost_early[ENDO] += 0.5 * effect["injury_loss"] * injury * patch
    regional.lost_early[OUTER] += effect["injury_loss"] * injury * patch
    regional.longer_ms[BOTH_LEFT] += np.tile(effect["longer_ms"] * turned * patch, 2)
    regional.delay_ms[BOTH_LEFT] += np.tile(effect["delay_ms"] * patch * min(1.0, infarct.age_days), 2)


def _ischaemic(regional: Regional, state: ClinicalState, *, axes: Array) -> None:
    effect = heart_constants()["ischaemia"]
    if state.ischaemia:
        region = _patch(effect["faces"], axes, width_deg=effect["width_deg"])
        regional.lost_early[ENDO] += effect["endo_loss"] * state.ischaemia * region
        regional.longer_ms[OUTER] += effect["epi_longer_ms"] * state.ischaemia * region
    regional.lost_early[ENDO] += effect["digoxin_endo_loss"] * state.digoxin
    regional.lost_early[OUTER] += effect["pericarditis_loss"] * state.pericarditis


def _electrolytes(
    parameters: HeartParameters, regional: Regional, state: ClinicalState
) -> tuple[HeartParameters, float]:
    effect = heart_constants()["electrolytes"]
    high = max(0.0, state.potassium_mmol_l - effect["potassium_high"])
    low = max(0.0, effect["potassium_low"] - state.potassium_mmol_l)
    gradient = (1 + effect["tent"] * high) * max(0.0, 1 - effect["flat"] * low)
    slowing = max(0.3, 1 - effect["slowing"] * max(0.0, high - 0.5))
    duration = (
        parameters.apd
        - effect["shorter_ms"] * high
        + effect["longer_ms"] * low
        - effect["calcium_ms"] * (state.calcium_mmol_l - effect["calcium_normal"])
        - effect["digoxin_shorter_ms"] * state.digoxin
        + state.qt_shift_ms
    )
    if not high and not low:
        return replace(parameters, apd=duration), 1.0
    regional.lost_early[ENDO] += effect["low_endo_loss"] * low
    changed = replace(
        parameters,
        apd=duration,
        apd_field=parameters.apd_field * gradient,
        transmural=parameters.transmural * gradient,
        v_purkinje=parameters.v_purkinje * slowing,
        v_muscle=parameters.v_muscle * slowing,
        v_right=parameters.v_right * slowing,
        t_right=parameters.t_right / slowing,
    )
    return changed, max(0.5, 1 - effect["narrowing"] * high) * (1 + effect["widening"] * low)


def _atria(parameters: HeartParameters, state: ClinicalState) -> HeartParameters:
    enlarged = state.left_atrial_enlargement
    if not enlarged:
        return parameters
    effect = heart_constants()["atrial_enlargement"]
    longer = np.array([0.0, 0.0, effect["later_ms"], effect["wider_ms"]]) * enlarged
    return replace(
        parameters,
        left_atrium=parameters.left_atrium * (1 + effect["larger"] * enlarged),
        atrial_times=parameters.atrial_times + longer,
    )


def _patch(faces: Sequence[float], axes: Array, *, width_deg: float) -> Array:
    """Return float64 (left node,) in [0, 1]: 1 in the middle of a region, a half where ``width_deg / 2`` away.

    Parameters
    ----------
    faces : three float
        Which way the region's middle looks from the middle of the ventricle: left, down, back in the chest.
    axes : float64 (3, 3)
        The heart's, in the chest.
    """
    towards = axes @ faces / math.hypot(*faces)
    angle = np.degrees(np.arccos(np.minimum(np.maximum(_FROM_MIDDLE @ towards, -1), 1)))
    patch: Array = 1 / (1 + np.exp((angle - width_deg / 2) / (EDGE * width_deg)))
    return patch


_FROM_MIDDLE = np.column_stack(
    [np.cos(LEFT.phi), np.sin(LEFT.phi) * np.cos(LEFT.theta), np.sin(LEFT.phi) * np.sin(LEFT.theta)]
)

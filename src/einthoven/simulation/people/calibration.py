"""Which intercepts give a hospital the prevalences that are asked of it.

Patients are drawn once, with LVSD, AF and LBBB far commoner than they are; each is weighed by how likely the hospital's
intercepts make what was drawn (importance sampling). A prevalence is then a weighted mean, smooth in the intercepts, and
each intercept is found by bisection while the others stand, in turn, until all fit. The seed is fixed: the same hospital
always gets the same intercepts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from einthoven.errors import SpecificationError
from einthoven.simulation.hospitals import HospitalSettings
from einthoven.simulation.people.conditions import CALIBRATED, CHAIN, Dials, draw_conditions
from einthoven.simulation.people.course import complete_course
from einthoven.simulation.people.demography import draw_demography
from einthoven.simulation.people.draws import Draws
from einthoven.simulation.people.echo import echo_risk, measured_lvef, within_window
from einthoven.simulation.people.parameters import parameters
from einthoven.simulation.people.state import fibrillation_probability
from einthoven.simulation.people.visits import inpatient_probability

__all__ = ["dials_of"]

WIDEST_SHIFT = 14.0  # log odds


@dataclass(frozen=True, slots=True)
class _Pilot:
    """Patients drawn for the calibration; all arrays are float64 (patient,) or (patient, condition).

    ``log_odds`` are those without shifts of what is in ``CALIBRATED``; ``present`` what was drawn.
    """

    log_odds: NDArray[np.float64]
    present: NDArray[np.float64]
    echo_log_odds: NDArray[np.float64]
    fibrillation: NDArray[np.float64]
    block: NDArray[np.float64]
    paired: NDArray[np.float64]
    positive: NDArray[np.float64]

    def weights(self, shifts: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the weight of each patient in a hospital with these shifts."""
        proposal = np.array([parameters("calibration")[name] for name in CALIBRATED])
        signed = np.where(self.present > 0, 1.0, -1.0) * (self.log_odds + shifts)
        drawn = np.where(self.present > 0, proposal, 1 - proposal)
        weights: NDArray[np.float64] = np.prod(1 / (1 + np.exp(-signed)) / drawn, axis=1)
        return weights / weights.sum()


def dials_of(hospital: HospitalSettings) -> Dials:
    """Return the shifts of this hospital; the first call for a hospital takes about a second."""
    neutral = replace(hospital, site="A", patients=1, device="A", file_format="muse", columns={})
    independent = hospital.control == "independent"
    return _dials(replace(neutral, control="independent" if independent else "none", writers=(1.0, 0.0, 0.0)))


@lru_cache(maxsize=32)
def _dials(hospital: HospitalSettings) -> Dials:
    independent = hospital.control == "independent"
    pilot = _draw_pilot(hospital, Dials(independent=independent))
    shifts, echo = np.zeros(len(CALIBRATED)), 0.0

    def examined() -> NDArray[np.float64]:
        return 1 / (1 + np.exp(-(pilot.echo_log_odds + echo)))

    def lvsd(weights: NDArray[np.float64]) -> float:
        pairs = weights * examined() * pilot.paired
        return float((pairs * pilot.positive).sum() / pairs.sum())

    targets: list[tuple[int, float | None, Callable[[NDArray[np.float64]], float]]] = [
        (0, hospital.lvsd_prevalence, lvsd),
        (1, hospital.af_prevalence, lambda weights: float((weights * pilot.fibrillation).sum())),
        (2, hospital.lbbb_prevalence, lambda weights: float((weights * pilot.block).sum())),
    ]
    for _ in range(parameters("calibration")["rounds"]):
        weights = pilot.weights(shifts)
        echo = _bisect(
            lambda shift, weights=weights: float((weights / (1 + np.exp(-(pilot.echo_log_odds + shift)))).sum()),
            hospital.echo_share,
            name="echo_share",
        )
        for column, target, prevalence in targets:
            if target is not None:
                shifts[column] = _bisect(
                    lambda shift, column=column, prevalence=prevalence: prevalence(
                        pilot.weights(np.where(np.arange(len(CALIBRATED)) == column, shift, shifts))
                    ),
                    target,
                    name=("lvsd_prevalence", "af_prevalence", "lbbb_prevalence")[column],
                )
    found = dict(zip(CALIBRATED, shifts.tolist(), strict=True)) | {"echo": echo}
    return Dials(shifts=found, independent=independent)


def _bisect(function: Callable[[float], float], target: float, *, name: str) -> float:
    """Return where a rising function reaches the target."""
    low, high = -WIDEST_SHIFT, WIDEST_SHIFT
    if not function(low) < target < function(high):
        raise SpecificationError(
            f"{name} = {target} can't be reached with the hospital's other settings: "
            f"possible are {function(low):.4f} to {function(high):.4f}"
        )
    for _ in range(36):
        middle = (low + high) / 2
        low, high = (middle, high) if function(middle) < target else (low, middle)
    return (low + high) / 2


def _draw_pilot(hospital: HospitalSettings, dials: Dials) -> _Pilot:
    """Draw the patients: their conditions, and what the first visit would show."""
    known = parameters("calibration")
    draws = Draws(np.random.Generator(np.random.PCG64(np.random.SeedSequence(known["seed"]))))
    risks, ever = {name: dials.risk(name) for name in CHAIN}, echo_risk(dials)
    fluctuation, rows = parameters("lvef.fluctuation")["sd"], []
    for _ in range(known["people"]):
        person = draw_demography(draws, hospital)
        conditions = draw_conditions(draws, person, risks=risks, proposal=known)
        course = complete_course(draws, person, conditions, dials=dials, horizon_days=1.0)
        lvef = course.lvef.at(3.0) + draws.normal(0, fluctuation)
        measured, _ = measured_lvef(draws, lvef, hospital)
        inpatient = inpatient_probability(course, hospital)
        rows.append([
            *(conditions.log_odds[name] for name in CALIBRATED),
            *(conditions.facts.get(name, 0.0) for name in CALIBRATED),
            ever.log_odds(conditions.facts),
            fibrillation_probability(course, day=0.0),
            _shows_block(conditions.facts),
            inpatient * within_window("inpatient") + (1 - inpatient) * within_window("outpatient"),
            float(measured <= parameters("lvsd")["threshold"]),
        ])  # fmt: skip
    table, n = np.array(rows), len(CALIBRATED)
    return _Pilot(table[:, :n], table[:, n : 2 * n], *table[:, 2 * n :].T)


def _shows_block(facts: dict[str, float]) -> float:
    """Return how likely the first ECG shows LBBB: a pacemaker or preexcitation hides it."""
    paced = parameters("state.paced")["share"] * facts.get("pacemaker", 0.0)
    return facts.get("left_bundle_branch_block", 0.0) * (1 - paced) * (1 - facts.get("preexcitation", 0.0))

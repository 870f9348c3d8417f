"""Patients drawn to calibrate a hospital: what their ECGs and echoes would show, under any intercepts.

Importance sampling: LVSD, AF and LBBB are drawn far commoner than they are, and each patient is weighed by how likely
the hospital's intercepts make what was drawn. A prevalence is then a weighted mean that is smooth in the intercepts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from einthoven.simulation.hospitals import HospitalSettings
from einthoven.simulation.people.conditions import draw_conditions
from einthoven.simulation.people.demography import draw_demography
from einthoven.simulation.people.dials import CALIBRATED, ECHO, Dials
from einthoven.simulation.people.draws import Draws
from einthoven.simulation.people.echo import echo_days, measured_lvef
from einthoven.simulation.people.life import Life, draw_first_moment, draw_life
from einthoven.simulation.people.parameters import parameters
from einthoven.simulation.people.state import fibrillation_probability

__all__ = ["WINDOW_DAYS", "Pilot", "draw_pilot"]

WINDOW_DAYS = 14.0  # between ECG and echo of a pair: JMIR Med Inform 2026;14:e83127


@dataclass(frozen=True, slots=True, eq=False)
class Pilot:
    """Patients drawn for the calibration; arrays are float64 (patient,), the first two (patient, condition).

    Attributes
    ----------
    log_odds : array
        Of what is in ``CALIBRATED``, without shifts.
    present : array
        Whether it was drawn.
    echo_log_odds : array
        Of an echo on account of the first visit, without shift.
    fibrillation, block : array
        Probability that the first ECG shows AF or flutter; LBBB.
    echoed, paired, low : array (patient, 2)
        Whether there is an echo, a pair of ECG and echo, and whether the first pair's measured LVEF is LVSD: if no echo
        is asked for on account of the first visit, and if one is.
    """

    log_odds: NDArray[np.float64]
    present: NDArray[np.float64]
    echo_log_odds: NDArray[np.float64]
    fibrillation: NDArray[np.float64]
    block: NDArray[np.float64]
    echoed: NDArray[np.float64]
    paired: NDArray[np.float64]
    low: NDArray[np.float64]

    def weights(self, shifts: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the weight of each patient in a hospital with these shifts of ``CALIBRATED``; their sum is 1."""
        proposal = np.array(list(_proposal().values()))
        signed = np.where(self.present > 0, 1.0, -1.0) * (self.log_odds + shifts)
        drawn = np.where(self.present > 0, proposal, 1 - proposal)
        weights = np.prod(1 / (1 + np.exp(-signed)) / drawn, axis=1)
        return np.asarray(weights / weights.sum())

    def lvsd_at_pairs(self, weights: NDArray[np.float64], echo_shift: float) -> float:
        """Return the share of LVSD at first pairs."""
        expected = self._expected(weights, echo_shift)
        return float((expected * self.low).sum() / (expected * self.paired).sum())

    def echo_share(self, weights: NDArray[np.float64], echo_shift: float) -> float:
        """Return the share of patients with an echo, sooner or later."""
        return float((self._expected(weights, echo_shift) * self.echoed).sum())

    def _expected(self, weights: NDArray[np.float64], echo_shift: float) -> NDArray[np.float64]:
        """Return the weight of each patient without and with an echo on account of the first visit."""
        examined = 1 / (1 + np.exp(-(self.echo_log_odds + echo_shift)))
        return np.asarray(np.stack([1 - examined, examined], axis=1) * weights[:, None])


def draw_pilot(hospital: HospitalSettings, dials: Dials) -> Pilot:
    """Return patients of a hospital with these dials, drawn from a fixed seed."""
    known = parameters("calibration")
    draws = Draws(np.random.Generator(np.random.PCG64(np.random.SeedSequence(known["seed"]))))
    proposal, rows = _proposal(), []
    for _ in range(known["people"]):
        person = draw_demography(draws, hospital)
        conditions = draw_conditions(draws, person, dials=dials, proposal=proposal)
        begins = draw_first_moment(draws, hospital)
        life = draw_life(draws, draws, hospital, person=person, conditions=conditions, dials=dials, begins=begins)
        rows.append((
            *(conditions.log_odds[name] for name in CALIBRATED),
            *(conditions.facts.get(name.rpartition(".")[2], 0.0) for name in CALIBRATED),
            dials.risk(ECHO).log_odds(conditions.facts),
            fibrillation_probability(life.course, day=0.0),
            _shows_block(conditions.facts),
            *_examined(draws, life, hospital, ever=0.0, dials=dials),
            *_examined(draws, life, hospital, ever=1.0, dials=dials),
        ))  # fmt: skip
    table, n = np.array(rows), len(CALIBRATED)
    single, both = table[:, 2 * n : -6].T, table[:, -6:].reshape(-1, 2, 3)
    return Pilot(table[:, :n], table[:, n : 2 * n], *single, *np.moveaxis(both, 2, 0))


def _proposal() -> dict[str, float]:
    """Return how likely each of ``CALIBRATED`` is drawn."""
    known = parameters("calibration.drawn")
    return {section: float(known[section.rpartition(".")[2]]) for section in CALIBRATED}


def _shows_block(facts: dict[str, float]) -> float:
    """Return how likely the first ECG shows LBBB: a pacemaker or preexcitation hides it."""
    paced: float = parameters("state.paced")["share"] * facts.get("pacemaker", 0.0)
    return facts.get("left_bundle_branch_block", 0.0) * (1 - paced) * (1 - facts.get("preexcitation", 0.0))


def _examined(
    draws: Draws, life: Life, hospital: HospitalSettings, *, ever: float, dials: Dials
) -> tuple[float, float, float]:
    """Return whether there is an echo, a pair of ECG and echo, and whether the first pair's LVEF is LVSD."""
    facts = [life.course.facts_on(episode.ecg_days[0]) for episode in life.episodes]
    planned = echo_days(draws, life.episodes, facts, ever=ever, dials=dials, wait_days=hospital.echo_wait_days)
    days = sorted(day for _, day in planned if day <= life.fate.last_contact)
    ecg_days = [day for episode in life.episodes for day in episode.ecg_days]
    for day in days:
        if min(abs(day - ecg_day) for ecg_day in ecg_days) <= WINDOW_DAYS:
            lvef = life.course.lvef.at(day) + draws.normal(0, parameters("lvef.fluctuation")["sd"])
            measured, _ = measured_lvef(draws, lvef, hospital)
            return 1.0, 1.0, float(measured <= parameters("lvsd")["threshold"])
    return float(bool(days)), 0.0, 0.0

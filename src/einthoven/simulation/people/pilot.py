"""Patients drawn to calibrate a hospital: what their ECGs and echoes would show, under any intercepts.

Importance sampling: LVSD, AF and LBBB are drawn with tilted log odds, far commoner than they are, and each patient is
weighed by how likely the hospital's intercepts make what was drawn. A prevalence is then a weighted mean that is smooth
in the intercepts. Ages are spread evenly over the hospital's distribution.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from einthoven.simulation.hospitals import HospitalSettings
from einthoven.simulation.people.conditions import draw_conditions
from einthoven.simulation.people.demography import draw_demography
from einthoven.simulation.people.dials import AF, CALIBRATED, ECHO, Dials
from einthoven.simulation.people.draws import Draws
from einthoven.simulation.people.echo import echo_days, lvsd_probability
from einthoven.simulation.people.life import Life, draw_first_moment, draw_life
from einthoven.simulation.people.parameters import parameters
from einthoven.simulation.people.state import fibrillation_probability

__all__ = ["SHUFFLED_DAY", "WINDOW_DAYS", "Pilot", "draw_pilot"]

SHUFFLED_DAY = 3.0  # of another patient, on which a report of a hospital with shuffled reports tells
WINDOW_DAYS = 14.0  # between ECG and echo of a pair: JMIR Med Inform 2026;14:e83127


@dataclass(frozen=True, slots=True, eq=False)
class Pilot:
    """Patients drawn for the calibration; arrays are float64.

    Attributes
    ----------
    log_odds : array (patient, condition)
        Of what is in ``CALIBRATED``, tilted.
    present : array (patient, condition)
        Whether it was drawn.
    echo_log_odds : array (patient,)
        Of an echo on account of the first visit, without shift.
    fibrillation, block : array (patient,)
        Probability that the first ECG shows AF or flutter; LBBB.
    echoed, paired, low : array (patient, 2)
        Whether there is an echo, a pair of ECG and echo, and how likely the first pair's measured LVEF is LVSD: if no
        echo is asked for on account of the first visit, and if one is.
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
        sign = np.where(self.present > 0, 1.0, -1.0)
        untilted = self.log_odds - np.array(list(_tilt().values()))
        # P(drawn | shifts) / P(drawn | tilt) of each condition, with P = 1 / (1 + exp(-sign * log odds))
        ratio = (1 + np.exp(-sign * self.log_odds)) / (1 + np.exp(-sign * (untilted + shifts)))
        weights = ratio.prod(axis=1)
        return np.asarray(weights / weights.sum())

    def shown(self, section: str, shifts: NDArray[np.float64]) -> float:
        """Return the share of patients whose first ECG shows AF or flutter; LBBB.

        The expected prevalence of the condition, which varies less than that drawn, times the share of it that shows.
        """
        column, weights = CALIBRATED.index(section), self.weights(shifts)
        log_odds = self.log_odds[:, column] - _tilt()[section] + shifts[column]
        prevalence = (weights / (1 + np.exp(-log_odds))).sum()
        shows = self.fibrillation if section == AF else self.block
        return float(prevalence * (weights * shows).sum() / (weights * self.present[:, column]).sum())

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


def draw_pilot(hospital: HospitalSettings) -> Pilot:
    """Return patients of a hospital, drawn from a fixed seed."""
    known = parameters("calibration")
    draws = Draws(np.random.Generator(np.random.PCG64(np.random.SeedSequence(known["seed"]))))
    dials = Dials(shifts=_tilt(), independent=hospital.control == "independent")
    rows = [_row(draws, hospital, dials=dials, rank=(at + 0.5) / known["people"]) for at in range(known["people"])]
    table, n = np.array(rows), len(CALIBRATED)
    single, both = table[:, 2 * n : -6].T, table[:, -6:].reshape(-1, 2, 3)
    return Pilot(table[:, :n], table[:, n : 2 * n], *single, *np.moveaxis(both, 2, 0))


def _tilt() -> dict[str, float]:
    """Return the log odds added to each of ``CALIBRATED``."""
    known = parameters("calibration.tilt")
    return {section: float(known[section.rpartition(".")[2]]) for section in CALIBRATED}


def _row(draws: Draws, hospital: HospitalSettings, *, dials: Dials, rank: float) -> tuple[float, ...]:
    """Return what is known of one patient, in the order of ``Pilot``."""
    person = draw_demography(draws, hospital, rank=rank)
    conditions = draw_conditions(draws, person, dials=dials)
    begins = draw_first_moment(draws, hospital)
    life = draw_life(draws, draws, hospital, person=person, conditions=conditions, dials=dials, begins=begins)
    forgets = hospital.control == "no_memory"
    facts = [life.course.facts_on(0.0 if forgets else episode.ecg_days[0]) for episode in life.episodes]
    return (
        *(conditions.log_odds[name] for name in CALIBRATED),
        *(conditions.facts.get(name.rpartition(".")[2], 0.0) for name in CALIBRATED),
        dials.risk(ECHO).log_odds(conditions.facts),
        fibrillation_probability(life.course, day=0.0),
        _shows_block(conditions.facts),
        *_examined(draws, life, hospital, facts, ever=0.0, dials=dials),
        *_examined(draws, life, hospital, facts, ever=1.0, dials=dials),
    )


def _shows_block(facts: dict[str, float]) -> float:
    """Return how likely the first ECG shows LBBB: a pacemaker or preexcitation hides it."""
    paced: float = parameters("state.paced")["share"] * facts.get("pacemaker", 0.0)
    return facts.get("left_bundle_branch_block", 0.0) * (1 - paced) * (1 - facts.get("preexcitation", 0.0))


def _examined(
    draws: Draws,
    life: Life,
    hospital: HospitalSettings,
    facts: list[dict[str, float]],
    *,
    ever: float,
    dials: Dials,
) -> tuple[float, float, float]:
    """Return whether there is an echo, a pair of ECG and echo, and how likely the first pair's LVEF is LVSD."""
    course, episodes = life.course, life.episodes
    planned = echo_days(draws, episodes, facts, ever=ever, dials=dials, wait_days=hospital.echo_wait_days)
    echoes = sorted((day, at) for at, day in planned if day <= life.fate.last_contact)
    echoed = float(bool(echoes))
    if hospital.control == "shuffled":  # reports tell of others who are examined on account of their first visit
        return (echoed, ever, ever * lvsd_probability(course.lvef.at(SHUFFLED_DAY), hospital))
    ecg_days = [day for episode in episodes for day in episode.ecg_days]
    for day, at in echoes:
        if min(abs(day - ecg_day) for ecg_day in ecg_days) <= WINDOW_DAYS:
            seen = day - episodes[at].ecg_days[0] if hospital.control == "no_memory" else day
            return echoed, 1.0, lvsd_probability(course.lvef.at(seen), hospital)
    return echoed, 0.0, 0.0

"""Simulated twins of real ECGs: the same diagnosis, age, sex, rate and PR interval, another person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from matched_states import matched_state
from measured_table import MeasuredTable, measured_table, remembered
from real_ecgs import RealEcg

from einthoven.ecg.record import Record
from einthoven.simulation.clinical_state import ClinicalState
from einthoven.simulation.devices import DEVICES, Device
from einthoven.simulation.ecg import Identity, simulate_ecg
from einthoven.simulation.heart.traits import HeartTraits, draw_traits

__all__ = ["Twin", "body", "measured_reals", "twin_of", "twins"]

DEVICE = "schiller"
"""PTB-XL was recorded with Schiller's (Wagner 2020)."""

BODY = {"F": ((163.0, 6.5), (69.0, 13.0)), "M": ((175.5, 7.0), (82.0, 13.5))}
"""Height in cm and weight in kg, mean and SD, of German adults about 60, where PTB-XL doesn't say: an assumption."""


@dataclass(frozen=True, slots=True, eq=False)
class Twin:
    """One simulated ECG.

    Attributes
    ----------
    of : int
        Place of its real ECG in the list that twins were made of.
    record : Record
    state : ClinicalState
    traits : HeartTraits
    """

    of: int
    record: Record
    state: ClinicalState
    traits: HeartTraits


def measured_reals(ecgs: Sequence[RealEcg]) -> MeasuredTable:
    """Return the measurements and spectra of the real ECGs as they are stored."""
    key = ["as stored", *(f"{ecg.source} {ecg.number}" for ecg in ecgs)]
    return remembered(key, lambda: measured_table(ecg.record for ecg in ecgs))


def twins(
    ecgs: Sequence[RealEcg], measured: MeasuredTable, *, per_ecg: int = 1, first: int = 0, device: str = DEVICE
) -> Iterator[Twin]:
    """Make ``per_ecg`` twins of each real ECG, each with traits, state and noise of its own.

    Parameters
    ----------
    ecgs : sequence of RealEcg
    measured : MeasuredTable
        Of these, row by row.
    per_ecg, first : int
        Twins ``first`` to ``first + per_ecg - 1``: the same number gives the same twin.
    device : str
        Key of ``DEVICES``.
    """
    for place, ecg in enumerate(ecgs):
        row = measured.row(place)
        for number in range(first, first + per_ecg):
            yield twin_of(place, ecg, row, number=number, device=DEVICES[device])


def twin_of(place: int, ecg: RealEcg, row: dict[str, float], *, number: int, device: Device) -> Twin:
    """Return one twin of the real ECG at a place; parameters as in ``twins``, ``row`` its measurements."""
    random = np.random.default_rng(np.random.SeedSequence([crc32(ecg.source.encode()), ecg.number, number]))
    state = matched_state(ecg, row, random=random)
    height_cm, weight_kg = body(ecg.sex, random=random)
    traits = draw_traits(
        random,
        sex=ecg.sex,
        age_years=ecg.age_years,
        height_cm=ecg.height_cm or height_cm,
        weight_kg=ecg.weight_kg or weight_kg,
    )
    identity = Identity(f"{ecg.source}_{ecg.number}_twin{number}")
    simulated = simulate_ecg(state, traits, device, random=random, identity=identity)
    return Twin(place, simulated.record, state, traits)


def body(sex: str, *, random: np.random.Generator) -> tuple[float, float]:
    """Return a height in cm and a weight in kg for someone of whom neither is known."""
    (height, height_sd), (weight, weight_sd) = BODY[sex]
    height_cm = float(random.normal(height, height_sd))
    return height_cm, float(np.clip(random.normal(weight, weight_sd), 40.0, 160.0))

"""What the heart's model leaves out of real ECGs, estimated from PTB-XL's first 500; see README.md beside this script.

python benchmarks/virtual_hospital/population/estimate_surface.py [--out runs/.../body_surface.npz] [--rounds 4]
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Mapping, Sequence
from itertools import count, islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
from comparison import distance
from hospital import RUNS, half_of, machine, real_ecgs, table
from surface_hearts import FoundWaves, real_waves, simulated_waves
from surface_moments import Fit, Moments, Observed, Space, first_fit, next_fit, space_of

from einthoven.simulation.heart.body_surface import FORMS, Correction, Form, correction_of
from einthoven.simulation.heart.findings import FINDINGS
from einthoven.simulation.heart.time_lines import P_TIMES_MS, QRST_PLACES_MS


class Key(NamedTuple):
    """What a fit is of: the kind of a wave, and the form of the heart."""

    kind: str
    form: str


Spaces = Mapping[str, Space]
Fits = Mapping[Key, Fit]

PLACES_MS = {"qrst": QRST_PLACES_MS, "p": P_TIMES_MS}
KEYS = tuple(Key(kind, form) for kind in PLACES_MS for form in FORMS)
HALF = 0.5  # of the degree of disease: from where a heart counts as diseased
N_COMPONENTS = {"qrst": 110, "p": 30}
SOFT_MV = {"qrst": 0.04, "p": 0.01}  # added to the SD of each value: smaller differences count less
ONSET_UNTIL_MS, ONSET_WEIGHT = 12.0, 3.0  # the beginning of QRS is small, and says where activation starts
USUAL_STEP_MS = 3.0  # between values; those that stand for more count more
TWINS, LATER_TWINS = 4, 3  # of each real ECG: to begin with, and in each round
FIRST_TWIN = 1000  # others than the judges'


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=RUNS / "body_surface.npz")
    parser.add_argument("--rounds", type=int, default=4, help="in which what is still missing is added")
    parser.add_argument("--half", type=int, help="of half of the patients alone, chosen by this seed")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    arguments = parser.parse_args()
    print(machine(), end="\n\n")
    real = real_waves(workers=arguments.workers)
    if arguments.half is not None:
        everyone = [ecg.patient for ecg in real_ecgs(("ptb_xl",))]  # as in ``judges.py --without-half``
        chosen = {
            patient for patient, is_in in zip(everyone, half_of(everyone, seed=arguments.half), strict=True) if is_in
        }
        real = [one for one in real if one.patient in chosen]
    spaces = {kind: _space(kind, real) for kind in PLACES_MS}
    fits, rows = estimated(real, spaces, rounds=arguments.rounds, workers=arguments.workers)
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    _write(arguments.out, spaces, fits)
    print(table(("round", "hearts", "wave", "ratio of variances", "error of the mean, SD", "AUROC of trees"), rows))
    print(f"\nWritten to {arguments.out}")


def estimated(
    real: Sequence[FoundWaves], spaces: Spaces, *, rounds: int, workers: int
) -> tuple[Fits, list[tuple[str, ...]]]:
    """Return the fit of each kind of wave and form, and how near each round came."""
    numbers = count(FIRST_TWIN)
    places = [one.place for one in real]

    def simulated(fits: Fits, twins: int) -> list[FoundWaves]:
        return simulated_waves(places, list(islice(numbers, twins)), _corrections(spaces, fits), workers=workers)

    uncorrected = simulated({key: _unchanged(spaces[key.kind]) for key in KEYS}, TWINS)
    made = {key: _observed(key, uncorrected, made=True) for key in KEYS}
    fits = {
        key: first_fit(spaces[key.kind], _observed(key, real), _observed(key, uncorrected), made[key]) for key in KEYS
    }
    rows = _rows("none", spaces, real, uncorrected)
    for number in range(rounds + 1):
        twins = simulated(fits, LATER_TWINS)
        rows += _rows(str(number), spaces, real, twins)
        if number < rounds:
            fits = {
                key: next_fit(spaces[key.kind], fits[key], _observed(key, real), _observed(key, twins), made[key])
                for key in KEYS
            }
    return fits, rows


def _observed(key: Key, found: Sequence[FoundWaves], *, made: bool = False) -> Observed:
    """Return the waves of one form, as the heart made them or as they were measured, and their findings."""
    of = [one for one in found if (one.whose.disease > HALF) == (key.form == "diseased")]
    waves = [getattr(one.made if made else one.waves, key.kind) for one in of]
    pairs = [(wave, one.whose.findings) for wave, one in zip(waves, of, strict=True) if wave is not None]
    return Observed(np.array([wave for wave, _ in pairs]), np.array([findings for _, findings in pairs], dtype=float))


def _space(kind: str, found: Sequence[FoundWaves]) -> Space:
    values = np.array([wave for one in found if (wave := getattr(one.waves, kind)) is not None])
    places = PLACES_MS[kind]
    share = np.sqrt(np.gradient(places) / USUAL_STEP_MS)
    if kind == "qrst":
        share *= np.where(places < ONSET_UNTIL_MS, ONSET_WEIGHT, 1.0)
    weights = np.tile(share, values.shape[1] // places.size) / (values.std(0) + SOFT_MV[kind])
    return space_of(values, weights, n=N_COMPONENTS[kind])


def _unchanged(space: Space) -> Fit:
    n = space.basis.shape[1]
    none, nothing = np.zeros((len(FINDINGS), n)), np.zeros((n, n))
    return Fit(np.eye(n), np.zeros(n), nothing, none, 1.0, Moments(np.zeros(n), none, nothing))


def _corrections(spaces: Spaces, fits: Fits) -> dict[str, Correction]:
    found, first = {}, 0
    for kind, space in spaces.items():
        of = [fits[Key(kind, form)] for form in FORMS]
        healthy, diseased = (Form(*(np.float32(getattr(fit, name)) for name in Form._fields)) for fit in of)
        effects = of[FORMS.index("diseased")].effects
        found[kind] = correction_of(kind, space._asdict(), (healthy, diseased), effects=effects, first_detail=first)
        first += space.basis.shape[1]
    return found


def _write(path: Path, spaces: Spaces, fits: Fits) -> None:
    arrays = {}
    for kind, correction in _corrections(spaces, fits).items():
        space = spaces[kind]
        arrays |= {f"{kind}_mean": space.mean.astype(np.float32), f"{kind}_weights": space.weights.astype(np.float32)}
        large = {"basis": space.basis, "effects": correction.effects}
        large |= {name: np.stack([getattr(form, name) for form in correction.forms]) for name in Form._fields}
        arrays |= {f"{kind}_{name}": array.astype(np.float16) for name, array in large.items()}
    np.savez_compressed(path, **arrays)


def _rows(
    number: str, spaces: Spaces, real: Sequence[FoundWaves], simulated: Sequence[FoundWaves]
) -> list[tuple[str, ...]]:
    rows = []
    for key in KEYS:
        here, there = (spaces[key.kind].scores(_observed(key, found).waves) for found in (real, simulated))
        far = distance(here, there)
        rows.append((number, *reversed(key), f"{far.trace_ratio:.2f}", f"{far.mean_error:.3f}", f"{far.area:.3f}"))
    return rows


if __name__ == "__main__":
    started = time.perf_counter()
    main()
    print(f"\n{time.perf_counter() - started:.0f} s.")

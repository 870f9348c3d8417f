"""The population of hearts, estimated once more from PTB-XL's first 500 ECGs; see README.md beside this script.

python benchmarks/virtual_hospital/population/estimate.py [--out runs/.../population.json] [--rounds 1]
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
from aligned_beats import RealBeat, real_beat
from associations import associations
from comparison import distance
from components import components_of, qrst_weights
from heart_population import ATRIAL, ECTOPIC, NAMES, VENTRICULAR, Population, packaged, write_population
from hospital import RUNS, machine, real_ecgs, table
from kinds import FEWEST_PERSONS, alike_beats, within_covariance
from numpy.typing import NDArray
from p_matching import with_matched_p
from qrst_matching import Kinds, matched_kinds, qrst_scores
from threadpoolctl import threadpool_limits
from trait_fit import Fit, fitted

Array = NDArray[np.float64]

BEST_SHARE = 0.93  # of fits: what is left are hearts that no traits make
FEWER_AGES, USUAL_AGE = 3.0, 60.0  # a kind's age and sex count as if so many more, of either sex, were in it
N_COMPONENTS, DRAWS = 40, 3  # of the comparison


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=RUNS / "population.json")
    parser.add_argument("--rounds", type=int, default=1, help="each begins where the one before ended")
    parser.add_argument("--records", type=int, default=500, help="fewer for a trial")
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    arguments = parser.parse_args()
    print(machine(), end="\n\n")
    with ProcessPoolExecutor(arguments.workers, initializer=threadpool_limits, initargs=(1,)) as executor:
        ecgs = [ecg for ecg in real_ecgs(("ptb_xl",)) if ecg.number <= arguments.records]
        beats = [beat for beat in map(real_beat, ecgs) if beat is not None]
        old = new = packaged()
        for _ in range(arguments.rounds):
            new = estimated(new, beats, executor=executor)
        arguments.out.parent.mkdir(parents=True, exist_ok=True)
        write_population(new, arguments.out)
        print(comparison_text(old, new, [beat for beat in beats if beat.normal], executor=executor))
    print(f"\n{new.shares.size} kinds, each of {FEWEST_PERSONS} persons or more; written to {arguments.out}")


def estimated(prior: Population, beats: Sequence[RealBeat], *, executor: Executor) -> Population:
    """Return the population after one round from another."""
    fits = list(executor.map(partial(fitted, population=prior), beats, chunksize=4))
    normal = [(beat, fit) for beat, fit in zip(beats, fits, strict=True) if beat.normal]
    other = [(beat, fit) for beat, fit in zip(beats, fits, strict=True) if not beat.normal]
    limit = np.quantile([fit.error_mv for _, fit in normal], BEST_SHARE)
    population = _with_kinds(prior, [(beat, fit) for beat, fit in normal if fit.error_mv <= limit], executor=executor)
    population = with_matched_p(population, [beat for beat, _ in normal])
    traits = np.array([fit.traits for _, fit in other])
    population.associated.update(associations([beat for beat, _ in other], traits, population))
    return population


def _with_kinds(prior: Population, fits: Sequence[tuple[RealBeat, Fit]], *, executor: Executor) -> Population:
    """Return the population with the ventricular traits of fitted people and the atrial ones of the prior."""
    beats = [beat for beat, _ in fits]
    labels = alike_beats(np.array([beat.qrst.ravel() for beat in beats]), [beat.patient for beat in beats])
    traits = np.array([fit.traits for _, fit in fits])[:, VENTRICULAR]
    members = [np.flatnonzero(labels == k) for k in range(labels.max() + 1)]
    start = Kinds(np.array([traits[of].mean(0) for of in members]), within_covariance(traits, labels))
    kinds = matched_kinds(start, beats, labels, executor=executor)
    ages = np.array([beat.state.age_years for beat in beats])
    female = np.array([beat.state.sex == "F" for beat in beats], dtype=np.float64)
    persons = np.array([of.size for of in members])
    means, covariance = np.zeros((len(members), len(NAMES))), np.zeros((len(NAMES), len(NAMES)))
    means[:, VENTRICULAR], means[:, ATRIAL] = kinds.means, prior.mean[ATRIAL]
    covariance[np.ix_(VENTRICULAR, VENTRICULAR)] = kinds.covariance
    covariance[np.ix_(ATRIAL, ATRIAL)] = prior.covariance[np.ix_(ATRIAL, ATRIAL)]
    covariance[ECTOPIC, ECTOPIC] = 1.0
    of_atria = np.isin(np.arange(len(NAMES)), ATRIAL)  # age and sex of ventricles lie in the kinds
    return Population(
        shares=persons / persons.sum(),
        age_means=np.array([(ages[of].sum() + FEWER_AGES * USUAL_AGE) / (of.size + FEWER_AGES) for of in members]),
        female_shares=np.array([(female[of].sum() + FEWER_AGES / 2) / (of.size + FEWER_AGES) for of in members]),
        age_sd=float(np.mean([ages[of].std() for of in members])),
        means=means,
        covariance=covariance,
        per_decade=np.where(of_atria, prior.per_decade, 0.0),
        female=np.where(of_atria, prior.female, 0.0),
        associated={},
    )


def comparison_text(old: Population, new: Population, beats: Sequence[RealBeat], *, executor: Executor) -> str:
    """Return how far the QRST of either population are from those of normal beats, and from each other."""
    values = np.array([beat.qrst.ravel() for beat in beats])
    space = components_of(values, qrst_weights(), n=min(N_COMPONENTS, len(beats) - 1))
    real = space.scores(values)
    rr_ms = np.repeat([beat.rr_ms for beat in beats], DRAWS)
    drawn = []
    for number, population in enumerate((old, new)):
        traits = population.draw(np.random.default_rng(number), rr_ms.size)
        drawn.append(qrst_scores(traits, rr_ms, space, executor=executor))
    pairs = {"packaged, from real": (real, drawn[0]), "new, from real": (real, drawn[1]), "new, from packaged": drawn}
    rows: list[tuple[str, ...]] = []
    for name, (reference, simulated) in pairs.items():
        found = distance(reference, simulated)
        rows.append((name, f"{found.trace_ratio:.2f}", f"{found.mean_error:.3f}", f"{found.area:.3f}"))
    return table(("QRST of normal hearts", "ratio of variances", "error of the mean, SD", "AUROC of trees"), rows)


if __name__ == "__main__":
    started = time.perf_counter()
    main()
    print(f"\n{time.perf_counter() - started:.0f} s.")

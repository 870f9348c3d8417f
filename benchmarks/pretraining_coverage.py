"""Whether intervals of learning curves hold the truth: paired differences and label factors on simulated studies.

Scores of negatives and positives are normal. Each draw of labels has its luck, of which both arms share a part; each
test patient is easy or hard for all draws of both arms, and for one arm, and in one draw. The truth is the mean area
over all draws and patients, in closed form.
"""

from __future__ import annotations

import argparse
import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from einthoven.evaluation.statistics.label_factor import label_factor
from einthoven.evaluation.statistics.learning_curve import LearningCurve, learning_curve, learning_curve_of_areas
from einthoven.evaluation.statistics.learning_curve_difference import learning_curve_difference
from measuring import machine, table

SIZES = (64, 128, 256, 512)
DRAWS = 20
PREVALENCE = 0.25


@dataclass(frozen=True, slots=True)
class World:
    """What a study is drawn from.

    Attributes
    ----------
    patients : int
        In the test set.
    factor : float
        True label factor: the distance of classes grows evenly in log n, the pretrained arm's as of ``factor n``.
    luck : float
        SD of a draw's distance of classes at one size.
    shared_luck : float
        Share of its variance that both arms have in common.
    of_patient, of_arm, of_draw : float
        Shares of the variance of a score that belong to the patient, to the patient in an arm, and to one draw.
    """

    name: str
    patients: int = 480
    factor: float = 2.0
    luck: float = 0.15
    shared_luck: float = 0.5
    of_patient: float = 0.5
    of_arm: float = 0.2
    of_draw: float = 0.3

    def distance(self, arm: int) -> NDArray[np.float64]:
        """Mean distance of the classes at each size, in standard deviations; arm 0 is the pretrained one."""
        labels = np.array(SIZES) * (self.factor if arm == 0 else 1.0)
        return 0.8 + 0.25 * np.log2(labels / SIZES[0])

    def area(self, arm: int) -> NDArray[np.float64]:
        """Mean area at each size, over luck and patients."""
        return np.asarray(stats.norm.cdf(self.distance(arm) / np.sqrt(2 + self.luck**2)))

    def study(self, generator: np.random.Generator) -> tuple[list[NDArray[np.float64]], NDArray[np.float64]]:
        """Return each arm's scores (draw, size, patient, 1) and the truth."""
        n = self.patients
        truth = np.zeros((n, 1))
        truth[: round(PREVALENCE * n)] = 1
        drawn = generator.normal(size=(3, DRAWS, len(SIZES)))
        own, both = np.sqrt(1 - self.shared_luck), np.sqrt(self.shared_luck)
        of_patient = np.sqrt(self.of_patient) * generator.normal(size=n)
        scores = []
        for arm in range(2):
            luck = self.luck * (both * drawn[2] + own * drawn[arm])
            distance = self.distance(arm) + luck
            noise = np.sqrt(self.of_arm) * generator.normal(size=n) + of_patient
            alone = np.sqrt(self.of_draw) * generator.normal(size=(DRAWS, len(SIZES), n))
            scores.append((distance[:, :, None] * truth[:, 0] + noise + alone)[..., None])
        return scores, truth


WORLDS = (
    World("as expected here"),
    World("much luck", luck=0.4),
    World("no luck", luck=0.0),
    World("few test patients", patients=120),
    World("no effect", factor=1.0),
    World("factor 5", factor=5.0),
    World("each draw errs alone", of_patient=0.1, of_arm=0.1, of_draw=0.8),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=1000, help="for differences")
    parser.add_argument("--factor-studies", type=int, default=200)
    parser.add_argument("--resamples", type=int, default=200)
    parser.add_argument("--processes", type=int, default=2)
    arguments = parser.parse_args()
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    print(machine(), end="\n\n")
    with ProcessPoolExecutor(arguments.processes, mp_context=get_context("spawn")) as pool:
        jobs = [(world, seed) for world in WORLDS for seed in range(arguments.studies)]
        held = np.array(list(pool.map(differences_hold, jobs, chunksize=20))).reshape(
            len(WORLDS), arguments.studies, -1
        )
        head = ("world", "both ways", "draws alone", "patients alone", "half width", "power at +0.05")
        print(
            f"Paired difference at one size, {arguments.studies} studies, shares whose 95 % interval holds the truth:\n"
        )
        print(table(head, [_difference_row(*one) for one in zip(WORLDS, held, strict=True)]), flush=True)
        jobs = [(world, seed, arguments.resamples) for world in WORLDS for seed in range(arguments.factor_studies)]
        held = np.array(list(pool.map(factors_hold, jobs, chunksize=5))).reshape(
            len(WORLDS), arguments.factor_studies, -1
        )
    head = ("world", "true factor", "at the smallest size", "over the range", "median factor")
    print(f"\nLabel factor, {arguments.factor_studies} studies of {DRAWS} draws, sizes {SIZES}:\n")
    print(table(head, [_factor_row(*one) for one in zip(WORLDS, held, strict=True)]))


def _difference_row(world: World, shares: NDArray[np.float64]) -> tuple[str, ...]:
    half = float(np.median(shares[:, 3]))
    spread = half / float(stats.norm.ppf(0.975))
    power = float(stats.norm.sf(stats.norm.ppf(0.975) - 0.05 / spread))
    return world.name, *(f"{share:.1%}" for share in shares[:, :3].mean(axis=0)), f"{half:.4f}", f"{power:.0%}"


def _factor_row(world: World, shares: NDArray[np.float64]) -> tuple[str, ...]:
    at, over = np.nanmean(shares[:, :2], axis=0)
    return world.name, f"{world.factor:g}", f"{at:.1%}", f"{over:.1%}", f"{np.median(shares[:, 2]):.2f}"


def differences_hold(job: tuple[World, int]) -> list[float]:
    """Return which intervals of the difference at the smallest size hold the truth, and half the width of the first."""
    world, seed = job
    scores, truth = world.study(_random(world, seed))
    curves = [_smallest_size(s[:, 0, :, 0], truth[:, 0] == 1) for s in scores]
    expected = float(world.area(0)[0] - world.area(1)[0])
    pairs = [curves, [learning_curve_of_areas(curve.area, sizes=SIZES[:1]) for curve in curves]]
    pairs.append([_without_draws(curve) for curve in curves])
    found = [learning_curve_difference(*pair)[0].difference for pair in pairs]
    return [*(float(one.low <= expected <= one.high) for one in found), (found[0].high - found[0].low) / 2]


def factors_hold(job: tuple[World, int, int]) -> list[float]:
    """Return which intervals of the factor hold the truth, and the factor at the smallest size."""
    world, seed, resamples = job
    scores, truth = world.study(_random(world, seed))
    factor = label_factor(*(learning_curve(s, truth, sizes=SIZES, resamples=resamples) for s in scores), resamples=1000)
    both = (factor.at_smallest, factor.over_range)
    return [*(float(one.low <= world.factor <= one.high) for one in both), factor.at_smallest.value]


def _random(world: World, seed: int) -> np.random.Generator:
    return np.random.default_rng(np.random.SeedSequence([seed, world.patients]))


def _smallest_size(scores: NDArray[np.float64], positive: NDArray[np.bool_]) -> LearningCurve:
    """Return what ``learning_curve`` does, quickly: one size, one label, no ties, no resamples.

    Parameters
    ----------
    scores : float64 (draw, patient)
    positive : bool (patient,)
    """
    rank = scores.argsort(axis=1).argsort(axis=1) + 1.0
    own = np.empty_like(rank)
    for kind in (positive, ~positive):
        own[:, kind] = scores[:, kind].argsort(axis=1).argsort(axis=1) + 1.0
    n_positive, n_negative = int(positive.sum()), int((~positive).sum())
    share = np.where(positive, (rank - own) / n_negative, 1 - (rank - own) / n_positive)
    area = share[:, positive].mean(axis=1, keepdims=True)
    influence = (share - area) / np.where(positive, n_positive, n_negative)
    nothing = np.empty((0, len(scores), 1))
    n = positive.size
    return LearningCurve(np.array(SIZES[:1]), area, influence.T[:, :, None], nothing, n, n_positive, n)


def _without_draws(curve: LearningCurve) -> LearningCurve:
    """Return a curve whose draws all have the mean area, so that its spread is that of patients alone."""
    area = np.repeat(curve.area.mean(axis=0)[None], curve.area.shape[0], axis=0)
    return LearningCurve(
        curve.sizes, area, curve.influence, curve.replicates, curve.records, curve.events, curve.patients
    )


if __name__ == "__main__":
    main()

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
    parser.add_argument("--studies", type=int, default=500)
    parser.add_argument("--resamples", type=int, default=300)
    parser.add_argument("--processes", type=int, default=2)
    arguments = parser.parse_args()
    print(machine(), end="\n\n")
    jobs = [(world, seed, arguments.resamples) for world in WORLDS for seed in range(arguments.studies)]
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    with ProcessPoolExecutor(arguments.processes, mp_context=get_context("spawn")) as pool:
        held = np.array(list(pool.map(one_study, jobs, chunksize=10))).reshape(len(WORLDS), arguments.studies, -1)
    rows = [
        (
            world.name,
            *(f"{share:.1%}" for share in np.nanmean(shares[:, :3], axis=0)),
            f"{np.nanmedian(shares[:, 3]):.4f}",
            f"{world.factor:g}",
            *(f"{share:.1%}" for share in np.nanmean(shares[:, 4:6], axis=0)),
            f"{np.median(shares[:, 6]):.2f}",
        )
        for world, shares in zip(WORLDS, held, strict=True)
    ]
    head = (
        *("world", "difference at 64, both ways", "over draws alone", "over patients alone", "half width"),
        *("true factor", "factor at the smallest size", "over the range", "median factor"),
    )
    print(table(head, rows))
    print(f"\nShares of {arguments.studies} studies whose 95 % interval holds the truth; {DRAWS} draws.")


def one_study(job: tuple[World, int, int]) -> list[float]:
    """Return which intervals of a study hold the truth, and the values that are shown beside."""
    world, seed, resamples = job
    scores, truth = world.study(np.random.default_rng(np.random.SeedSequence([seed, world.patients])))
    curves = [learning_curve(s, truth, sizes=SIZES, resamples=resamples) for s in scores]
    expected = float(world.area(0)[0] - world.area(1)[0])
    both = learning_curve_difference(*curves)[0].difference
    alone = [learning_curve_of_areas(curve.area, sizes=SIZES) for curve in curves]
    draws = learning_curve_difference(*alone)[0].difference
    still = [_without_draws(curve) for curve in curves]
    patients = learning_curve_difference(*still)[0].difference
    factor = label_factor(*curves, resamples=resamples)
    return [
        *(float(one.low <= expected <= one.high) for one in (both, draws, patients)),
        (both.high - both.low) / 2,
        *(float(one.low <= world.factor <= one.high) for one in (factor.at_smallest, factor.over_range)),
        factor.at_smallest.value,
    ]


def _without_draws(curve: LearningCurve) -> LearningCurve:
    """Return a curve whose draws all have the mean area, so that its spread is that of patients alone."""
    area = np.repeat(curve.area.mean(axis=0)[None], curve.area.shape[0], axis=0)
    return LearningCurve(
        curve.sizes, area, curve.influence, curve.replicates, curve.records, curve.events, curve.patients
    )


if __name__ == "__main__":
    main()

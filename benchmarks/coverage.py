"""How often intervals hold the truth: 2,000 simulated data sets per setting, as docs/reference/coverage.md reports.

Scores of negatives and positives are normal with equal variance, so that AUROC, sensitivity, calibration, Brier score
and net benefit are known exactly. Patients with several records share a part of both score and truth. Every interval
comes from the public function that a user calls. Run ``python benchmarks/coverage.py`` (ten minutes on one core).
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

from coverage_page import Measured, page
from einthoven.errors import OneClassError
from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.statistics.auroc import auroc
from einthoven.evaluation.statistics.brier import brier
from einthoven.evaluation.statistics.calibration_intercept import calibration_intercept
from einthoven.evaluation.statistics.calibration_slope import calibration_slope
from einthoven.evaluation.statistics.classification import sensitivity
from einthoven.evaluation.statistics.net_benefit import net_benefit

SEED = 20261122
SETS = 2000
PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "coverage.md"
AREAS = (0.75, 0.85, 0.95)
# share of the variance, of score and of what decides on the outcome, that a patient's records have in common
WITHIN = 0.5
SENSITIVITY = 0.8


@dataclass(frozen=True, slots=True)
class Setting:
    """What a data set is drawn from; ``events`` fixes their number, ``shape`` is that of the scores."""

    records: int
    prevalence: float
    cluster_size: int
    area: float
    events: int | None = None
    shape: str = "normal"

    @property
    def distance(self) -> float:
        """Between the means of positives and negatives, in standard deviations."""
        return float(np.sqrt(2) * stats.norm.ppf(self.area))


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """One data set: scores with their calibrated probability, truth; None: one record per patient, no weights."""

    score: NDArray[np.float64]
    probability: NDArray[np.float64]
    truth: NDArray[np.bool_]
    patient: NDArray[np.int64] | None
    weight: NDArray[np.float64] | None = None

    @property
    def grouped(self) -> dict[str, Any]:
        """Return patients and weights as statistics take them."""
        return {"clusters": self.patient, "weights": self.weight}


@dataclass(frozen=True, slots=True)
class Interval:
    """An interval under test: how it is called, how it is computed, what it should hold."""

    statistic: str
    method: str
    estimate: Callable[[Sample, Setting], Estimate]
    truth: Callable[[Setting], float]


def main_settings() -> list[Setting]:
    """Return the settings of the large table."""
    return [Setting(n, p, c, a) for c, n, p, a in product((1, 4), (200, 2000), (0.05, 0.3), AREAS)]


def area_settings() -> list[Setting]:
    """Return settings with so many events exactly, from very few to many, and with scores of other shapes."""
    few = [Setting(200, 0.0, 1, a, events=e) for e, a in product((3, 5, 10, 20, 30, 45), (*AREAS, 0.98))]
    shapes = ("wider positives", "exponential", "missed positives")
    return few + [Setting(200, 0.0, 1, a, events=e, shape=s) for s, e, a in product(shapes, (10, 60), AREAS)]


def sampled_settings() -> list[Setting]:
    """Return settings in which records of low scores are seldom verified, and weighted instead."""
    return [Setting(n, p, 1, 0.85, shape="sampled") for n, p in ((600, 0.1), (600, 0.3), (4000, 0.1))]


def draw(setting: Setting, rng: np.random.Generator) -> Sample:
    """Return one data set."""
    n, size = setting.records, setting.cluster_size
    patient = np.repeat(np.arange(n // size), size)
    if setting.events is not None:
        truth = np.arange(n) < setting.events
    else:
        liability = _shared(rng, patient) if size > 1 else rng.normal(size=n)
        truth = liability > stats.norm.isf(setting.prevalence)
    noise = _shared(rng, patient) if size > 1 else rng.normal(size=n)
    score = _shaped(setting, noise, truth, rng)
    odds = 0.0 if setting.events is not None else special.logit(setting.prevalence)
    probability = special.expit(odds + setting.distance * score - setting.distance**2 / 2)
    if setting.shape == "sampled":
        chance = np.where(score > setting.distance / 2, 0.8, 0.15)
        kept = rng.random(n) < chance
        return Sample(score[kept], probability[kept], truth[kept], None, 1 / chance[kept])
    return Sample(score, probability, truth, patient if size > 1 else None)


def _shared(rng: np.random.Generator, patient: NDArray[np.int64]) -> NDArray[np.float64]:
    own, common = rng.normal(size=patient.size), rng.normal(size=int(patient[-1]) + 1)[patient]
    return np.asarray(np.sqrt(WITHIN) * common + np.sqrt(1 - WITHIN) * own)


def _shaped(
    setting: Setting, noise: NDArray[np.float64], truth: NDArray[np.bool_], rng: np.random.Generator
) -> NDArray[np.float64]:
    if setting.shape == "wider positives":
        sd = 1.6
        return np.where(truth, stats.norm.ppf(setting.area) * np.sqrt(1 + sd**2) + sd * noise, noise)
    if setting.shape == "exponential":
        return np.asarray(-np.log(stats.norm.sf(noise)) * np.where(truth, setting.area / (1 - setting.area), 1.0))
    if setting.shape == "missed positives":
        missed = rng.random(truth.size) < 2 * (1 - setting.area)
        return np.where(truth & ~missed, noise + 8, noise)
    return noise + setting.distance * truth


def areas() -> list[Interval]:
    """Return the intervals of the AUROC."""

    def by(method: Any, one: Sample, _: Setting) -> Estimate:
        return auroc(one.score, one.truth, method=method, **one.grouped)

    names = {"auto": "chosen automatically", "delong": "plain DeLong", "logit": "logit DeLong"}
    return [Interval("AUROC", words, partial(by, name), lambda s: s.area) for name, words in names.items()]


def others() -> list[Interval]:
    """Return the intervals of everything else."""

    def share(method: Any, one: Sample, setting: Setting) -> Estimate:
        return sensitivity(one.score > _cut(setting), one.truth, method=method, **one.grouped)

    def of(function: Callable[..., Estimate], one: Sample, _: Setting) -> Estimate:
        return function(one.probability, one.truth, **one.grouped)

    def benefit(one: Sample, setting: Setting) -> Estimate:
        return net_benefit(one.probability, one.truth, threshold=setting.prevalence, **one.grouped)

    return [
        Interval("sensitivity", "Clopper-Pearson", partial(share, "clopper-pearson"), lambda _: SENSITIVITY),
        Interval("sensitivity", "Wilson", partial(share, "wilson"), lambda _: SENSITIVITY),
        Interval("calibration slope", "Wald", partial(of, calibration_slope), lambda _: 1.0),
        Interval("calibration intercept", "Wald", partial(of, calibration_intercept), lambda _: 0.0),
        Interval("Brier score", "logit, Student's t", partial(of, brier), _true_brier),
        Interval("net benefit at the prevalence", "as chosen", benefit, _true_benefit),
    ]


def _cut(setting: Setting) -> float:
    return setting.distance - float(stats.norm.ppf(SENSITIVITY))


def _true_benefit(setting: Setting) -> float:
    # the probability is the prevalence half-way between both means
    called = stats.norm.cdf(setting.distance / 2) - stats.norm.cdf(-setting.distance / 2)
    return float(setting.prevalence * called)


def _true_brier(setting: Setting) -> float:
    x = np.linspace(-12, 16, 200_001)
    negative, positive = stats.norm.pdf(x), stats.norm.pdf(x - setting.distance)
    risk = special.expit(special.logit(setting.prevalence) + setting.distance * x - setting.distance**2 / 2)
    error = setting.prevalence * (1 - risk) ** 2 * positive + (1 - setting.prevalence) * risk**2 * negative
    return float(np.sum(error) * (x[1] - x[0]))


def measure(intervals: list[Interval], setting: Setting, *, sets: int, seed: int) -> list[Measured]:
    """Return how each interval does in one setting; a data set without an interval is counted, not scored."""
    rng = np.random.default_rng(np.random.SeedSequence([seed]))
    limits, events, patients = np.full((len(intervals), sets, 2), np.nan), np.zeros(sets), np.zeros(sets)
    for drawn in range(sets):
        sample = draw(setting, rng)
        events[drawn] = sample.truth.sum()
        patients[drawn] = events[drawn] if sample.patient is None else np.unique(sample.patient[sample.truth]).size
        for row, interval in enumerate(intervals):
            limits[row, drawn] = _limits(interval, sample, setting)
    return [
        Measured.of(
            interval.statistic, interval.method, setting, limits[row], interval.truth(setting),
            events=float(events.mean()), patients=float(patients.mean()),
        )
        for row, interval in enumerate(intervals)
    ]  # fmt: skip


def _limits(interval: Interval, sample: Sample, setting: Setting) -> tuple[float, float]:
    try:
        estimate = interval.estimate(sample, setting)
    except OneClassError:
        return np.nan, np.nan
    refused = estimate.reason is not None or estimate.method.startswith("no interval")
    return (np.nan, np.nan) if refused else (estimate.low, estimate.high)


def tasks(*, sets: int, seed: int) -> Iterator[Callable[[], list[Measured]]]:
    """Yield what is to be measured, each with a seed of its own."""
    plan = [(areas() + others(), s) for s in main_settings()]
    plan += [(areas(), s) for s in area_settings()]
    plan += [(areas()[:1] + others(), s) for s in sampled_settings()]
    for number, (intervals, setting) in enumerate(plan):
        yield partial(measure, intervals, setting, sets=sets, seed=seed + number)


def _numbered(number: int, sets: int) -> list[Measured]:
    # by number, because what is measured can't be sent to another process
    return list(tasks(sets=sets, seed=SEED))[number]()


def main() -> None:
    """Measure everything, print the page and write it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", type=int, default=SETS)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--out", type=Path, default=PAGE)
    options = parser.parse_args()
    os.nice(10)
    count = len(list(tasks(sets=1, seed=SEED)))
    found: list[Measured] = []
    with ProcessPoolExecutor(options.jobs) as pool:
        for number, rows in enumerate(pool.map(_numbered, range(count), [options.sets] * count)):
            found += rows
            print(f"{number + 1} of {count}: {rows[0].words()}", file=sys.stderr, flush=True)
    text = page(found, sets=options.sets)
    options.out.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()

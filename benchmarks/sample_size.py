"""Formulas of `einthoven plan` against simulated studies; writes docs/reference/sample_size.md.

python benchmarks/sample_size.py [--studies 2000] [--seed 1]
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path

import numpy as np
from scipy import special, stats

from einthoven.evaluation.sample_size.auroc_comparison import noninferiority_power, paired_power
from einthoven.evaluation.sample_size.auroc_precision import auroc_interval_width
from einthoven.evaluation.sample_size.calibration_precision import (
    calibration_in_the_large_width,
    observed_to_expected_width,
    slope_width,
)
from einthoven.evaluation.sample_size.design_effect import design_effect
from einthoven.evaluation.sample_size.mcnemar_power import mcnemar_power
from einthoven.evaluation.sample_size.net_benefit_precision import net_benefit_width
from einthoven.evaluation.sample_size.risk_distribution import RiskDistribution
from einthoven.evaluation.sample_size.threshold_precision import exact_width, expected_counts

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "sample_size.md"
Z = float(special.ndtri(0.975))
SETTINGS = [(0.85, 0.1, 1000), (0.75, 0.3, 500), (0.9, 0.05, 3000)]
HEAD = """# What `einthoven plan` says, and what happens

Each row: the formula, and the same over {studies:,} simulated studies (seed {seed}, `benchmarks/sample_size.py`).
A width is that of a 95 % interval: twice 1.96 times the spread of the estimate over the studies, or the mean of the
studies' exact intervals; a power is the share of studies whose test rejects. By chance a simulated width is off by
about {error:.1%}, a simulated power by up to {points:.3f} (1.96 standard errors).

| quantity | AUROC, prevalence, records | formula | simulated | ratio |
|---|---|---|---|---|
"""

FOOT = """
The width of O/E is that of the interval that is reported, whose standard error (Riley 2021) holds the expected events
fixed. Over studies O/E spreads less, because patients at higher risk raise both; the size for it is on the safe side.
The calibration slope spreads a little more in small studies than the formula says, which holds for large ones.
"""


def areas(score, truth):
    """Return AUROC and its placements, per score (score, record)."""
    m, n = int(truth.sum()), int((~truth).sum())
    ranks = stats.rankdata(score, axis=1)
    case = (ranks[:, truth] - stats.rankdata(score[:, truth], axis=1)) / n
    control = 1 - (ranks[:, ~truth] - stats.rankdata(score[:, ~truth], axis=1)) / m
    return case.mean(axis=1), case, control


def difference(score, truth):
    """Return the difference of two areas with DeLong's standard error."""
    area, case, control = areas(score, truth)
    case, control = case[0] - case[1], control[0] - control[1]
    return area[0] - area[1], math.sqrt(case.var(ddof=1) / case.size + control.var(ddof=1) / control.size)


def calibration(line, truth):
    """Return slope, calibration-in-the-large and the log of O/E by Newton's method."""
    risk = special.expit(line)
    total = math.log(truth.sum() / risk.sum())
    shift = 0.0
    for _ in range(8):
        moved = special.expit(line + shift)
        shift += (truth - moved).sum() / (moved * (1 - moved)).sum()
    design, beta = np.column_stack([np.ones_like(line), line]), np.array([0.0, 1.0])
    for _ in range(8):
        fitted = special.expit(design @ beta)
        information = design.T @ (design * (fitted * (1 - fitted))[:, None])
        beta += np.linalg.solve(information, design.T @ (truth - fitted))
    return beta[1], shift, total


def of_one_model(auroc, prevalence, n, studies, rng):
    """Yield quantity, formula and simulation for calibrated risks."""
    risks = RiskDistribution.from_auroc(auroc, prevalence)
    found, shares = [], []
    for _ in range(studies):
        line = rng.choice(risks.linear_predictor, n)
        truth = rng.random(n) < special.expit(line)
        called = special.expit(line) >= prevalence
        tp, fp, p = (truth & called).sum(), (~truth & called).sum(), truth.sum()
        odds = prevalence / (1 - prevalence)
        found.append([areas(line[None], truth)[0][0], *calibration(line, truth), (tp - odds * fp) / p])
        shares.append([exact_width(tp, p), exact_width(n - p - fp, n - p), exact_width(tp, tp + fp)])
    spread = 2 * Z * np.std(found, axis=0)
    accuracy = dict(zip(("sensitivity", "specificity"), risks.sensitivity_and_specificity(prevalence), strict=True))
    yield "width of the AUROC", auroc_interval_width(auroc, n, prevalence), spread[0]
    yield "width of the calibration slope", slope_width(n, risks), spread[1]
    yield "width of calibration-in-the-large", calibration_in_the_large_width(n, risks), spread[2]
    yield "width of O/E", observed_to_expected_width(n, prevalence), 2 * math.sinh(spread[3] / 2)
    benefit = net_benefit_width(n, prevalence, prevalence=prevalence, **accuracy)
    yield "width of the standardised net benefit", benefit, spread[4]
    counts = expected_counts(n, prevalence=prevalence, **accuracy)
    for name, width in zip(("sensitivity", "specificity", "ppv"), np.nanmean(shares, axis=0), strict=True):
        yield f"width of the {name}", exact_width(*counts[name]), width


def of_two_models(auroc, prevalence, n, studies, rng, *, correlation=0.6, drop=0.04, margin=0.03):
    """Yield the power of the paired comparison and of non-inferiority."""
    shifts = np.sqrt(2) * special.ndtri([auroc, auroc - drop])
    rejected, within = 0, 0
    for _ in range(studies):
        truth = rng.random(n) < prevalence
        common = math.sqrt(correlation) * rng.normal(size=n)
        noise = common + math.sqrt(1 - correlation) * rng.normal(size=(2, n))
        gap, error = difference(noise + shifts[:, None] * truth, truth)
        rejected += abs(gap) > Z * error
        gap, error = difference(noise + shifts[0] * truth, truth)
        within += gap - Z * error > -margin
    places = (n, prevalence)
    power = paired_power(auroc, auroc - drop, *places, correlation=correlation)
    yield f"power against an AUROC {drop:g} lower", power, rejected / studies
    power = noninferiority_power(auroc, auroc, *places, correlation=correlation, margin=margin)
    yield f"power of non-inferiority by {margin:g}", power, within / studies
    pairs = rng.multinomial(n, [0.08, 0.05, 0.87], studies)[:, :2].T
    rejected = np.mean((pairs[0] - pairs[1]) ** 2 > Z**2 * pairs.sum(axis=0))
    yield "power of McNemar (0.08 and 0.05)", mcnemar_power(n, 0.08, 0.05), rejected


def of_repeats(auroc, prevalence, n, studies, rng, *, repeats=4, correlation=0.5):
    """Yield the width of the AUROC with several records per patient, whose scores are correlated."""
    shift, patients, found = np.sqrt(2) * special.ndtri(auroc), n // repeats, []
    for _ in range(studies):
        truth = np.repeat(rng.random(patients) < prevalence, repeats)
        own = np.repeat(rng.normal(size=patients), repeats) * math.sqrt(correlation)
        score = shift * truth + own + math.sqrt(1 - correlation) * rng.normal(size=truth.size)
        found.append(areas(score[None], truth)[0][0])
    effect = design_effect(repeats, correlation)
    expected = auroc_interval_width(auroc, n, prevalence, design_effect=effect)
    yield f"width of the AUROC, {repeats} records per patient, ICC {correlation:g}", expected, 2 * Z * np.std(found)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--studies", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    rng = np.random.default_rng(asked.seed)
    lines = []
    for auroc, prevalence, n in SETTINGS:
        for part in (of_one_model, of_two_models, of_repeats):
            for name, formula, simulated in part(auroc, prevalence, n, asked.studies, rng):
                place = f"{auroc:g}, {prevalence:g}, {n:,}"
                lines.append(f"| {name} | {place} | {formula:.3f} | {simulated:.3f} | {formula / simulated:.3f} |")
                print(lines[-1], flush=True)
    error = {"error": 1.96 / math.sqrt(2 * asked.studies), "points": 1.96 * 0.5 / math.sqrt(asked.studies)}
    head = HEAD.format(studies=asked.studies, seed=asked.seed, **error)
    PAGE.write_text(head + "\n".join(lines) + "\n" + FOOT, encoding="utf-8")


if __name__ == "__main__":
    main()

"""Each formula against what happens in simulated studies; benchmarks/sample_size.py does the same at length."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import special, stats

from einthoven.evaluation.sample_size.auroc_comparison import (
    difference_standard_error,
    noninferiority_power,
    paired_power,
)
from einthoven.evaluation.sample_size.auroc_precision import auroc_standard_error, joint_excess
from einthoven.evaluation.sample_size.calibration_precision import calibration_in_the_large_width, slope_width
from einthoven.evaluation.sample_size.mcnemar_power import mcnemar_power
from einthoven.evaluation.sample_size.net_benefit_precision import net_benefit_width
from einthoven.evaluation.sample_size.risk_distribution import RiskDistribution
from einthoven.evaluation.sample_size.threshold_precision import exact_width
from einthoven.evaluation.statistics.calibration_slope import calibration_slope


def areas(case, control):
    """Return the AUROC of each study: case (study, m), control (study, n)."""
    m = case.shape[1]
    ranks = stats.rankdata(np.concatenate([case, control], axis=1), axis=1)[:, :m].sum(axis=1)
    return (ranks - m * (m + 1) / 2) / (m * control.shape[1])


@pytest.mark.parametrize(("shift", "cases", "controls"), [(1.0, 30, 120), (2.3, 50, 60)])
def test_standard_error_of_an_auroc_is_its_spread_over_studies(shift, cases, controls):
    """2,000 studies tell a standard error to within 1.6 %."""
    rng = np.random.default_rng(0)
    found = areas(rng.normal(shift, 1, (2000, cases)), rng.normal(size=(2000, controls)))
    expected = auroc_standard_error(special.ndtr(shift / math.sqrt(2)), cases, controls)
    assert found.std() == pytest.approx(expected, rel=0.05)
    assert found.mean() == pytest.approx(special.ndtr(shift / math.sqrt(2)), abs=4 * expected / math.sqrt(2000))


def test_the_area_of_one_pair_is_a_coin():
    """It is 1 with the probability that the area is, else 0."""
    assert auroc_standard_error(0.8, 1, 1) ** 2 == pytest.approx(0.8 * 0.2)


def test_standard_error_of_a_difference_knows_the_correlation():
    """Of two scores that share 70 % of their variance; none makes the two areas independent."""
    rng = np.random.default_rng(1)
    case, control = (
        math.sqrt(0.7) * rng.normal(size=(2000, size, 1)) + math.sqrt(0.3) * rng.normal(size=(2000, size, 2))
        for size in (40, 100)
    )
    found = areas(case[:, :, 0] + 1.4, control[:, :, 0]) - areas(case[:, :, 1] + 1.0, control[:, :, 1])
    one, other = special.ndtr(1.4 / math.sqrt(2)), special.ndtr(1 / math.sqrt(2))
    assert found.std() == pytest.approx(difference_standard_error(one, other, 40, 100, correlation=0.7), rel=0.05)
    apart = math.hypot(auroc_standard_error(one, 40, 100), auroc_standard_error(other, 40, 100))
    assert difference_standard_error(one, other, 40, 100, correlation=0) == pytest.approx(apart)


def test_power_at_no_difference_is_the_error_allowed():
    """And half of it for non-inferiority at the margin itself."""
    assert paired_power(0.8, 0.8 + 1e-9, 500, 0.2, correlation=0.5) == pytest.approx(0.05, abs=1e-6)
    assert noninferiority_power(0.8, 0.82, 500, 0.2, correlation=0.5, margin=0.02) == pytest.approx(0.025)


def test_joint_excess_is_the_bivariate_normal_probability():
    """By SciPy's cubature."""
    for first, second, correlation in ((0.5, 1.2, 0.3), (2.0, 1.0, 0.8), (0.3, 0.3, 0.0)):
        joint = stats.multivariate_normal(cov=[[1, correlation], [correlation, 1]]).cdf([first, second])
        expected = joint - special.ndtr(first) * special.ndtr(second)
        assert joint_excess(first, second, correlation) == pytest.approx(expected, abs=1e-6)


def test_widths_of_the_calibration_line_are_its_spread_over_studies():
    """Slope and calibration-in-the-large of a calibrated model, fitted anew in 300 studies."""
    risks = RiskDistribution.from_auroc(0.8, 0.2)
    rng = np.random.default_rng(2)
    slopes, intercepts = [], []
    for _ in range(300):
        line = rng.choice(risks.linear_predictor, 800)
        truth = rng.random(800) < special.expit(line)
        slopes.append(calibration_slope(special.expit(line), truth).value)
        # one Newton step from the truth
        risk = special.expit(line)
        intercepts.append((truth - risk).sum() / (risk * (1 - risk)).sum())
    z = 2 * special.ndtri(0.975)
    assert np.std(slopes) * z == pytest.approx(slope_width(800, risks), rel=0.12)
    assert np.std(intercepts) * z == pytest.approx(calibration_in_the_large_width(800, risks), rel=0.12)


def test_a_distribution_from_an_auroc_has_that_auroc_prevalence_and_accuracy():
    """However extreme; its call at a threshold is that of two normals."""
    for auroc, prevalence in ((0.6, 0.5), (0.85, 0.1), (0.97, 0.01)):
        risks = RiskDistribution.from_auroc(auroc, prevalence)
        assert risks.prevalence == pytest.approx(prevalence, rel=0.002)
        assert risks.auroc == pytest.approx(auroc, abs=0.001)
    spread = math.sqrt(2) * special.ndtri(0.85)
    risks = RiskDistribution.from_auroc(0.85, 0.1)
    sensitivity, specificity = risks.sensitivity_and_specificity(0.1)
    assert sensitivity == pytest.approx(special.ndtr(spread / 2), abs=0.002)
    assert specificity == pytest.approx(special.ndtr(spread / 2), abs=0.002)


def test_net_benefit_spreads_as_its_formula_says():
    """Over 4,000 studies of 500."""
    rng = np.random.default_rng(3)
    sensitivity, specificity, prevalence, threshold = 0.8, 0.7, 0.2, 0.15
    cases = rng.binomial(500, prevalence, 4000)
    found, alarms = rng.binomial(cases, sensitivity), rng.binomial(500 - cases, 1 - specificity)
    benefit = (found - alarms * threshold / (1 - threshold)) / cases
    shares = {"prevalence": prevalence, "sensitivity": sensitivity, "specificity": specificity}
    expected = net_benefit_width(500, threshold, **shares)
    assert benefit.std() * 2 * special.ndtri(0.975) == pytest.approx(expected, rel=0.05)


def test_power_of_mcnemar_is_its_share_of_rejections():
    """Over 20,000 studies of 150 pairs."""
    rng = np.random.default_rng(4)
    first, second, _ = rng.multinomial(150, [0.16, 0.06, 0.78], 20_000).T
    statistic = (first - second) ** 2 / np.maximum(first + second, 1)
    assert np.mean(statistic > stats.chi2.ppf(0.95, 1)) == pytest.approx(mcnemar_power(150, 0.16, 0.06), abs=0.02)


def test_expected_width_of_an_exact_interval_is_the_mean_over_studies():
    """Of a sensitivity among 80 cases."""
    widths = [exact_width(count, 80) for count in range(1, 80)]
    chances = stats.binom.pmf(range(1, 80), 80, 0.9)
    assert np.sum(widths * chances) == pytest.approx(exact_width(72, 80), rel=0.02)

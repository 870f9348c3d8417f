"""Published software: pmvalsampsize and pmsampsize of the authors of the formulas, epiR; numbers by sample_size.R."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from einthoven.evaluation.sample_size.auroc_precision import size_for_auroc
from einthoven.evaluation.sample_size.calibration_precision import (
    size_for_calibration_slope,
    size_for_observed_to_expected,
)
from einthoven.evaluation.sample_size.development import (
    cox_snell_r2,
    size_for_overall_risk,
    size_for_r2_optimism,
    size_for_shrinkage,
)
from einthoven.evaluation.sample_size.net_benefit_precision import size_for_net_benefit
from einthoven.evaluation.sample_size.risk_distribution import RiskDistribution
from einthoven.evaluation.sample_size.threshold_precision import size_for_proportion

FOUND = json.loads((Path(__file__).parents[2] / "reference" / "sample_size.json").read_text())


def test_the_published_example_of_an_external_validation():
    """Mechanical heart valve failure (Riley 2021): AUROC exact; O/E and slope are searched in steps and simulated."""
    r = FOUND["normal"]
    assert size_for_auroc(0.8, 0.018, width=0.1) == r["criterion_3"]
    assert size_for_observed_to_expected(0.018, width=1) == pytest.approx(r["criterion_1"], abs=1)
    risks = RiskDistribution.from_normal(-5, 2.5)
    assert size_for_calibration_slope(risks, width=0.2) == pytest.approx(r["criterion_2"], rel=0.005)


def test_risks_with_a_beta_distribution_and_a_net_benefit():
    """All four criteria."""
    r = FOUND["beta"]
    risks = RiskDistribution.from_beta(1.33, 1.75)
    assert size_for_observed_to_expected(0.43, width=0.2) == pytest.approx(r["criterion_1"], abs=1)
    assert size_for_calibration_slope(risks, width=0.2) == pytest.approx(r["criterion_2"], rel=0.005)
    assert size_for_auroc(0.77, 0.43, width=0.1) == r["criterion_3"]
    shares = {"prevalence": 0.43, "sensitivity": 0.8, "specificity": 0.6}
    assert size_for_net_benefit(0.3, width=0.2, **shares) == r["criterion_4"]


def test_the_published_example_of_a_development():
    """All three criteria of Riley 2020, from R2 and from an AUROC, which pmsampsize turns into R2 by simulation."""
    r = FOUND["development_r2"]
    sizes = (size_for_shrinkage(0.288, 24), size_for_r2_optimism(0.288, 24, 0.174), size_for_overall_risk(0.174))
    assert sizes == (r["criterion_1"], r["criterion_2"], r["criterion_3"])
    r = FOUND["development_auroc"]
    r2 = cox_snell_r2(RiskDistribution.from_auroc(0.78, 0.2))
    assert size_for_shrinkage(r2, 30) == pytest.approx(r["criterion_1"], rel=0.01)
    assert size_for_r2_optimism(r2, 30, 0.2) == r["criterion_2"]


def test_a_sensitivity_needs_more_for_its_exact_interval_than_for_walds():
    """EpiR's size is by Wald's interval, which is too narrow near 1."""
    size = size_for_proportion("sensitivity", width=0.1, prevalence=0.1, sensitivity=0.9, specificity=0.8)
    assert 1.05 < size / FOUND["sensitivity_n"] < 1.2

from __future__ import annotations

import numpy as np
import pytest
from scipy import special

from einthoven.errors import SpecificationError
from einthoven.evaluation.statistics.hosmer_lemeshow_test import hosmer_lemeshow_test
from fakes.calibration_reference import calibration_reference


def test_statistic_and_p_value_are_those_of_r():
    """Ten groups, ten degrees of freedom."""
    data = calibration_reference()
    result = hosmer_lemeshow_test(data.score, data.truth)
    assert result.statistic == pytest.approx(data.numbers["hosmer_lemeshow"]["statistic"], abs=1e-10)
    assert result.p_value == pytest.approx(data.numbers["hosmer_lemeshow"]["p_value"], abs=1e-12)


def test_repeated_records_are_no_evidence():
    """Of calibrated scores with three copies of each, the test by patient rejects rarely, that by record often."""
    rng = np.random.default_rng(0)
    rejected = {True: 0, False: 0}
    for _ in range(40):
        score = special.expit(rng.normal(0, 1, 200))
        truth = rng.random(200) < score
        rows = np.repeat(np.arange(200), 3)
        for named in rejected:
            test = hosmer_lemeshow_test(score[rows], truth[rows], clusters=rows if named else None, groups=5)
            rejected[named] += test.p_value < 0.05
    assert rejected[True] <= 6
    assert rejected[False] >= 12


def test_groups_without_variance_or_patients_have_no_test():
    """Scores of 0 alone; fewer patients than groups; one group."""
    assert "without variance" in hosmer_lemeshow_test([0.0, 0.0, 0.5, 0.6], [0, 0, 1, 0], groups=2).difference.reason
    few = hosmer_lemeshow_test([0.1, 0.2, 0.5, 0.6], [0, 0, 1, 0], clusters=[0, 0, 1, 1], groups=4)
    assert "fewer patients" in few.difference.reason
    with pytest.raises(SpecificationError, match="at least 2 groups"):
        hosmer_lemeshow_test([0.1, 0.2], [0, 1], groups=1)

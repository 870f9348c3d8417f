from __future__ import annotations

import numpy as np
import pytest

from einthoven.evaluation.statistics.spiegelhalter_test import spiegelhalter_test
from fakes.calibration_reference import calibration_reference


def test_statistic_and_p_value_are_those_of_val_prob():
    """Of R's rms."""
    data = calibration_reference()
    result = spiegelhalter_test(data.score, data.truth)
    assert result.statistic == pytest.approx(data.numbers["val_prob"]["S:z"], abs=1e-12)
    assert result.p_value == pytest.approx(data.numbers["val_prob"]["S:p"], abs=1e-12)


def test_repeated_records_are_no_evidence():
    """Three copies of each leave the p value of patients where it was, and make that of records small."""
    data = calibration_reference()
    rows = np.repeat(np.arange(300), 3)
    named = spiegelhalter_test(data.score[rows], data.truth[rows], clusters=rows)
    once = spiegelhalter_test(data.score, data.truth)
    assert named.p_value == pytest.approx(once.p_value, abs=0.05)
    assert spiegelhalter_test(data.score[rows], data.truth[rows]).p_value < 0.01


def test_scores_that_do_not_vary_have_no_test():
    """All 0, 1/2 or 1."""
    result = spiegelhalter_test([0.0, 0.5, 0.5, 1.0], [0, 1, 0, 1])
    assert np.isnan(result.p_value)
    assert "doesn't vary" in result.difference.reason

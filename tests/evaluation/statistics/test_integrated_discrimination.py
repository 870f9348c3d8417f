from __future__ import annotations

import numpy as np
import pytest

from einthoven.errors import InvalidScoreError
from einthoven.evaluation.statistics.bootstrap_difference import bootstrap_difference
from einthoven.evaluation.statistics.integrated_discrimination import integrated_discrimination
from fakes.compared_scores import compared_scores


def test_values_and_errors_equal_those_of_hmisc():
    """improveProb: the IDI, its parts and its z."""
    data = compared_scores()
    expected = data.expected["continuous"]
    found = integrated_discrimination(data.a, data.b, data.truth)
    assert found.events.difference.value == pytest.approx(expected["idi_events"], rel=1e-12)
    assert found.nonevents.difference.value == pytest.approx(expected["idi_nonevents"], rel=1e-12)
    assert found.total.difference.value == pytest.approx(expected["idi"], rel=1e-12)
    assert found.total.statistic == pytest.approx(expected["idi_z"], rel=1e-12)


def test_errors_by_patient_equal_those_of_sandwich_and_the_total_is_near_the_bootstrap():
    """The covariance of the parts through patients is in the total."""
    data = compared_scores()
    found = integrated_discrimination(data.a, data.b, data.truth, clusters=data.patient)
    for part, name in ((found.events, "idi_events"), (found.nonevents, "idi_nonevents")):
        assert part.difference.value / part.statistic == pytest.approx(data.expected["clustered"][name], rel=1e-12)

    def slope(score, truth):
        return score[truth].mean() - score[~truth].mean()

    drawn = bootstrap_difference(slope, data.a, data.b, data.truth, clusters=data.patient, resamples=1000)
    assert drawn.difference.value == pytest.approx(found.total.difference.value)
    assert drawn.difference.value / drawn.statistic == pytest.approx(
        found.total.difference.value / found.total.statistic, rel=0.1
    )


def test_equal_risks_differ_by_nothing():
    """P = 1."""
    data = compared_scores()
    assert integrated_discrimination(data.a, data.a, data.truth).total.p_value == 1.0


def test_what_is_no_probability_is_refused():
    """A mean of logits would be no discrimination slope."""
    with pytest.raises(InvalidScoreError, match=r"\[0, 1\], got 1.5"):
        integrated_discrimination(np.array([0.1, 1.5]), np.array([0.1, 0.5]), [0, 1])

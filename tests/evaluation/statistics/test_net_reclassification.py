from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from einthoven.errors import InvalidScoreError, OneClassError, SpecificationError
from einthoven.evaluation.statistics.net_reclassification import net_reclassification
from fakes.compared_scores import compared_scores


@pytest.mark.parametrize(("kind", "cut_offs"), [("continuous", ()), ("categorical", (0.2, 0.5))])
def test_values_and_errors_equal_those_of_hmisc(kind, cut_offs):
    """improveProb: events, non-events and total, with their standard errors."""
    data = compared_scores()
    expected = data.expected[kind]
    found = net_reclassification(data.a, data.b, data.truth, cut_offs=cut_offs)
    for part, value, error in (
        (found.events, "events", "events_error"),
        (found.nonevents, "nonevents", "nonevents_error"),
        (found.total, "nri", "nri_error"),
    ):
        assert part.difference.value == pytest.approx(expected[value], rel=1e-12)
        assert part.difference.value / part.statistic == pytest.approx(expected[error], rel=1e-12)
        assert part.p_value == pytest.approx(2 * stats.norm.sf(abs(expected[value] / expected[error])), rel=1e-9)
        reach = stats.norm.ppf(0.975) * expected[error]
        assert part.difference.high - part.difference.low == pytest.approx(2 * reach)
    assert found.total.statistic == pytest.approx(expected["z"], rel=1e-12)


def test_errors_by_patient_equal_those_of_sandwich():
    """A mean among events is an intercept; its cluster-robust error is R's."""
    data = compared_scores()
    found = net_reclassification(data.a, data.b, data.truth, clusters=data.patient)
    for part, name in ((found.events, "nri_events"), (found.nonevents, "nri_nonevents")):
        assert part.difference.value / part.statistic == pytest.approx(data.expected["clustered"][name], rel=1e-12)


def test_with_two_categories_it_is_the_change_of_sensitivity_and_specificity():
    """Also of calls at two cut-offs of their own."""
    data = compared_scores()
    calls_a, calls_b = data.a >= 0.45, data.b >= 0.35
    positive = data.truth == 1
    found = net_reclassification(calls_a, calls_b, data.truth)
    assert found.events.difference.value == pytest.approx(calls_a[positive].mean() - calls_b[positive].mean())
    assert found.nonevents.difference.value == pytest.approx(calls_b[~positive].mean() - calls_a[~positive].mean())


def test_a_risk_of_a_cut_off_lies_above_it():
    """As a score of a cut-off is called positive."""
    found = net_reclassification([0.2, 0.1], [0.19, 0.1], [1, 0], cut_offs=[0.2])
    assert found.events.difference.value == 1.0


def test_a_class_of_few_patients_is_tested_exactly():
    """Eight of ten events move up: p is that of ten throws of a coin, not Wald's, which is half of it."""
    risk = np.concatenate([np.full(8, 0.6), np.full(2, 0.4), np.linspace(0.1, 0.9, 40)])
    old = np.concatenate([np.full(10, 0.5), np.full(40, 0.5)])
    found = net_reclassification(risk, old, np.arange(50) < 10)
    assert found.events.p_value == pytest.approx(stats.binomtest(8, 10).pvalue)
    assert found.events.difference.value == pytest.approx(0.6)
    assert found.events.difference.events == 10
    assert "exact McNemar" in found.events.method
    assert "McNemar" not in found.nonevents.method
    law = stats.t(9)
    assert found.total.p_value == pytest.approx(2 * law.sf(abs(found.total.statistic)))


def test_equal_risks_reclassify_nobody():
    """P = 1 for all three."""
    data = compared_scores()
    found = net_reclassification(data.a, data.a, data.truth)
    assert [part.p_value for part in (found.events, found.nonevents, found.total)] == [1.0, 1.0, 1.0]


def test_wrong_input_is_refused():
    """Cut-offs that don't ascend, one class, NaN."""
    with pytest.raises(SpecificationError, match="must ascend"):
        net_reclassification([0.1, 0.2], [0.1, 0.2], [0, 1], cut_offs=[0.5, 0.2])
    with pytest.raises(OneClassError):
        net_reclassification([0.1, 0.2], [0.1, 0.2], [1, 1])
    with pytest.raises(InvalidScoreError):
        net_reclassification([0.1, 0.2], [0.1, np.nan], [0, 1])

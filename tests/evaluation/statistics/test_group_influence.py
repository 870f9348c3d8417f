from __future__ import annotations

import numpy as np
import pytest

from einthoven.evaluation.statistics.binary_outcome import binary_outcome
from einthoven.evaluation.statistics.group_bootstrap import SHARES, group_bootstrap
from einthoven.evaluation.statistics.group_influence import group_influence

METRICS = ("auroc", *SHARES, "observed_expected")


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("metric", METRICS)
def test_influence_is_the_derivative_by_how_often_a_patient_counts(metric, weighted):
    """By a small change of one patient's weight; ties, repeated patients, a group of a part of the records."""
    rng = np.random.default_rng(0)
    n, patient = 60, rng.integers(0, 20, 60)
    truth, score = rng.random(n) < 0.4, np.round(rng.random(n), 1)
    member, called = rng.random(n) < 0.7, score > 0.4
    base = rng.integers(1, 4, n) + rng.random(n) if weighted else np.ones(n) * 1.0
    data = binary_outcome(score, truth, clusters=patient, weights=base)
    found = group_influence(metric, data, member, called=called, probability=score)

    def value(weights):
        given = {"decision": called, "probability": score, "clusters": patient, "weights": weights, "resamples": 1}
        return group_bootstrap(score, truth, member[:, None], **given).point[metric][0]

    step = 1e-6
    for one, code in enumerate(np.unique(patient)):
        more, less = (value(np.where(patient == code, base * (1 + s), base)) for s in (step, -step))
        assert found[one] == pytest.approx((more - less) / (2 * step), abs=1e-8)
    assert found.sum() == pytest.approx(0, abs=1e-12)


def test_shares_need_calls():
    """Our own mistake otherwise."""
    data = binary_outcome([0.1, 0.2], [0, 1])
    with pytest.raises(ValueError, match="needs the calls"):
        group_influence("ppv", data, np.ones(2, dtype=bool))

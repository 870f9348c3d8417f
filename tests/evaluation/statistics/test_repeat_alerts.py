from __future__ import annotations

import numpy as np
import pytest

from einthoven.evaluation.statistics.repeat_alerts import patients_alerted, repeat_alerts


def sample(n=400, patients=120, seed=0):
    rng = np.random.default_rng(seed)
    patient = rng.integers(0, patients, n)
    risk = rng.beta(1, 3, patients)[patient]
    return (rng.random(n) < risk).astype(int), patient


def test_repeats_are_counted_by_a_loop():
    """All alerts of a patient but one."""
    decision, patient = sample()
    counts = [int(decision[patient == one].sum()) for one in np.unique(patient)]
    found = repeat_alerts(decision, clusters=patient)
    assert (found.n, found.events) == (sum(counts), sum(max(c - 1, 0) for c in counts))
    assert found.value == pytest.approx(found.events / found.n)
    assert found.low < found.value < found.high


def test_patients_are_counted_by_a_loop():
    """With one alert, and with two."""
    decision, patient = sample()
    counts = np.array([decision[patient == one].sum() for one in np.unique(patient)])
    for least in (1, 2):
        found = patients_alerted(decision, clusters=patient, least=least)
        assert (found.n, found.events) == (counts.size, (counts >= least).sum())
        assert found.method == "Clopper-Pearson"


def test_weights_are_patients_repeated_so_often():
    """Each patient's records alike."""
    decision, patient = sample()
    weight = np.random.default_rng(2).integers(1, 4, 120)[patient]
    again = np.concatenate([decision[weight >= k] for k in (1, 2, 3)])
    names = np.concatenate([patient[weight >= k] + 1000 * k for k in (1, 2, 3)])
    for metric in (repeat_alerts, patients_alerted):
        weighted = metric(decision, clusters=patient, weights=weight)
        assert weighted.value == pytest.approx(metric(again, clusters=names).value, rel=1e-12)


def test_the_order_of_records_does_not_matter():
    """Which of the alerts comes first decides nothing."""
    decision, patient = sample()
    order = np.random.default_rng(1).permutation(decision.size)
    one, other = repeat_alerts(decision, clusters=patient), repeat_alerts(decision[order], clusters=patient[order])
    assert (other.value, other.low, other.high) == pytest.approx((one.value, one.low, one.high), rel=1e-12)


def test_what_has_no_share_says_why():
    """No patient with several ECGs; no alert."""
    assert repeat_alerts([1, 1], clusters=[1, 2]).reason == "no patient has several ECGs"
    assert repeat_alerts([0, 0], clusters=[1, 1]).reason == "nothing was called positive"
    assert patients_alerted([0, 0], clusters=[1, 1]).value == 0

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from einthoven.errors import OneClassError, SpecificationError
from einthoven.evaluation.statistics import partial_auroc as module
from einthoven.evaluation.statistics.auroc import auroc
from einthoven.evaluation.statistics.partial_auroc import partial_auroc

R = json.loads((Path(__file__).parents[2] / "reference" / "discrimination.json").read_text(encoding="utf-8"))


@pytest.mark.real_data
def test_equals_pROC(haemorrhage):  # noqa: N802 - the package's own spelling
    """All printed digits of R's pROC."""
    expected = haemorrhage.expected["partial_auc"]["wfns_spec_1_to_0.9"]
    found = partial_auroc(haemorrhage.scores["wfns"], haemorrhage.truth, minimum=0.9, resamples=50)
    assert found.value == pytest.approx(expected, abs=1e-15)


@pytest.mark.parametrize(
    "case", R["partial"], ids=lambda c: f"{c['score']} {c['focus']} {c['minimum']} {c['corrected']}"
)
def test_equals_recorded_numbers_of_pROC(case, reference):  # noqa: N802
    """Both sides of the curve, with ties, rescaled or not."""
    settings = {name: case[name] for name in ("focus", "minimum", "corrected")}
    found = partial_auroc(getattr(reference, case["score"]), reference.truth, resamples=1, **settings)
    assert found.value == pytest.approx(case["value"], abs=1e-14)


def test_corrected_equals_scikit_learn_with_weights(reference):
    """McClish's rescaling, and records that count unevenly."""
    weight = np.random.default_rng(0).random(reference.truth.size) + 0.5
    found = partial_auroc(reference.b, reference.truth, minimum=0.8, corrected=True, weights=weight, resamples=1)
    expected = roc_auc_score(reference.truth, reference.b, max_fpr=0.2, sample_weight=weight)
    assert found.value == pytest.approx(expected, abs=1e-14)


def test_all_specificities_give_the_whole_area(reference):
    """The part is then the whole, and its interval nearly DeLong's."""
    whole = auroc(reference.a, reference.truth)
    part = partial_auroc(reference.a, reference.truth, minimum=0.0)
    assert part.value == pytest.approx(whole.value, abs=1e-14)
    assert (part.low, part.high) == pytest.approx((whole.low, whole.high), abs=0.03)


@pytest.mark.parametrize("digits", [1, 16])
@pytest.mark.parametrize("limit", [0.13, 0.5, 1.0])
def test_influence_is_the_derivative_by_the_weights(digits, limit):
    """By numerical differences, with and without ties."""
    rng = np.random.default_rng(digits)
    truth = rng.random(40) < 0.4
    score, weight = np.round(rng.random(40) + 0.2 * truth, digits), rng.random(40) + 0.5
    data = module._sorted(module.binary_outcome(score, truth, weights=weight), keep_patients=False)
    found = module._resampled(data, limit, resamples=1, seed=0)

    def area(change):
        changed = module.BinaryOutcome(data.score, data.truth, data.patient, 40, data.weight * change)
        return module._resampled(changed, limit, resamples=1, seed=0).value

    steps = 1e-6 * np.eye(40)
    numerical = [(area(1 + step) - area(1 - step)) / 2e-6 for step in steps]
    assert found.influence == pytest.approx(np.array(numerical), abs=1e-8)


def test_whole_weights_equal_repeated_records(reference):
    """A record that counts twice is there twice."""
    times = np.random.default_rng(1).integers(1, 4, reference.truth.size)
    weighted = partial_auroc(reference.b, reference.truth, weights=times, resamples=1)
    repeated = partial_auroc(np.repeat(reference.b, times), np.repeat(reference.truth, times), resamples=1)
    assert weighted.value == pytest.approx(repeated.value, abs=1e-14)


def test_perfect_separation_has_a_bound_and_no_information_half():
    """Exact binomial on the positives; a constant score is 0.5 after the correction."""
    perfect = partial_auroc(np.arange(20.0), np.arange(20) >= 12, minimum=0.9)
    assert (perfect.value, perfect.high) == (pytest.approx(0.1), pytest.approx(0.1))
    assert perfect.low == pytest.approx(0.1 * 0.025 ** (1 / 8))
    tied = partial_auroc(np.ones(20), np.arange(20) >= 12, minimum=0.9, corrected=True)
    assert tied.value == pytest.approx(0.5)
    none = partial_auroc(-np.arange(20.0), np.arange(20) >= 12, minimum=0.9)
    assert (none.value, none.low) == (0.0, 0.0)
    assert none.high == pytest.approx(0.1 * (1 - 0.025 ** (1 / 8)))


def test_sensitivity_counts_the_events_of_the_outcome():
    """The classes are exchanged inside, not in what is told."""
    found = partial_auroc([0.1, 0.4, 0.35, 0.8, 0.2], [0, 0, 1, 1, 0], focus="sensitivity", minimum=0.5, resamples=5)
    assert (found.n, found.events) == (5, 2)


def test_wrong_settings_are_refused():
    """Specificity is a share, there are two sides, and both classes are needed."""
    score, truth = np.array([0.1, 0.2]), np.array([0, 1])
    with pytest.raises(SpecificationError, match="minimum"):
        partial_auroc(score, truth, minimum=1.0)
    with pytest.raises(SpecificationError, match="focus"):
        partial_auroc(score, truth, focus="precision")
    with pytest.raises(OneClassError):
        partial_auroc(score, np.array([1, 1]))

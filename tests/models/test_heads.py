"""The head is a linear map in evaluation, whatever its dropout; scores are what the formulas say."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from einthoven.errors import SpecificationError
from einthoven.evaluation.prediction_columns import SCORE_KINDS
from einthoven.models.head_settings import HEADS, HeadSettings
from einthoven.models.heads import build_head

EXTRA = {"survival_discrete": {"intervals_days": (30.0, 180.0, 365.0)}}


def _head(n_labels: int = 3, **settings):
    settings = EXTRA.get(settings.get("task", ""), {}) | settings
    head = build_head(HeadSettings(**settings), feature_width=4, token_width=8, n_labels=n_labels)
    for parameter in head.parameters():  # away from zero cut-points
        torch.nn.init.normal_(parameter, std=0.5)
    return head


def test_a_linear_head_is_a_matrix_product():
    head = _head(dropout=0.5).eval()
    features = torch.randn(5, 4)
    expected = features @ head.linear.weight.T + head.linear.bias
    assert torch.allclose(head(features), expected, atol=1e-6)


def test_a_hidden_layer_is_there_when_asked_for():
    head = _head(hidden_width=7)
    assert head(torch.randn(5, 4)).shape == (5, 3)
    assert head.linear.in_features == 7


@pytest.mark.parametrize("task", sorted(HEADS))
@pytest.mark.parametrize("pooling", ["encoder", "attention", "mean", "mean_max"])
def test_there_are_as_many_scores_as_labels_and_gradient_reaches_every_weight(task, pooling):
    torch.manual_seed(0)  # of five hidden units, all may be silent by chance
    head = _head(task=task, pooling=pooling, n_covariates=2, hidden_width=5, dropout=0.0)
    features = torch.randn(6, 4) if pooling == "encoder" else torch.randn(6, 9, 8)
    outputs = head(features, torch.randn(6, 2))
    scores = head.scores(outputs)
    assert outputs.shape == scores.shape == (6, 3)
    weights = torch.linspace(1, 2, outputs.numel()).reshape(outputs.shape)
    (outputs * weights).square().sum().backward()
    for key, parameter in head.named_parameters():
        assert parameter.grad.abs().sum() > 0, key
    assert head.takes_tokens == (pooling != "encoder")
    assert head.score_kind in SCORE_KINDS
    if head.score_kind == "probability":
        assert ((scores >= 0) & (scores <= 1)).all()


def test_tokens_are_pooled_by_their_mean_and_maximum():
    head, tokens = _head(pooling="mean_max").eval(), torch.randn(3, 9, 8)
    pooled = torch.cat([tokens.mean(1), tokens.amax(1)], dim=1)
    assert torch.allclose(head(tokens), head.linear(pooled), atol=1e-6)


def test_covariates_stand_behind_the_features_and_are_never_dropped():
    head, features, covariates = _head(n_covariates=2, dropout=0.9), torch.zeros(50, 4), torch.randn(50, 2)
    expected = covariates @ head.linear.weight[:, 4:].T + head.linear.bias
    assert torch.allclose(head.train()(features, covariates), expected, atol=1e-6)


@pytest.mark.parametrize(("asked", "given"), [(2, None), (2, 3), (0, 1)])
def test_other_covariates_than_asked_for_are_refused_by_name(asked, given):
    names = ("age", "sex")[:asked]
    head = _head(n_covariates=asked, covariates=names)
    covariates = None if given is None else torch.zeros(5, given)
    with pytest.raises(SpecificationError, match=rf"needs {asked} covariates{' .age, sex.' * bool(asked)} of each"):
        head(torch.randn(5, 4), covariates)


def test_binary_scores_are_independent_probabilities():
    outputs = torch.tensor([[0.0, 2.0, -1.0]])
    expected = 1 / (1 + np.exp(-outputs.numpy()))
    assert _head().scores(outputs).numpy() == pytest.approx(expected, abs=1e-7)


def test_multiclass_scores_sum_to_one():
    outputs = torch.randn(5, 3)
    exponentials = np.exp(outputs.numpy())
    expected = exponentials / exponentials.sum(axis=1, keepdims=True)
    assert _head(task="multiclass").scores(outputs).numpy() == pytest.approx(expected, abs=1e-6)


def test_one_class_alone_is_refused():
    with pytest.raises(SpecificationError, match="at least two classes as labels, got 1"):
        _head(1, task="multiclass")


def test_ordinal_cut_points_share_a_direction_and_never_cross():
    """Whatever the weights: 200 draws of them, with gaps from hardly any to large."""
    for seed in range(200):
        torch.manual_seed(seed)
        head = _head(5, task="ordinal", dropout=0.0)
        torch.nn.init.normal_(head.linear.gaps, std=20.0)
        outputs = head(torch.randn(4, 4))
        assert (head.scores(outputs).diff(dim=1) <= 0).all()
        shifts = outputs - outputs[:, :1]
        assert torch.allclose(shifts, shifts[:1].expand_as(shifts), atol=1e-4)


def test_ordinal_scores_follow_the_formula():
    head = _head(task="ordinal", dropout=0.0)
    features = torch.randn(5, 4, dtype=torch.float32)
    weight, first, gaps = (
        part.detach().double().numpy()
        for part in (head.linear.direction.weight[0], head.linear.first, head.linear.gaps)
    )
    cuts = first + np.concatenate([[0.0], -np.cumsum(np.log1p(np.exp(gaps)))])
    expected = 1 / (1 + np.exp(-(features.double().numpy() @ weight[:, None] + cuts)))
    assert head.scores(head(features)).detach().numpy() == pytest.approx(expected, abs=1e-6)
    assert _head(1, task="ordinal")(features).shape == (5, 1)


def test_values_are_given_in_their_own_unit():
    head = _head(2, task="regression", target_mean=(60.0, 140.0), target_scale=(10.0, 4.0))
    assert head.scores(torch.tensor([[0.0, 0.5], [-1.0, 0.0]])).tolist() == [[60.0, 142.0], [50.0, 140.0]]
    assert _head(task="regression").scores(torch.tensor([[3.0]])).tolist() == [[3.0]]


def test_a_mean_for_each_label_or_none():
    with pytest.raises(SpecificationError, match="each of 3 labels, got 2"):
        _head(task="regression", target_mean=(60.0, 140.0), target_scale=(10.0, 4.0))


def test_the_log_hazard_ratio_has_no_bias():
    head = _head(task="survival_cox")
    assert head.linear.bias is None
    assert torch.equal(head.scores(head(torch.zeros(2, 4))), torch.zeros(2, 3))


def test_risks_are_what_is_left_of_the_survival_of_each_interval():
    outputs = torch.tensor([[-1.0, 0.5, 2.0], [-30.0, -30.0, -30.0]], dtype=torch.float64)
    hazard = 1 / (1 + np.exp(-outputs.numpy()))
    expected = 1 - np.cumprod(1 - hazard, axis=1)
    scores = _head(task="survival_discrete").scores(outputs).numpy()
    assert scores == pytest.approx(expected, abs=1e-12)
    assert scores[1] == pytest.approx(np.exp(-30.0) * np.array([1, 2, 3]), rel=1e-6)  # 1 - product would lose these


def test_one_label_per_interval():
    with pytest.raises(SpecificationError, match="2 labels for intervals that end at"):
        _head(2, task="survival_discrete")


def test_without_labels_the_features_come_back_and_there_are_no_scores():
    head, features = (
        build_head(HeadSettings(n_covariates=3), feature_width=4, token_width=4, n_labels=0),
        torch.ones(2, 4),
    )
    assert torch.equal(head.train()(features), features)
    assert not list(head.parameters())
    with pytest.raises(SpecificationError, match="no scores"):
        head.scores(features)

"""Operations are counted as by hand, forward and backward, and counting changes no number."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from einthoven.models.architectures import build_encoder
from einthoven.models.cost import cost
from einthoven.training.watching import arithmetic
from einthoven.training.watching.arithmetic import FlopCount, matrix_rate


def _counted(function) -> int:
    with FlopCount() as count:
        function()
    return count.flops


def test_a_linear_layer_costs_three_products_of_which_one_is_forward():
    layer, signal = nn.Linear(5, 7), torch.randn(4, 5, requires_grad=True)
    assert _counted(lambda: layer(signal)) == 2 * 4 * 5 * 7
    assert _counted(lambda: layer(signal).sum().backward()) == 3 * 2 * 4 * 5 * 7


@pytest.mark.parametrize("groups", [1, 2, 4])
@pytest.mark.parametrize("transposed", [False, True])
def test_each_gradient_of_a_convolution_costs_what_its_forward_pass_costs(groups, transposed):
    """Also with groups, where torch's own count of the weight's gradient is too high."""
    kind = nn.ConvTranspose1d if transposed else nn.Conv1d
    layer, signal = kind(8, 12, 3, stride=2, groups=groups), torch.randn(2, 8, 31, requires_grad=True)
    forward = _counted(lambda: layer(signal))
    places = 31 if transposed else 15
    assert forward == 2 * 2 * places * 8 * 12 * 3 // groups
    assert _counted(lambda: layer(signal).sum().backward()) == 3 * forward


def test_attention_costs_two_products_forward_and_four_backward():
    """On a CPU, whose fused kernel other counters take for nothing."""
    query, key, value = (torch.randn(2, 3, size, 8, requires_grad=True) for size in (5, 6, 6))
    forward = 2 * 2 * 2 * 3 * 5 * 6 * 8
    assert _counted(lambda: F.scaled_dot_product_attention(query, key, value)) == forward
    assert _counted(lambda: F.scaled_dot_product_attention(query, key, value).sum().backward()) == 3 * forward


@pytest.mark.parametrize(
    ("name", "settings"),
    [("vit1d", {"width": 24, "depth": 2, "heads": 3, "head_width": 8, "mlp_width": 48}), ("xresnet1d", {"depth": 18})],
)
def test_an_encoder_costs_what_the_table_of_architectures_says_and_about_three_times_that_to_train(name, settings):
    encoder = build_encoder(name, n_leads=3, **settings)
    signal = torch.randn(2, 3, 200)
    forward = 2 * cost(encoder, 200).flops
    assert _counted(lambda: encoder(signal)) == forward
    assert 2.6 * forward < _counted(lambda: encoder(signal).sum().backward()) <= 3 * forward


def test_counting_changes_no_number():
    torch.manual_seed(0)
    encoder = build_encoder("vit1d", n_leads=2, width=16, depth=1, heads=2, head_width=8, mlp_width=32)
    signal = torch.randn(2, 2, 100)
    found = []
    for context in (FlopCount(), torch.enable_grad()):
        encoder.zero_grad()
        with context:
            encoder(signal).square().sum().backward()
        found.append([parameter.grad.clone() for parameter in encoder.parameters()])
    assert all(torch.equal(first, second) for first, second in zip(*found, strict=True))


def test_the_matrix_rate_is_a_speed_and_leaves_the_random_state_alone(monkeypatch):
    monkeypatch.setattr(arithmetic, "_MEASURED_S", 0.0)
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)
    assert matrix_rate(torch.device("cpu"), torch.float32) > 1e8
    assert torch.equal(torch.rand(1), expected)

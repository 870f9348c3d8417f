"""The diagonal state space against its differential equation and its definition."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.linalg import expm

from einthoven.errors import SpecificationError
from einthoven.models.blocks.state_space import DiagonalStateSpace, complex_product


def _state_space(width: int = 4, *, bidirectional: bool = False, seed: int = 0) -> DiagonalStateSpace:
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        layer = DiagonalStateSpace(width, state_size=8, bidirectional=bidirectional)
        torch.nn.init.normal_(layer.log_decay_ratio, std=0.3)
        torch.nn.init.normal_(layer.frequency_shift)
    return layer.double()


def _poles(layer: DiagonalStateSpace) -> tuple[np.ndarray, np.ndarray]:
    """Return continuous poles (W, N) and steps (W,)."""
    decay, shift, log_step = (
        tensor.detach().numpy() for tensor in (layer.log_decay_ratio, layer.frequency_shift, layer.log_step)
    )
    return -0.5 * np.exp(decay) + 1j * (np.pi * np.arange(4) + shift), np.exp(log_step)


def test_the_kernel_is_that_of_the_paper():
    """Equation 7 of arXiv:2206.11893: K[l] = 2 Re sum_n C_n (exp(dt A_n) - 1) / A_n exp(l dt A_n)."""
    layer = _state_space(bidirectional=True)
    poles, steps = _poles(layer)
    weight = layer.output_weight.detach().numpy() @ [1, 1j]
    rate = steps[:, None] * poles
    powers = np.exp(rate[..., None] * np.arange(500))
    expected = 2 * np.einsum("ewn,wnl->ewl", weight * (np.exp(rate) - 1) / poles, powers).real
    found = layer.kernel(500).detach().numpy()
    assert np.abs(found - expected).max() < 1e-13 * np.abs(expected).max()


def test_a_held_input_moves_the_state_as_the_differential_equation_says():
    """One step against the matrix exponential of x' = A x + u with constant u, computed by SciPy."""
    layer = _state_space(width=1)
    poles, steps = _poles(layer)
    weight = (layer.output_weight.detach().numpy() @ [1, 1j])[0, 0]
    augmented = np.zeros((5, 5), complex)
    augmented[:4, :4], augmented[:4, 4] = np.diag(poles[0]), 1.0
    moved = expm(steps[0] * augmented)
    state = np.zeros(4, complex)
    ours = torch.zeros(1, 1, 8, dtype=torch.float64)
    for value in (1.0, -0.5, 0.25):
        state = moved[:4, :4] @ state + moved[:4, 4] * value
        output, ours = layer.step(torch.full((1, 1), value, dtype=torch.float64), ours)
        expected = 2 * (weight @ state).real + layer.skip.item() * value
        assert output.item() == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("bidirectional", [False, True])
def test_float32_is_within_a_hundred_thousandth_at_forty_thousand_samples(bidirectional):
    layer = _state_space(width=16, bidirectional=bidirectional)
    torch.nn.init.zeros_(layer.log_decay_ratio)
    signal = torch.randn(1, 40_000, 16, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    with torch.inference_mode():
        exact = layer(signal)
        rounded = layer.float()(signal.float())
    assert (rounded - exact).abs().max() < 1e-5 * exact.abs().max()


def test_autocast_leaves_the_state_space_in_float32():
    layer = _state_space().float()
    signal = torch.randn(2, 100, 4)
    exact = layer(signal)
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(layer(signal), exact)
        assert layer(signal.bfloat16()).dtype == torch.float32


def test_steps_start_between_a_thousandth_and_a_tenth_evenly_on_a_logarithmic_scale():
    steps = _state_space(width=4000).log_step.exp().detach()
    assert 0.001 <= steps.min() < 0.00102
    assert 0.098 < steps.max() <= 0.1
    assert steps.median() == pytest.approx(0.01, rel=0.1)


def test_a_bidirectional_state_space_has_no_step():
    layer = _state_space(bidirectional=True)
    with pytest.raises(SpecificationError, match="future"):
        layer.step(torch.zeros(1, 4), torch.zeros(1, 4, 8))


@pytest.mark.parametrize("state_size", [0, 7])
def test_a_state_without_pairs_is_refused(state_size):
    with pytest.raises(SpecificationError, match="state_size"):
        DiagonalStateSpace(4, state_size=state_size, bidirectional=False)


def test_the_complex_product_is_numpy_s():
    generator = torch.Generator().manual_seed(0)
    first, second = (torch.randn(5, 2, generator=generator, dtype=torch.float64) for _ in range(2))
    expected = (first.numpy() @ [1, 1j]) * (second.numpy() @ [1, 1j])
    assert np.allclose(complex_product(first, second).numpy() @ [1, 1j], expected)


def test_it_learns_a_delay_at_a_high_learning_rate():
    """What AdamW with a rate of 0.01 does to poles and steps keeps the outputs finite and the loss falling."""
    layer = _state_space(width=8).float()
    optimizer = torch.optim.AdamW(layer.parameters(), lr=0.01)
    generator = torch.Generator().manual_seed(3)
    losses = []
    for _ in range(100):
        signal = torch.randn(8, 128, 8, generator=generator)
        target = torch.nn.functional.pad(signal, (0, 0, 3, 0))[:, :128]
        loss = (layer(signal) - target).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert np.isfinite(losses).all()
    assert np.mean(losses[-10:]) < 0.6 * losses[0]

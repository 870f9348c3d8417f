"""The low-rank state space against dense matrices, and against the generating function of the paper."""

from __future__ import annotations

import numpy as np
import torch

from einthoven.models.blocks.low_rank_state_space import LowRankStateSpace, hippo_legs


def _layer(width: int = 3, *, bidirectional: bool = False) -> LowRankStateSpace:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        layer = LowRankStateSpace(width, state_size=8, bidirectional=bidirectional)
    return layer.double()


def _with_conjugates(values: torch.Tensor) -> np.ndarray:
    half = values.detach().numpy() @ [1, 1j]
    return np.concatenate([half, half.conj()], axis=-1)


def _continuous(layer: LowRankStateSpace, channel: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Return A, B, C (complex, with conjugates) and step of a channel."""
    diagonal, column, row, entry = (
        _with_conjugates(tensor[channel]) for tensor in (layer.diagonal, layer.column, layer.row, layer.input_weight)
    )
    weight = _with_conjugates(layer.output_weight[0, channel])
    return np.diag(diagonal) - np.outer(column, row), entry, weight, float(layer.log_step[channel].exp())


def test_the_kernel_is_that_of_the_bilinear_rule():
    layer = _layer()
    found = layer.kernel(300).detach().numpy()[0]
    for channel in range(3):
        matrix, entry, weight, dt = _continuous(layer, channel)
        inverse = np.linalg.inv(np.eye(8) - dt / 2 * matrix)
        transition, state = inverse @ (np.eye(8) + dt / 2 * matrix), dt * inverse @ entry
        expected = []
        for _ in range(300):
            expected.append((weight @ state).real)
            state = transition @ state
        assert np.abs(found[channel] - expected).max() < 1e-12 * np.abs(expected).max()


def test_the_spectrum_is_the_generating_function_of_the_paper():
    """Lemma C.3 of arXiv:2111.00396, by Cauchy sums and Woodbury, at the roots of unity of a long enough circle.

    Its output weights are C (I - A^L), which makes a response that repeats equal to the endless one.
    """
    layer, period = _layer(), 256
    nodes = np.exp(-2j * np.pi * np.arange(period) / period)[:-1]
    nodes = nodes[np.arange(period - 1) != period // 2]  # at -1 the bilinear map has a pole
    bilinear = 2 * (1 - nodes) / (1 + nodes)
    for channel in range(3):
        matrix, entry, weight, dt = _continuous(layer, channel)
        inverse = np.linalg.inv(np.eye(8) - dt / 2 * matrix)
        transition = inverse @ (np.eye(8) + dt / 2 * matrix)
        repeating = weight @ (np.eye(8) - np.linalg.matrix_power(transition, period))
        diagonal, column, row = (
            _with_conjugates(tensor[channel]) for tensor in (layer.diagonal, layer.column, layer.row)
        )
        cauchy = 1 / (bilinear[:, None] / dt - diagonal)
        k00, k01, k10, k11 = (cauchy @ (a * b) for a in (repeating, row) for b in (entry, column))
        expected = 2 / (1 + nodes) * (k00 - k01 * k10 / (1 + k11))
        response = layer.kernel(period).detach().numpy()[0, channel]
        found = np.array([(response * node ** np.arange(period)).sum() for node in nodes])
        assert np.abs(found - expected).max() < 1e-10 * np.abs(expected).max()


def test_matrix_and_steps_stay_as_they_are_and_a_checkpoint_keeps_them():
    layer = _layer()
    assert {name for name, _ in layer.named_parameters()} == {"output_weight", "skip"}
    kept = {"output_weight", "skip", "log_step", "diagonal", "column", "row", "input_weight"}
    assert set(layer.state_dict()) == kept


def test_hippo_legs_in_its_own_coordinates_has_its_eigenvalues():
    """The matrix is triangular: its eigenvalues are -1, -2, ... -8."""
    diagonal, column, _ = hippo_legs(8)
    whole = np.concatenate([diagonal, diagonal.conj()])
    turned = np.concatenate([column, column.conj()])
    eigenvalues = np.linalg.eigvals(np.diag(whole) - np.outer(turned, turned.conj()))
    assert np.allclose(np.sort(eigenvalues.real), -np.arange(8.0, 0, -1), atol=1e-6)
    assert np.allclose(eigenvalues.imag, 0, atol=1e-6)


def test_both_directions_share_the_matrix():
    layer = _layer(bidirectional=True)
    assert layer.kernel(50).shape == (2, 3, 50)
    signal = torch.randn(2, 90, 3, dtype=torch.float64)
    with torch.no_grad():
        layer.skip.zero_()
        layer.output_weight[0] = 0
        backwards = layer(signal)
        layer.output_weight[0] = layer.output_weight[1]
        layer.output_weight[1] = 0
        forwards = layer(signal.flip(1)).flip(1)
    assert torch.allclose(backwards[:, :-1], forwards[:, 1:], atol=1e-12)

"""The recurrence in pieces against the recurrence sample by sample, and against a convolution by FFT, in float64."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from einthoven.models.blocks.linear_recurrence import PIECE, Recurrence, impulse_response, run, step

WIDTH, STATE, BATCH = 3, 4, 2
LENGTHS = [1, 2, 7, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 4 * PIECE + 31]


def _recurrence(directions: int, dtype: torch.dtype = torch.float64) -> Recurrence:
    generator = torch.Generator().manual_seed(2)
    turn = torch.linalg.qr(torch.randn(WIDTH, STATE, STATE, generator=generator, dtype=torch.float64))[0]
    entry = torch.randn(WIDTH, STATE, generator=generator, dtype=torch.float64)
    output = torch.randn(directions, WIDTH, STATE, generator=generator, dtype=torch.float64)
    return Recurrence((0.99 * turn).to(dtype), entry.to(dtype), output.to(dtype))


def _signal(length: int) -> torch.Tensor:
    return torch.randn(BATCH, length, WIDTH, generator=torch.Generator().manual_seed(length), dtype=torch.float64)


def _one_by_one(signal: np.ndarray, recurrence: Recurrence, skip: np.ndarray) -> np.ndarray:
    """Return the definition's output: the past with the current sample, the future without it."""
    transition, entry, weights = (tensor.numpy() for tensor in recurrence)
    output = skip * signal
    state = np.zeros((len(signal), WIDTH, STATE))
    for time in range(signal.shape[1]):
        state = np.einsum("bws,wst->bwt", state, transition) + signal[:, time, :, None] * entry
        output[:, time] += (state * weights[0]).sum(-1)
    state = np.zeros((len(signal), WIDTH, STATE))
    for time in reversed(range(signal.shape[1])):
        if len(weights) > 1:
            output[:, time] += (state * weights[1]).sum(-1)
        state = np.einsum("bws,wst->bwt", state, transition) + signal[:, time, :, None] * entry
    return output


def _relative_error(found: np.ndarray, expected: np.ndarray) -> float:
    return float(np.abs(found - expected).max() / np.abs(expected).max())


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("directions", [1, 2])
def test_pieces_give_what_single_steps_give(directions, length):
    recurrence, signal, skip = _recurrence(directions), _signal(length), torch.tensor([0.5, -1.0, 2.0]).double()
    expected = _one_by_one(signal.numpy(), recurrence, skip.numpy())
    assert _relative_error(run(signal, recurrence, skip=skip).numpy(), expected) < 1e-13
    rounded = run(signal.float(), recurrence, skip=skip.float())
    assert rounded.dtype == torch.float32
    assert _relative_error(rounded.numpy(), expected) < 3e-6


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("directions", [1, 2])
def test_pieces_give_what_the_fft_gives(directions, length):
    recurrence, signal = _recurrence(directions), _signal(length)
    responses = impulse_response(recurrence, length).numpy()
    both = np.zeros((WIDTH, 2 * length))
    both[:, :length] = responses[0]
    if directions > 1:  # a lag of -1 is the last sample of the circle
        both[:, length:] += responses[1][:, ::-1]
    spectrum = np.fft.rfft(signal.numpy(), n=2 * length, axis=1) * np.fft.rfft(both).T
    expected = np.fft.irfft(spectrum, n=2 * length, axis=1)[:, :length]
    found = run(signal, recurrence, skip=torch.zeros(WIDTH, dtype=torch.float64))
    assert _relative_error(found.numpy(), expected) < 1e-12


@pytest.mark.parametrize("length", LENGTHS)
def test_the_impulse_response_in_pieces_is_the_one_of_powers(length):
    recurrence = _recurrence(2)
    transition, entry, weights = (tensor.numpy() for tensor in recurrence)
    expected = np.zeros((2, WIDTH, length))
    state = entry.copy()
    for time in range(length):
        expected[..., time] = (weights * state).sum(-1)
        state = np.einsum("ws,wst->wt", state, transition)
    assert _relative_error(impulse_response(recurrence, length).numpy(), expected) < 1e-13


def test_a_step_is_the_run_s_next_sample():
    recurrence, signal, skip = _recurrence(1), _signal(2 * PIECE + 3), torch.ones(WIDTH, dtype=torch.float64)
    state = torch.zeros(BATCH, WIDTH, STATE, dtype=torch.float64)
    outputs = []
    for sample in signal.unbind(1):
        output, state = step(sample, state, recurrence, skip=skip)
        outputs.append(output)
    expected = run(signal, recurrence, skip=skip)
    assert _relative_error(torch.stack(outputs, 1).numpy(), expected.numpy()) < 1e-13


def test_what_comes_later_changes_no_earlier_output():
    recurrence, signal, skip = _recurrence(1), _signal(300), torch.ones(WIDTH, dtype=torch.float64)
    changed = signal.clone()
    changed[:, 150:] += 100.0
    before, after = run(signal, recurrence, skip=skip), run(changed, recurrence, skip=skip)
    assert torch.equal(before[:, :150], after[:, :150])
    assert not torch.equal(before[:, 150:], after[:, 150:])


def test_the_gradient_is_the_one_of_finite_differences():
    recurrence, signal = _recurrence(2), _signal(PIECE + 2)[:1].requires_grad_()
    tensors = [tensor.requires_grad_() for tensor in recurrence]

    def output(signal: torch.Tensor, *tensors: torch.Tensor) -> torch.Tensor:
        return run(signal, Recurrence(*tensors), skip=torch.ones(WIDTH, dtype=torch.float64))[:, ::13]

    assert torch.autograd.gradcheck(output, (signal, *tensors), fast_mode=True)

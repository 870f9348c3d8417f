"""A linear recurrence per channel, run over a whole window by matrix products: no step-by-step loop, no FFT.

``state' = state A + u b``, ``output = state' c``, with a small real state per channel. Within a piece of 64 samples the
output is the product of the input with a Toeplitz matrix of the impulse response; between pieces the state alone is
handed on. Exact, linear in the length of the window, exportable (ONNX and bfloat16 lack FFTs), and with a state of 8 on
two CPU cores up to twice as fast, in half the memory, as the FFT over twice the window by which Gu et al. 2022
(arXiv:2111.00396) convolve (``benchmarks/state_space.py``). The same cut into pieces: Dao and Gu, "Transformers are
SSMs", ICML 2024, arXiv:2405.21060, section 6.

Letters: W channel (each has a recurrence of its own), S state, E direction (1: past alone; 2: past and future),
Q sample of a piece, B batch, T sample.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

__all__ = ["PIECE", "Recurrence", "impulse_response", "run", "step"]

PIECE = 64  # samples; the fastest of 16, 32, 64 and 128 on a CPU. A power of 2: powers are made by doubling


class Recurrence(NamedTuple):
    """Matrices of a recurrence; a state is a row.

    Attributes
    ----------
    transition : Tensor (W, S, S)
    entry : Tensor (W, S)
        What a sample of 1 adds to the state.
    exit : Tensor (E, W, S)
        Output per state. The second direction reads a state that runs from the window's end to its beginning, and
        begins with the sample after the current one, so that no sample counts twice.
    """

    transition: Tensor
    entry: Tensor
    exit: Tensor


class Powers(NamedTuple):
    """A recurrence over a piece.

    Attributes
    ----------
    entries : Tensor (W, Q, S)
        ``b A^q``: what is left after q steps of a sample of 1.
    exits : Tensor (E, W, S, Q + 1)
        ``A^q c``: the output of a state after q steps.
    jump : Tensor (W, S, S)
        ``A^Q``.
    """

    entries: Tensor
    exits: Tensor
    jump: Tensor


def run(signal: Tensor, recurrence: Recurrence, *, skip: Tensor) -> Tensor:
    """Return the recurrence's output, (B, T, W), from a state of zero, plus ``skip`` times the signal.

    Parameters
    ----------
    signal : Tensor (B, T, W)
        Its type is the one of the large products; powers are computed in the recurrence's own, which should be
        float64: a decay of 0.9995 per sample has lost 4 digits in float32.
    recurrence : Recurrence
    skip : Tensor (W,)
    """
    batch, length, width = signal.shape
    count = -(-length // PIECE)
    exact = _powers(recurrence)
    powers = Powers(*(tensor.to(signal.dtype) for tensor in exact))
    # a plain transpose of a matrix is copied block by block, a permutation of four axes several times as slowly
    channels = signal.reshape(-1, width).t().contiguous().reshape(width, batch, length)
    pieces = functional.pad(channels, (0, count * PIECE - length)).reshape(width, batch * count, PIECE)
    output = torch.bmm(pieces, _toeplitz(powers, skip))
    if count > 1:
        added = torch.bmm(pieces, _into_state(powers)).reshape(width, batch, count, -1)
        states = _hand_on(added, exact.jump, directions=len(powers.exits)).reshape(width, batch * count, -1)
        output = torch.baddbmm(output, states, _out_of_state(powers))
    output = output.reshape(width, batch, count * PIECE)[..., :length].reshape(width, -1)
    return output.t().contiguous().reshape(batch, length, width)


def step(sample: Tensor, state: Tensor, recurrence: Recurrence, *, skip: Tensor) -> tuple[Tensor, Tensor]:
    """Return output (B, W) and next state (B, W, S) after one sample (B, W), of the direction that knows the past."""
    moved = torch.einsum("bws,wst->bwt", state, recurrence.transition.to(state.dtype))
    state = moved + sample.unsqueeze(-1) * recurrence.entry.to(state.dtype)
    output = (state * recurrence.exit[0].to(state.dtype)).sum(dim=-1)
    return output + skip * sample, state


def impulse_response(recurrence: Recurrence, length: int) -> Tensor:
    """Return the output to a sample of 1 at time 0, (E, W, ``length``): the kernel that ``run`` convolves with."""
    powers = _powers(recurrence)
    states = [recurrence.entry.unsqueeze(1)]
    for _ in range(-(-length // PIECE) - 1):
        states.append(torch.bmm(states[-1], powers.jump))
    response = torch.cat(states, dim=1) @ powers.exits[..., :-1]
    return response.flatten(-2)[..., :length]


def _powers(recurrence: Recurrence) -> Powers:
    """Return powers up to that of a piece, by doubling."""
    power, entries, exits = recurrence.transition, recurrence.entry.unsqueeze(1), recurrence.exit.unsqueeze(-1)
    while entries.shape[1] < PIECE:
        entries = torch.cat([entries, torch.bmm(entries, power)], dim=1)
        exits = torch.cat([exits, power @ exits], dim=-1)
        power = torch.bmm(power, power)
    return Powers(entries, torch.cat([exits, power @ exits[..., :1]], dim=-1), power)


def _toeplitz(powers: Powers, skip: Tensor) -> Tensor:
    """Return (W, Q, Q): what a sample (row) adds to each output of its own piece (column)."""
    responses = (powers.entries[:, :1] @ powers.exits[..., :-1]).squeeze(2)
    past = torch.cat([responses[0, :, :1] + skip.unsqueeze(-1), responses[0, :, 1:]], dim=-1)
    future = responses[1, :, :-1] if len(responses) > 1 else torch.zeros_like(past[:, 1:])
    by_lag = torch.cat([future.flip(-1), past], dim=-1)  # from -(Q - 1) to Q - 1
    return by_lag.unfold(-1, PIECE, 1).flip(1)


def _into_state(powers: Powers) -> Tensor:
    """Return (W, Q, E S): what a sample adds to the states that leave its piece, to the right and to the left."""
    directions = [powers.entries.flip(1), powers.entries]
    return torch.cat(directions[: len(powers.exits)], dim=-1)


def _out_of_state(powers: Powers) -> Tensor:
    """Return (W, E S, Q): what states that enter a piece, from the left and from the right, add to its outputs."""
    directions = [powers.exits[0, ..., 1:]]
    directions += [exits[..., :-1].flip(-1) for exits in powers.exits[1:]]
    return torch.cat(directions, dim=1)


def _hand_on(added: Tensor, jump: Tensor, *, directions: int) -> Tensor:
    """Return the states before each piece, (W, B, piece, E S), of what each piece adds to them, in the same shape.

    By doubling: after the first round a state knows two pieces before it, then four, and so on (Hillis and Steele 1986,
    doi:10.1145/7902.7903); few large products instead of as many small ones as there are pieces.
    """
    width, batch, count, _ = added.shape
    past, *future = added.chunk(directions, dim=-1)
    both = torch.stack([past, *(part.flip(2) for part in future)], dim=1)
    each = both.permute(0, 3, 1, 2, 4).reshape(width, count, directions * batch, -1)
    states = functional.pad(each[:, :-1], (0, 0, 0, 0, 1, 0))
    reach = 1
    while reach < count:
        before, behind = states[:, :-reach].flatten(1, 2), states[:, reach:].flatten(1, 2)
        moved = torch.baddbmm(behind, before, jump.to(added.dtype))
        states = torch.cat([states[:, :reach], moved.reshape(width, count - reach, directions * batch, -1)], dim=1)
        jump, reach = torch.bmm(jump, jump), 2 * reach
    states = states.reshape(width, count, directions, batch, -1)
    past, *future = states.permute(0, 2, 3, 1, 4).unbind(1)
    return torch.cat([past, *(part.flip(2) for part in future)], dim=-1)

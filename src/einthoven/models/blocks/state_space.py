"""Diagonal structured state spaces: every channel is filtered by a few damped oscillators whose outputs are weighted.

Gu, Goel, Gupta, Re, "On the parameterization and initialization of diagonal state space models" (S4D), NeurIPS 2022,
arXiv:2206.11893; Gu, Goel, Re, "Efficiently modeling long sequences with structured state spaces" (S4), ICLR 2022,
arXiv:2111.00396; the authors' code: github.com/state-spaces/s4 (Apache 2.0). As theirs: ``x' = A x + u``,
``y = 2 Re(C x) + D u`` with complex diagonal A, held from sample to sample (zero-order hold), steps drawn evenly on a
logarithmic scale. B is 1: with a diagonal A, B and C matter through their product alone. Ours differs in that A is kept
as its departure from where it starts, so that weight decay draws it there and not to zero, and in how it is computed
(``linear_recurrence.py``).
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod

import torch
from torch import Tensor, nn

from einthoven.errors import SpecificationError
from einthoven.models.blocks.linear_recurrence import Recurrence, impulse_response, run, step

__all__ = ["DiagonalStateSpace", "StateSpace", "complex_product", "draw_log_steps"]

# seconds of the oscillators' own time per sample, Gu et al. 2022 (S4), appendix D
SHORTEST_STEP, LONGEST_STEP = 0.001, 0.1
DECAY = 0.5  # per unit of the oscillators' time: S4D-Lin, arXiv:2206.11893, equation 9


class StateSpace(nn.Module, ABC):
    """A recurrence per channel, over the past (causal) or over past and future.

    Parameters
    ----------
    width : int
        Channels.
    state_size : int
        Real numbers in the state of a channel, even: half as many oscillators.
    bidirectional : bool
        The same oscillators also run from the window's end, with output weights of their own.
    """

    def __init__(self, width: int, *, state_size: int, bidirectional: bool) -> None:
        super().__init__()
        if state_size < 2 or state_size % 2:
            raise SpecificationError(f"state_size must be even and at least 2, got {state_size}")
        self.width = width
        self.state_size = state_size
        self.bidirectional = bidirectional
        # real and imaginary part, of variance 1 together
        directions = 2 if bidirectional else 1
        self.output_weight = nn.Parameter(torch.randn(directions, width, state_size // 2, 2) * 0.5**0.5)
        self.skip = nn.Parameter(torch.randn(width))

    @abstractmethod
    def recurrence(self) -> Recurrence:
        """Return the recurrence from sample to sample, in ``precision``."""

    @property
    def precision(self) -> torch.dtype:
        """Type in which the recurrence is computed: float64 where the device has it."""
        return torch.float32 if self.skip.device.type == "mps" else torch.float64

    def forward(self, tokens: Tensor) -> Tensor:
        """Return (B, T, W) of tokens (B, T, W), at least in float32, also where autocast is on."""
        with torch.autocast(tokens.device.type, enabled=False):
            signal = tokens.to(torch.promote_types(tokens.dtype, torch.float32))
            return run(signal, self.recurrence(), skip=self.skip)

    def step(self, sample: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """Return output (B, W) and next state (B, W, S) after one sample (B, W); the first state is zero.

        Raises
        ------
        SpecificationError
            The state space is bidirectional: its output waits for the end of the window.
        """
        if self.bidirectional:
            raise SpecificationError("a bidirectional state space can't go sample by sample: it knows the future")
        return step(sample, state, self.recurrence(), skip=self.skip)

    def kernel(self, length: int) -> Tensor:
        """Return the impulse response to past and future without the skip, (1 or 2, W, ``length``)."""
        return impulse_response(self.recurrence(), length)


class DiagonalStateSpace(StateSpace):
    """S4D with the start "S4D-Lin": oscillator n decays by 1/2 and turns by ``pi n`` per unit of its own time.

    Parameters
    ----------
    width, state_size, bidirectional
        As in ``StateSpace``.
    """

    def __init__(self, width: int, *, state_size: int, bidirectional: bool) -> None:
        super().__init__(width, state_size=state_size, bidirectional=bidirectional)
        half = state_size // 2
        self.log_step = nn.Parameter(draw_log_steps(width))
        self.log_decay_ratio = nn.Parameter(torch.zeros(width, half))
        self.frequency_shift = nn.Parameter(torch.zeros(width, half))

    def recurrence(self) -> Recurrence:
        """Return the recurrence from sample to sample, in ``precision``."""
        log_step, ratio, shift, weight = (
            tensor.to(self.precision)
            for tensor in (self.log_step, self.log_decay_ratio, self.frequency_shift, self.output_weight)
        )
        dt = log_step.exp().unsqueeze(-1)
        real = -DECAY * ratio.exp()
        imaginary = shift + math.pi * torch.arange(shift.shape[-1], dtype=shift.dtype, device=shift.device)
        size, angle = (dt * real).exp(), dt * imaginary
        pole = torch.stack([size * angle.cos(), size * angle.sin()], dim=-1)
        # zero-order hold: the input enters as (exp(dt A) - 1) / A, which is put to the outputs
        square = (real.square() + imaginary.square()).unsqueeze(-1)
        inverse = torch.stack([real, -imaginary], dim=-1) / square
        one = torch.tensor([1.0, 0.0], dtype=pole.dtype, device=pole.device)
        weight = complex_product(weight, complex_product(pole - one, inverse))
        entry = torch.cat([torch.ones_like(real), torch.zeros_like(real)], dim=-1)
        return Recurrence(complex_diagonal(pole), entry, real_output(weight))


def draw_log_steps(width: int) -> Tensor:
    """Return (W,) logarithms of steps, drawn evenly between those of 0.001 and 0.1."""
    shortest, longest = math.log(SHORTEST_STEP), math.log(LONGEST_STEP)
    return shortest + (longest - shortest) * torch.rand(width)


def complex_product(first: Tensor, second: Tensor) -> Tensor:
    """Return the product of complex numbers whose parts lie on the last axis (ONNX has no complex numbers)."""
    (a, b), (c, d) = first.unbind(-1), second.unbind(-1)
    return torch.stack([a * c - b * d, a * d + b * c], dim=-1)


def complex_diagonal(values: Tensor) -> Tensor:
    """Return (W, 2N, 2N) that multiplies rows of N real, then N imaginary parts by complex numbers (W, N, 2)."""
    identity = torch.eye(values.shape[-2], dtype=values.dtype, device=values.device)
    real, imaginary = (part.unsqueeze(-1) * identity for part in values.unbind(-1))
    return torch.cat([torch.cat([real, imaginary], dim=-1), torch.cat([-imaginary, real], dim=-1)], dim=-2)


def real_output(weight: Tensor) -> Tensor:
    """Return (E, W, 2N) that reads twice the real part of weighted complex states, of weights (E, W, N, 2)."""
    real, imaginary = weight.unbind(-1)
    return torch.cat([2 * real, -2 * imaginary], dim=-1)

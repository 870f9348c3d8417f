"""Structured state spaces whose matrix is diagonal plus one of rank 1: the memory of HiPPO that S4 was made for.

Gu, Goel, Re, "Efficiently modeling long sequences with structured state spaces" (S4), ICLR 2022, arXiv:2111.00396,
section 3; HiPPO: Gu, Dao, Ermon, Rudra, Re, NeurIPS 2020, arXiv:2008.07669; the authors' code:
github.com/state-spaces/s4 (Apache 2.0). As theirs: the matrix of HiPPO-LegS in the coordinates in which it is diagonal
less ``P Q``, a bilinear rule from sample to sample; as in the variants on ECGs (github.com/tmehari/ssm_ecg), matrix and
steps stay as they are drawn and only the output weights and the skip are trained. Ours differs in that the output
weights are those of an endless response, not of one that repeats after so many samples, and in how it is computed: in
time (``linear_recurrence.py``), not by Cauchy sums over frequencies.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from einthoven.models.blocks.linear_recurrence import Recurrence
from einthoven.models.blocks.state_space import (
    StateSpace,
    complex_diagonal,
    complex_product,
    draw_log_steps,
    real_output,
)

__all__ = ["LowRankStateSpace", "hippo_legs"]


class LowRankStateSpace(StateSpace):
    """``x' = (diag(diagonal) - column row) x + input_weight u``, one oscillator of each conjugate pair being kept.

    Diagonal, column, row and input weights are buffers that a checkpoint keeps: the coordinates in which a matrix is
    diagonal are known but for a phase, and the output weights belong to one choice.

    Parameters
    ----------
    width, state_size, bidirectional
        As in ``StateSpace``.
    """

    log_step: Tensor
    diagonal: Tensor
    column: Tensor
    row: Tensor
    input_weight: Tensor

    def __init__(self, width: int, *, state_size: int, bidirectional: bool) -> None:
        super().__init__(width, state_size=state_size, bidirectional=bidirectional)
        self.register_buffer("log_step", draw_log_steps(width))
        diagonal, column, input_weight = hippo_legs(state_size)
        parts = {"diagonal": diagonal, "column": column, "row": column.conj(), "input_weight": input_weight}
        for name, values in parts.items():
            pairs = np.stack([values.real, values.imag], axis=-1).astype(np.float32)
            self.register_buffer(name, torch.from_numpy(pairs).repeat(width, 1, 1))

    def recurrence(self) -> Recurrence:
        """Return the recurrence from sample to sample, in ``precision``."""
        log_step, diagonal, column, row, input_weight, output_weight = (
            tensor.to(self.precision)
            for tensor in (
                self.log_step,
                self.diagonal,
                self.column,
                self.row,
                self.input_weight,
                self.output_weight,
            )
        )
        half_step = log_step.exp()[:, None, None] / 2
        # (I - dt/2 A)^-1 = (G + dt/2 P Q)^-1 with G = I - dt/2 diag: Sherman and Morrison 1950
        one = torch.tensor([1.0, 0.0], dtype=diagonal.dtype, device=diagonal.device)
        below = one - half_step * diagonal
        inverse = torch.stack([below[..., 0], -below[..., 1]], dim=-1) / below.square().sum(dim=-1, keepdim=True)
        left = _rows(complex_product(inverse, column)).unsqueeze(-2)
        right = real_output(complex_product(inverse, row)).unsqueeze(-1)
        scale = half_step / (1 + half_step * (_rows(column).unsqueeze(-2) @ right))
        whole = complex_diagonal(inverse) - scale * (right @ left)
        # the bilinear rule, (I - dt/2 A)^-1 (I + dt/2 A) and dt (I - dt/2 A)^-1 B
        transition = 2 * whole - torch.eye(whole.shape[-1], dtype=whole.dtype, device=whole.device)
        entry = 2 * half_step * (_rows(input_weight).unsqueeze(-2) @ whole)
        return Recurrence(transition, entry.squeeze(-2), real_output(output_weight))


def hippo_legs(size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return diagonal, column and input weights, complex128 (size / 2,), of HiPPO-LegS in its own coordinates.

    The matrix is ``-sqrt((2n + 1)(2k + 1))`` below the diagonal and ``-(n + 1)`` on it, the input weight
    ``sqrt(2n + 1)``; plus the square of ``sqrt(n + 1/2)`` it is ``-1/2`` and a skew-symmetric matrix, which turns.

    Examples
    --------
    >>> diagonal, column, input_weight = hippo_legs(8)
    >>> bool(np.allclose(diagonal.real, -0.5)), diagonal.shape
    (True, (4,))
    """
    root = np.sqrt(2 * np.arange(size) + 1.0)
    matrix = -np.tril(np.outer(root, root), -1) - np.diag(np.arange(size) + 1.0)
    column = root / np.sqrt(2.0)
    skew = matrix + np.outer(column, column) + np.eye(size) / 2
    turning, vectors = np.linalg.eigh(-1j * skew)
    kept = vectors[:, size // 2 :].conj().T  # of each conjugate pair the one that turns forwards
    return -0.5 + 1j * turning[size // 2 :], kept @ column, kept @ root


def _rows(values: Tensor) -> Tensor:
    """Return (W, 2N), N real, then N imaginary parts, of complex numbers (W, N, 2)."""
    return values.transpose(-1, -2).flatten(-2)

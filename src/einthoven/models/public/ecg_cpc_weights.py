"""The tensors of ECG-CPC's file as our S4 layers have them.

Their layers hold the output weights ``C (I - A^1200)``, with which a response that repeats every 1,200 tokens (10 s)
has the values of the endless one (Gu et al. 2022, arXiv:2111.00396, section 3.2); ours hold C.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from einthoven.errors import CheckpointError
from einthoven.models.blocks.low_rank_state_space import LowRankStateSpace
from einthoven.models.blocks.state_space import real_output

__all__ = ["endless_output_weight", "torch_layout"]

PERIOD = 1200  # tokens: 10 s of 240 Hz, halved; twice the Fourier nodes in the file less 2
OUTPUT = ".kernel.kernel.C"
BUFFERS = {"log_dt": "log_step", "w": "diagonal", "P": "column", "Q": "row", "B": "input_weight"}
# axes of size 1 of theirs that ours lack: one input, rank 1, weights that multiply columns
LEADING_ONE = (".kernel.kernel.B", ".kernel.kernel.P", ".kernel.kernel.Q", ".D")
TRAILING_ONE = (".output_linear.0.bias",)


def torch_layout(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return the same tensors with our axes and with output weights of endless responses.

    A layer of which something is missing or misshapen stays as it is, for the report to name.
    """
    turned = {name: _squeezed(name, tensor) for name, tensor in tensors.items()}
    for name, tensor in turned.items():
        if name.endswith(OUTPUT):
            stem = name.removesuffix("C")
            buffers = {ours: turned.get(stem + theirs) for theirs, ours in BUFFERS.items()}
            if _fit(tensor, buffers):
                turned[name] = endless_output_weight(tensor, buffers, period=PERIOD)
    return turned


def endless_output_weight(weight: Tensor, buffers: Mapping[str, Tensor | None], *, period: int) -> Tensor:
    """Return C, (1, W, N, 2), of ``C (I - A^period)``, which is solved for in float64.

    Parameters
    ----------
    weight : Tensor (1, W, N, 2)
    buffers : mapping of str to Tensor
        Those of ``LowRankStateSpace``.
    period : int

    Raises
    ------
    CheckpointError
        A state grows: it has no endless response.
    """
    _, width, half, _ = weight.shape
    layer = LowRankStateSpace(width, state_size=2 * half, bidirectional=False).double()
    layer.load_state_dict({name: tensor for name, tensor in buffers.items() if tensor is not None}, strict=False)
    with torch.no_grad():
        transition = layer.recurrence().transition
        power = torch.linalg.matrix_power(transition, period)
        if not bool((power.abs() <= 1).all()):
            raise CheckpointError(
                f"the states of ECG-CPC's S4 layers decay; in this file some have grown after {period} tokens"
            )
        endless = torch.linalg.solve(torch.eye(2 * half) - power, real_output(weight.double())[0])
    real, imaginary = endless.chunk(2, dim=-1)
    return torch.stack([real / 2, -imaginary / 2], dim=-1).unsqueeze(0).to(weight.dtype)


def _squeezed(name: str, tensor: Tensor) -> Tensor:
    if name.endswith(LEADING_ONE) and tensor.shape[:1] == (1,):
        return tensor[0]
    if name.endswith(TRAILING_ONE) and tensor.shape[-1:] == (1,):
        return tensor[..., 0]
    return tensor


def _fit(weight: Tensor, buffers: Mapping[str, Tensor | None]) -> bool:
    if weight.ndim != 4 or weight.shape[0] != 1 or weight.shape[-1] != 2:
        return False
    wanted = {name: weight.shape[1:2] if name == "log_step" else weight.shape[1:] for name in buffers}
    return all(tensor is not None and tensor.shape == wanted[name] for name, tensor in buffers.items())

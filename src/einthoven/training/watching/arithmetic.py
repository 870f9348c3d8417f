"""How much a training step computes, and how fast the machine multiplies matrices: their ratio is its utilisation.

Counted are matrix products, convolutions, attention, recurrent layers and Fourier transforms, forward and backward, of
encoder and objective; a multiplication and an addition count as two. What a kernel computes a second time to save
memory (attention's scores in its backward pass) isn't counted, as in "model FLOPs utilisation" (Chowdhery et al. 2022,
arXiv:2204.02311, appendix B); unlike there, operations are counted as they run and not by a formula of the weights.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry, shape_wrapper
from typing_extensions import override

from einthoven.models.cost import FORMULAS

__all__ = ["FlopCount", "matrix_rate"]

_SIDE = {"cpu": 1024, "cuda": 8192}
_MEASURED_S = 0.2


class FlopCount(TorchDispatchMode):  # type: ignore[no-untyped-call] # torch ships no types for its modes
    """A block in which the operations of this process are counted; numbers stay what they are.

    Attributes
    ----------
    flops : int
    """

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.flops = 0

    @override
    def __torch_dispatch__(
        self, function: Any, types: Any, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        """Run an operation and count it."""
        named = kwargs or {}
        result = function(*args, **named)
        formula = _ALL.get(function._overloadpacket)  # noqa: SLF001 - how torch's own counter finds the operation
        if formula is not None:
            self.flops += formula(*args, **named, out_val=result)
        return result


def matrix_rate(device: torch.device, dtype: torch.dtype) -> float:
    """Return the floating-point operations per second of a square matrix product, measured in about 0.2 s.

    The fastest of the products counts, with as many threads as training has: what the machine can do, not its data
    sheet.
    """
    side = _SIDE.get(device.type, 1024)
    generator = torch.Generator(device).manual_seed(0)  # zeros would cost an accelerator less power and so less time
    left, right = (torch.rand(side, side, generator=generator, device=device).to(dtype) for _ in range(2))
    best, until = math.inf, time.perf_counter() + _MEASURED_S
    with torch.no_grad():
        _ = left @ right
        while time.perf_counter() < until or best == math.inf:
            _wait(device)
            begun = time.perf_counter()
            _ = left @ right
            _wait(device)
            best = min(best, time.perf_counter() - begun)
    return 2 * side**3 / best


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def _convolution_backward(
    gradient: Sequence[int],
    signal: Sequence[int],
    weight: Sequence[int],
    *rest: Any,
    out_shape: Any = None,  # noqa: ARG001 - part of the protocol
) -> int:
    """Return the cost of the asked gradients of input and weight, each that of the forward pass.

    torch's own formula counts a grouped convolution's gradient of the weight once per group too often.
    """
    transposed, asked = rest[4], rest[7]
    places = math.prod((signal if transposed else gradient)[2:])
    return 2 * gradient[0] * places * math.prod(weight) * (int(asked[0]) + int(asked[1]))


def _attention(query: Sequence[int], key: Sequence[int], value: Sequence[int], *_: Any, **__: Any) -> int:
    """Return the cost of the scores and of the weighted sum, of shapes (B, head, P, width)."""
    return 2 * math.prod(query[:3]) * key[2] * (query[3] + value[3])


def _attention_backward(
    _gradient: Sequence[int], query: Sequence[int], key: Sequence[int], value: Sequence[int], *_: Any, **__: Any
) -> int:
    return 2 * _attention(query, key, value)


_aten = torch.ops.aten
_OWN: dict[Any, Any] = {
    _aten.convolution_backward: _convolution_backward,
    _aten._scaled_dot_product_flash_attention_for_cpu: _attention,  # noqa: SLF001 - it has no other name; so below
    _aten._scaled_dot_product_flash_attention_for_cpu_backward: _attention_backward,  # noqa: SLF001
    _aten._scaled_dot_product_flash_attention_backward: _attention_backward,  # noqa: SLF001
    _aten._scaled_dot_product_efficient_attention_backward: _attention_backward,  # noqa: SLF001
    _aten._scaled_dot_product_cudnn_attention_backward: _attention_backward,  # noqa: SLF001
    **FORMULAS,
}
_wrapped = {name: shape_wrapper(formula) for name, formula in _OWN.items()}  # type: ignore[no-untyped-call]
_ALL: dict[Any, Any] = {**flop_registry, **_wrapped}

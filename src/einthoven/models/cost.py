"""What a network costs: weights, arithmetic per window, and how far it sees; counted on shapes, without values.

A multiplication with its addition counts as two floating-point operations. Counted are matrix products, convolutions,
attention, recurrent layers and Fourier transforms, as in most papers; normalisations, activations and sums are left
out, which are some per cent of a convolutional network.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.func import functional_call
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from einthoven.models.blocks.lead_adapter import LeadAdapter
from einthoven.models.encoder import Encoder
from einthoven.models.network import Network

__all__ = ["FORMULAS", "Cost", "cost"]


@dataclass(frozen=True, slots=True)
class Cost:
    """Cost of a network.

    Attributes
    ----------
    n_parameters : int
        Weights, frozen ones included.
    flops : int
        Of the forward pass of one window; a multiplication and an addition count as two.
    activations : int
        Numbers that convolutions and linear layers put out for one window (Radosavovic et al. 2020, arXiv:2003.13678,
        who find that they tell the time on an accelerator better than operations do).
    n_samples : int
        Of the window.
    receptive_field : int
        Samples that one token depends on, at most ``n_samples``.
    rate_hz : float, optional
    """

    n_parameters: int
    flops: int
    activations: int
    n_samples: int
    receptive_field: int
    rate_hz: float | None = None

    @property
    def receptive_field_ms(self) -> float | None:
        """The receptive field as time; None without a rate."""
        return None if self.rate_hz is None else 1000 * self.receptive_field / self.rate_hz


def cost(network: Network | Encoder, n_samples: int, *, rate_hz: float | None = None) -> Cost:
    """Return what one window costs; the network is left as it was.

    Parameters
    ----------
    network : Network or Encoder
    n_samples : int
        Length of the window.
    rate_hz : float, optional

    Raises
    ------
    SignalError
        The window has a length that is not accepted.

    Examples
    --------
    >>> from einthoven.models.architectures import build
    >>> with torch.device("meta"):
    ...     network = build("xresnet1d", n_leads=12, n_labels=5, depth=18)
    >>> found = cost(network, 1000, rate_hz=100.0)
    >>> found.receptive_field, found.receptive_field_ms
    (873, 8730.0)
    """
    activations: list[int] = []
    modes = {module: module.training for module in network.modules()}
    hooks = [
        module.register_forward_hook(lambda _module, _inputs, output: activations.append(output.numel()))
        for module in modes
        if isinstance(module, nn.Conv1d | nn.Conv2d | nn.Linear)
    ]
    network.eval()
    try:
        with (
            FakeTensorMode(allow_non_fake_inputs=True),
            sdpa_kernel(SDPBackend.MATH),  # as matrix products; the CPU's fused attention is counted as nothing
            FlopCounterMode(display=False, custom_mapping=FORMULAS) as counter,
        ):
            functional_call(network, _shapes(network), tuple(_inputs(network, n_samples)))
    finally:
        for hook in hooks:
            hook.remove()
        for module, training in modes.items():
            module.training = training
    encoder = network.encoder if isinstance(network, Network) else network
    return Cost(
        n_parameters=sum(parameter.numel() for parameter in network.parameters()),
        flops=counter.get_total_flops(),
        activations=sum(activations),
        n_samples=n_samples,
        receptive_field=min(encoder.receptive_field or n_samples, n_samples),
        rate_hz=rate_hz,
    )


def _shapes(network: nn.Module) -> dict[str, Tensor]:
    """Return weights and buffers that have a shape and no values, for use within ``FakeTensorMode``.

    They ask for gradients: without, attention modules of torch take a fused path that hides its operations.
    """
    named = [*network.named_parameters(), *network.named_buffers()]
    return {
        name: torch.empty(one.shape, dtype=one.dtype, requires_grad=isinstance(one, nn.Parameter))
        for name, one in named
    }


def _inputs(network: Network | Encoder, n_samples: int) -> list[Tensor]:
    """Return one window, and covariates where they are asked for."""
    if isinstance(network, Encoder):
        return [torch.empty(1, network.n_leads, n_samples)]
    leads = network.adapter.n_leads if isinstance(network.adapter, LeadAdapter) else network.encoder.n_leads
    n_covariates = network.head.settings.n_covariates
    covariates = [torch.empty(1, n_covariates)] if n_covariates else []
    return [torch.empty(1, leads, n_samples), *covariates]


def _fourier_flops(factor: float, shape: Sequence[int], dims: Sequence[int]) -> int:
    """Return ``factor n log2 n`` per transform of n samples, over all of them."""
    n = math.prod(shape[dim] for dim in dims)
    return round(factor * math.prod(shape) * math.log2(n)) if n > 1 else 0


# radix 2: 5 n log2 n for complex samples and half of it for real ones (the convention of FFTW's benchmarks)
def _real_forward(shape: Sequence[int], dims: Sequence[int], *_: Any, **__: Any) -> int:
    return _fourier_flops(2.5, shape, dims)


def _real_backward(_shape: Sequence[int], dims: Sequence[int], *_: Any, out_shape: Sequence[int], **__: Any) -> int:
    return _fourier_flops(2.5, out_shape, dims)


def _complex(shape: Sequence[int], dims: Sequence[int], *_: Any, **__: Any) -> int:
    return _fourier_flops(5.0, shape, dims)


# one layer in one direction, gates of all steps: (step, batch, width) by (gates, width) and (gates, hidden)
def _recurrent(shape: Sequence[int], to_gates: Sequence[int], between: Sequence[int], *_: Any, **__: Any) -> int:
    return 2 * shape[0] * shape[1] * (math.prod(to_gates) + math.prod(between))


FORMULAS = {
    torch.ops.aten._fft_r2c: _real_forward,  # noqa: SLF001 - what torch.fft comes down to; it has no other names
    torch.ops.aten._fft_c2r: _real_backward,  # noqa: SLF001
    torch.ops.aten._fft_c2c: _complex,  # noqa: SLF001
    torch.ops.aten.mkldnn_rnn_layer: _recurrent,
}

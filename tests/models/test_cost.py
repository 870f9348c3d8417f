"""Costs equal counts by hand."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.errors import SignalError
from einthoven.models.architectures import ARCHITECTURES, build
from einthoven.models.cost import cost
from einthoven.models.encoder import Encoder
from einthoven.models.head_settings import HeadSettings
from einthoven.models.lead_adaptation import LeadAdaptation
from einthoven.models.lengths import Lengths
from models.small_architectures import SMALL

SETTINGS = {"widths": [4, 4, 4, 4], "stem_widths": [4]}


class OneLayer(Encoder):
    """A layer on (B, L, T) that gives tokens; pooled by their mean."""

    def __init__(self, layer: nn.Module, width: int, *, receptive_field: int | None) -> None:
        super().__init__(
            n_leads=3,
            token_width=width,
            feature_width=width,
            lengths=Lengths(8),
            n_layers=1,
            receptive_field=receptive_field,
            stem=("layer",),
            blocks=(),
        )
        self.layer = layer

    def encode(self, signal):
        """Return tokens."""
        return self.layer(signal)

    def pool(self, tokens):
        """Return features."""
        return tokens.mean(dim=1)


class Attention(nn.Module):
    """Torch's own attention over samples, as a transformer has it."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Linear(3, 8)
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)

    def forward(self, signal):
        """Return tokens."""
        tokens = self.embed(signal.transpose(1, 2))
        return self.attention(tokens, tokens, tokens)[0]


class FusedAttention(nn.Module):
    """Attention as one call, which torch computes by different means."""

    def forward(self, signal):
        """Return tokens."""
        heads = signal.transpose(1, 2).unsqueeze(1)
        return nn.functional.scaled_dot_product_attention(heads, heads, heads).squeeze(1)


class Recurrent(nn.Module):
    """Two recurrent layers, forwards and backwards."""

    def __init__(self, kind) -> None:
        super().__init__()
        self.layers = kind(3, 5, num_layers=2, bidirectional=True, batch_first=True)

    def forward(self, signal):
        """Return tokens."""
        return self.layers(signal.transpose(1, 2))[0]


class Spectrum(nn.Module):
    """To the spectrum and back, as spectral and state-space layers do."""

    def forward(self, signal):
        """Return tokens."""
        spectrum = torch.fft.rfft(signal, n=64)
        return torch.fft.irfft(torch.fft.ifft(torch.fft.fft(spectrum)), n=64).transpose(1, 2)


def test_a_convolution_costs_two_operations_per_weight_and_output():
    layer = nn.Sequential(nn.Conv1d(3, 5, 7, stride=2), nn.Conv1d(5, 5, 1))
    one = cost(OneLayer(layer, 5, receptive_field=7), 101, rate_hz=500.0)
    outputs = (101 - 7) // 2 + 1
    assert one.n_parameters == 3 * 5 * 7 + 5 + 5 * 5 + 5
    assert one.flops == 2 * outputs * (3 * 5 * 7 + 5 * 5)
    assert one.activations == 2 * 5 * outputs
    assert (one.receptive_field, one.receptive_field_ms) == (7, 14.0)


def test_attention_costs_its_projections_and_two_products_of_tokens():
    one = cost(OneLayer(Attention(), 8, receptive_field=None), 20)
    projections = 20 * (3 * 8 + 8 * 3 * 8 + 8 * 8)
    products = 2 * 20 * 20 * 8  # queries with keys, weights with values; all heads together are as wide as a token
    assert one.flops == 2 * (projections + products)
    assert (one.receptive_field, one.receptive_field_ms) == (20, None)


def test_fused_attention_costs_its_two_products():
    assert cost(OneLayer(FusedAttention(), 3, receptive_field=None), 20).flops == 2 * 2 * 20 * 20 * 3


@pytest.mark.parametrize(("kind", "gates"), [(nn.LSTM, 4), (nn.GRU, 3)])
def test_recurrent_layers_cost_their_gates_at_every_step(kind, gates):
    first, second = (2 * gates * 5 * (width + 5) for width in (3, 10))
    assert cost(OneLayer(Recurrent(kind), 10, receptive_field=None), 20).flops == 2 * 20 * (first + second)


def test_fourier_transforms_are_counted():
    one = cost(OneLayer(Spectrum(), 64, receptive_field=None), 64)
    assert one.flops == 3 * 2 * 2.5 * 64 * 6 + 2 * round(3 * 5 * 33 * math.log2(33))


def test_a_network_is_an_encoder_with_its_head_and_its_leads():
    adaptation = LeadAdaptation("project", ("I", "II"), STANDARD_LEADS)
    head = HeadSettings(n_covariates=2)
    network = build("xresnet1d", n_leads=2, n_labels=5, head=head, adaptation=adaptation, **SETTINGS).train()
    whole, inside = cost(network, 200), cost(network.encoder, 200)
    assert whole.flops - inside.flops == 2 * (2 * 12 * 200 + (network.encoder.feature_width + 2) * 5)
    assert whole.n_parameters - inside.n_parameters == 2 * 12 + (network.encoder.feature_width + 2) * 5 + 5
    assert network.training
    assert next(network.parameters()).device.type == "cpu"


def test_a_window_that_is_not_taken_is_refused():
    with pytest.raises(SignalError, match="at least 32 samples, got 31"):
        cost(build("xresnet1d", n_leads=2, n_labels=1, **SETTINGS), 31)


def _of_layers(network: nn.Module, signal: torch.Tensor) -> int:
    """Return the operations of the convolutions and linear layers that are called as modules."""
    found = []

    def note(module, _inputs, output):
        per_output = module.weight.shape[1:].numel()  # of a group, with its kernel
        found.append(2 * output.numel() * per_output)

    for module in network.modules():
        if isinstance(module, nn.Conv1d | nn.Conv2d | nn.Linear):
            module.register_forward_hook(note)
    network(signal)
    return sum(found)


@pytest.mark.parametrize("name", sorted(ARCHITECTURES))
def test_every_architecture_can_be_counted(name):
    """Without weights; what is counted is no less than what its layers cost one by one."""
    small = SMALL[name]
    with torch.device("meta"):
        bare = build(name, n_leads=small.n_leads, n_labels=3, **small.settings)
    found = cost(bare, small.samples)
    network = build(name, n_leads=small.n_leads, n_labels=3, **small.settings).eval()
    assert found == cost(network, small.samples)
    assert found.n_parameters == sum(parameter.numel() for parameter in network.parameters())
    assert found.flops >= _of_layers(network, torch.randn(1, small.n_leads, small.samples))
    assert 0 < found.receptive_field <= small.samples

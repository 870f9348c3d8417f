"""What is the own of ECG-CPC's network."""

from __future__ import annotations

import pytest
import torch

from einthoven.errors import SpecificationError
from einthoven.models.architectures import build_encoder


def test_the_future_changes_no_token():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        encoder = build_encoder("conv_cpc", n_leads=2, widths=[8], kernel_sizes=[3], strides=[2]).eval()
    signal = torch.randn(2, 2, 400)
    changed = signal.clone()
    changed[..., 200:] = 5.0
    with torch.inference_mode():
        before, after = encoder.tokens(signal), encoder.tokens(changed)
    assert torch.equal(before[:, :100], after[:, :100])  # token t is centred on sample 2 t and sees one more
    assert not torch.equal(before[:, 100:], after[:, 100:])


def test_the_defaults_are_those_of_ecg_cpc():
    """2,932,736 weights are trained; 1.741 GFLOP for 2.5 s at 240 Hz are those of convolutions and linear maps."""
    with torch.device("meta"):
        encoder = build_encoder("conv_cpc", n_leads=12)
    assert sum(p.numel() for p in encoder.parameters()) == 2_932_736
    products = sum(p.numel() for name, p in encoder.named_parameters() if p.ndim > 1 and "state_space" not in name)
    assert 2 * 300 * products == pytest.approx(1.741e9, rel=2e-4)


def test_the_first_stride_halves_the_rate():
    encoder = build_encoder("conv_cpc", n_leads=2, widths=[8, 8], kernel_sizes=[3, 1], strides=[2, 1]).eval()
    assert encoder.tokens(torch.randn(1, 2, 601)).shape == (1, 301, 8)
    assert encoder.tokens(torch.randn(1, 2, 1)).shape == (1, 1, 8)


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"widths": (8,)}, "widths"),
        ({"kernel_sizes": (2, 1, 1, 1)}, "kernel_sizes"),
        ({"strides": (0, 1, 1, 1)}, "strides"),
        ({"n_layers": 0}, "n_layers"),
        ({"state_size": 3}, "state_size"),
        ({"dropout": -0.1}, "dropout"),
    ],
)
def test_settings_that_make_no_network_are_refused_by_name(settings, named):
    with pytest.raises(SpecificationError, match=named):
        build_encoder("conv_cpc", n_leads=2, **settings)

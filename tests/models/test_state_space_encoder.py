"""What convolutions before state spaces see."""

from __future__ import annotations

import pytest
import torch

from einthoven.models.architectures import build_encoder

SHAPES = [
    ("conv_cpc", {"widths": [4, 4, 4], "kernel_sizes": [9, 3, 1], "strides": [4, 2, 1], "n_layers": 1}, 8, 8),
    ("conv_cpc", {"widths": [4], "kernel_sizes": [3], "strides": [2], "n_layers": 1}, 2, 1),
    ("s4", {"width": 4, "n_layers": 1, "stem_kernel_size": 7, "stem_stride": 3}, 3, 3),
]


@pytest.mark.parametrize(("name", "shape", "stride", "reach"), SHAPES)
def test_a_latent_sees_its_reach_on_each_side_and_no_more(name, shape, stride, reach):
    """Each sample is changed on its own; latents that change stand within reach of it."""
    encoder = build_encoder(name, n_leads=1, **shape).double().eval()
    assert (encoder.stride, encoder.reach) == (stride, reach)
    for module in encoder.stem.modules():
        if isinstance(module, torch.nn.Conv1d):
            torch.nn.init.uniform_(module.weight, 0.5, 1.0)  # so that no weight and no ReLU hides a sample
    samples = 61
    signal = torch.ones(samples + 1, 1, samples, dtype=torch.float64)
    signal[torch.arange(samples), 0, torch.arange(samples)] += 1
    with torch.inference_mode():
        latents = encoder.latents(signal)
    changed = (latents[:-1] - latents[-1]).abs().amax(dim=2) > 1e-9
    distance = (torch.arange(samples)[:, None] - stride * torch.arange(latents.shape[1])).abs()
    assert torch.equal(changed, distance <= reach)


@pytest.mark.parametrize(("name", "shape", "stride", "reach"), SHAPES)
def test_tokens_are_counted_as_they_are_made(name, shape, stride, reach):
    encoder = build_encoder(name, n_leads=1, **shape).eval()
    for samples in (1, 24, 25, 61):
        assert encoder.n_tokens(samples) == encoder.tokens(torch.zeros(1, 1, samples)).shape[1]


@pytest.mark.parametrize(("name", "shape", "stride", "reach"), SHAPES)
def test_tokens_are_the_context_of_latents(name, shape, stride, reach):
    encoder = build_encoder(name, n_leads=2, **shape).eval()
    signal = torch.randn(2, 2, 70)
    with torch.inference_mode():
        assert torch.equal(encoder.context(encoder.latents(signal)), encoder.tokens(signal))


def test_a_causal_context_knows_no_later_latent_and_a_bidirectional_one_does():
    for bidirectional in (False, True):
        encoder = build_encoder("s4", n_leads=1, width=4, n_layers=2, bidirectional=bidirectional).eval()
        latents = torch.randn(1, 40, 4, generator=torch.Generator().manual_seed(0))
        later = latents.clone()
        later[:, 25:] += 1
        with torch.inference_mode():
            before, after = encoder.context(latents)[:, :25], encoder.context(later)[:, :25]
        assert torch.allclose(before, after, atol=1e-5) != bidirectional

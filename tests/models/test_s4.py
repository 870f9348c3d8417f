"""What is S4's own."""

from __future__ import annotations

import pytest
import torch

from einthoven.errors import SpecificationError
from einthoven.models.architectures import build_encoder


def _encoder(**settings):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return build_encoder("s4", n_leads=3, **{"width": 8, "n_layers": 2, **settings}).eval()


@pytest.mark.parametrize("matrix", ["diagonal", "low_rank"])
def test_without_the_second_direction_the_future_changes_nothing(matrix):
    encoder = _encoder(matrix=matrix, bidirectional=False)
    signal = torch.randn(2, 3, 300)
    changed = signal.clone()
    changed[..., 200:] = 5.0
    with torch.inference_mode():
        before, after = encoder.tokens(signal), encoder.tokens(changed)
    assert torch.equal(before[:, :200], after[:, :200])
    assert not torch.equal(before[:, 200:], after[:, 200:])


def test_both_directions_reach_the_first_token():
    encoder, signal = _encoder(), torch.randn(1, 3, 300).requires_grad_()
    encoder.tokens(signal)[0, 0].square().sum().backward()
    assert signal.grad[0, :, -1].abs().sum() > 0


@pytest.mark.parametrize(("stride", "kernel"), [(1, 1), (2, 5), (4, 3)])
def test_the_stem_s_stride_makes_fewer_tokens(stride, kernel):
    encoder = _encoder(stem_stride=stride, stem_kernel_size=kernel)
    for samples in (1, 250, 251):
        assert encoder.tokens(torch.randn(1, 3, samples)).shape == (1, -(-samples // stride), 8)


def test_mehari_and_strodthoff_s_network_has_two_million_weights_to_train():
    """Per layer C (2 x 512 x 4 complex), D, the gated map of 512 to 1,024 and the normalisation; the stem."""
    with torch.device("meta"):
        encoder = build_encoder("s4", n_leads=12, width=512, matrix="low_rank")
    per_layer = 2 * 512 * 4 * 2 + 512 + 1024 * 512 + 1024 + 2 * 512
    assert sum(p.numel() for p in encoder.parameters()) == 4 * per_layer + 13 * 512 == 2_146_816


@pytest.mark.parametrize(
    "settings",
    [
        {"matrix": "dense"},
        {"state_size": 7},
        {"width": 0},
        {"stem_kernel_size": 4},
        {"stem_stride": 0},
        {"dropout": 1.0},
    ],
)
def test_settings_that_make_no_network_are_refused_by_name(settings):
    with pytest.raises(SpecificationError, match=next(iter(settings))):
        _encoder(**settings)


def test_it_learns_which_of_two_rhythms_is_regular():
    """Stable at AdamW's 0.01 with its decay: a loss that falls, weights that stay finite."""
    encoder, generator = _encoder(width=16), torch.Generator().manual_seed(1)
    head = torch.nn.Linear(16, 1)
    torch.nn.init.zeros_(head.weight)
    torch.nn.init.zeros_(head.bias)
    optimizer = torch.optim.AdamW([*encoder.parameters(), *head.parameters()], lr=0.01, weight_decay=0.05)
    label = torch.arange(16) % 2
    losses = []
    for _ in range(60):
        beats = torch.arange(200).expand(16, 200) % 40 < 2
        irregular = torch.rand(16, 200, generator=generator) < 0.05
        rhythm = torch.where(label[:, None] == 1, beats, irregular).float()
        signal = rhythm[:, None] + 0.1 * torch.randn(16, 3, 200, generator=generator)
        loss = torch.nn.functional.binary_cross_entropy_with_logits(head(encoder(signal))[:, 0], label.float())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert sum(losses[-5:]) / 5 < 0.8 * losses[0]
    assert all(p.isfinite().all() for p in encoder.parameters())

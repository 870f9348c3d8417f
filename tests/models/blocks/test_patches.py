"""Tokens of patches, computed patch by patch."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from einthoven.models.blocks.patches import LeadTimePatches, TimePatches
from einthoven.models.blocks.sine_positions import sine_positions


def _time(**changes) -> TimePatches:
    shape = {"n_leads": 3, "width": 8, "patch_samples": 5, "n_patches": 4, "positions": "learned", "bias": True}
    return TimePatches(**shape | changes)


def _lead_time(rows=(0, 1, 2), **changes) -> LeadTimePatches:
    shape = {"width": 8, "patch_samples": 5, "n_patches": 4, "positions": "sine", "norm": True, "bias": True}
    layer = LeadTimePatches(rows, **shape | changes)
    for parameter in layer.parameters():
        nn.init.normal_(parameter)
    return layer


@pytest.mark.parametrize("n_patches", [4, 2])
def test_a_token_of_time_is_a_linear_map_of_all_leads_plus_its_position(n_patches):
    layer, signal = _time(), torch.randn(2, 3, 5 * n_patches)
    tokens = layer(signal)
    assert tokens.shape == (2, n_patches, 8)
    for p in range(n_patches):
        patch = signal[:, :, 5 * p : 5 * p + 5].flatten(1)
        expected = patch @ layer.patch.weight.flatten(1).T + layer.patch.bias + layer.positions[0, p]
        assert torch.allclose(tokens[:, p], expected, atol=1e-5)


@pytest.mark.parametrize("n_patches", [4, 2])
def test_each_lead_stands_between_separators_and_carries_its_embedding(n_patches):
    layer, signal = _lead_time(range(12)), torch.randn(2, 12, 5 * n_patches)
    tokens = layer(signal)
    assert tokens.shape == (2, 12, n_patches + 2, 8)
    positions = sine_positions(4, 8)
    for lead in range(12):
        embedding = layer.leads[str(lead)]
        assert torch.allclose(tokens[:, lead, 0], layer.separator + embedding, atol=1e-5)
        assert torch.allclose(tokens[:, lead, -1], layer.separator + embedding, atol=1e-5)
        for p in range(n_patches):
            expected = layer.patch(signal[:, lead, 5 * p : 5 * p + 5]) + positions[p] + embedding
            assert torch.allclose(tokens[:, lead, p + 1], expected, atol=1e-5)


def test_separators_have_the_first_and_the_last_position():
    layer = _lead_time()
    layer.positions.copy_(torch.randn(1, 6, 8))
    for n_patches in (4, 2):
        tokens = layer(torch.randn(2, 3, 5 * n_patches))
        assert torch.allclose(tokens[0, 1, 0], layer.separator + layer.positions[0, 0] + layer.leads["1"])
        assert torch.allclose(tokens[0, 1, -1], layer.separator + layer.positions[0, 5] + layer.leads["1"])


def test_leads_have_the_rows_that_they_are_given():
    """Some leads of a model of three are embedded as in the model of all three."""
    every, some = _lead_time(), _lead_time((2, 0))
    assert set(some.leads) == {"0", "2"}
    some.load_state_dict({key: value for key, value in every.state_dict().items() if key != "leads.1"}, strict=True)
    signal = torch.randn(2, 3, 20)
    assert torch.allclose(some(signal[:, [2, 0]]), every(signal)[:, [2, 0]])


def test_sines_are_kept_with_the_weights_and_not_trained():
    for layer in (_time(positions="sine"), _lead_time()):
        assert "positions" in layer.state_dict()
        assert "positions" not in dict(layer.named_parameters())
    assert "positions" in dict(_time().named_parameters())
    assert "positions" in dict(_lead_time(positions="learned").named_parameters())


def test_the_map_may_stand_alone():
    assert [type(layer) for layer in _lead_time(norm=False, bias=False).patch] == [nn.Linear]
    assert set(_time(bias=False).patch.state_dict()) == {"weight"}

"""The vision transformer against NumPy, for both kinds of tokens, and what is its own."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from einthoven.errors import LeadError, SpecificationError
from einthoven.models.vit1d import ViT1d, ViT1dSettings
from models.pre_norm_in_numpy import block, layer_norm, weights

SMALL = {"patch_samples": 10, "max_samples": 60, "width": 12, "depth": 3, "heads": 3, "head_width": 5, "mlp_width": 20}
TIME = SMALL | {"tokens": "time", "patch_bias": False}
LEAD_TIME = SMALL | {"tokens": "lead_time", "positions": "sine", "patch_norm": True}


def _network(settings, n_leads: int = 4) -> ViT1d:
    network = ViT1d(ViT1dSettings(**settings), n_leads=n_leads)
    generator = torch.Generator().manual_seed(5)
    for tensor in network.state_dict().values():  # positions too: those of a file need not be sines
        nn.init.normal_(tensor, std=0.5, generator=generator)
    return network.eval()


def _signal(leads: int = 4, samples: int = 60) -> torch.Tensor:
    return torch.randn(2, leads, samples, generator=torch.Generator().manual_seed(6))


def _after_blocks(tokens, w):
    for index in range(SMALL["depth"]):
        tokens = block(tokens, w, index, heads=SMALL["heads"])
    return tokens


def _time_in_numpy(w, window):
    tokens = [
        np.einsum("dls,ls->d", w["patches.patch.weight"], window[:, p * 10 : p * 10 + 10])
        + w["patches.positions"][0, p]
        for p in range(window.shape[1] // 10)
    ]
    return layer_norm(_after_blocks(np.stack(tokens), w).mean(0), w, "norm")


def _lead_time_in_numpy(w, window):
    positions, tokens, kept = w["patches.positions"][0], [], []
    for lead, samples in enumerate(window):
        embedding = w[f"patches.leads.{lead}"]
        tokens.append(w["patches.separator"] + positions[0] + embedding)
        for p in range(len(samples) // 10):
            patch = layer_norm(samples[p * 10 : p * 10 + 10], w, "patches.patch.0")
            patch = w["patches.patch.1.weight"] @ patch + w["patches.patch.1.bias"]
            kept.append(len(tokens))
            tokens.append(layer_norm(patch, w, "patches.patch.2") + positions[p + 1] + embedding)
        tokens.append(w["patches.separator"] + positions[-1] + embedding)
    return layer_norm(_after_blocks(np.stack(tokens), w)[kept].mean(0), w, "norm")


@pytest.mark.parametrize("samples", [60, 40])
@pytest.mark.parametrize(
    ("settings", "in_numpy"), [(TIME, _time_in_numpy), (LEAD_TIME, _lead_time_in_numpy)], ids=["time", "lead_time"]
)
def test_features_are_what_numpy_computes(settings, in_numpy, samples):
    network, signal = _network(settings), _signal(samples=samples)
    expected = np.stack([in_numpy(weights(network), window) for window in signal.double().numpy()])
    ours = network(signal).detach().numpy()
    assert np.linalg.norm(ours - expected) < 1e-5 * np.linalg.norm(expected)


def test_tokens_are_one_per_patch_without_separators():
    assert _network(TIME).tokens(_signal()).shape == (2, 6, 12)
    assert _network(LEAD_TIME).tokens(_signal()).shape == (2, 4 * 6, 12)


def test_tokens_of_a_lead_stand_together_in_order_of_time():
    """Without any attention a token depends on its own patch alone."""
    network, signal = _network(LEAD_TIME), _signal()
    for layer in network.blocks:
        nn.init.zeros_(layer.attention.out.weight)
    changed = signal.clone()
    changed[:, 2, 30:40] *= torch.linspace(0, 1, 10)
    differs = (network.tokens(changed) - network.tokens(signal)).abs().amax(dim=(0, 2)) > 1e-4
    assert differs.nonzero().flatten().tolist() == [2 * 6 + 3]


@pytest.mark.parametrize("settings", [TIME, LEAD_TIME, TIME | {"positions": "sine"}])
def test_every_weight_is_trained_and_held_by_one_part(settings):
    network = _network(settings).train()
    network(_signal()).square().sum().backward()
    for key, parameter in network.named_parameters():
        assert parameter.grad.abs().sum() > 0, key
    names = (*network.stem_names, *network.block_names, *network.tail_names)
    held = [id(p) for name in names for p in network.get_submodule(name).parameters()]
    assert sorted(held) == sorted(id(p) for p in network.parameters())


def test_some_leads_have_the_embeddings_of_the_model_of_all():
    every = _network(LEAD_TIME)
    some = _network(LEAD_TIME | {"lead_rows": (3, 1)}, n_leads=2)
    state = {key: every.state_dict()[key] for key in some.state_dict()}
    some.load_state_dict(state, strict=True)
    swapped = _network(LEAD_TIME | {"lead_rows": (1, 3)}, n_leads=2)
    swapped.load_state_dict(state, strict=True)
    signal = _signal()
    features = some(signal[:, [3, 1]])
    assert torch.allclose(features, swapped(signal[:, [1, 3]]), atol=1e-5)
    assert not torch.allclose(features, some(signal[:, [1, 3]]), atol=1e-2)


def test_rows_for_other_numbers_of_leads_are_refused():
    with pytest.raises(LeadError, match=r"each of 3 leads, got \[3, 1\]"):
        ViT1d(ViT1dSettings(**LEAD_TIME, lead_rows=(3, 1)), n_leads=3)


def test_stochastic_depth_rises_from_nothing():
    network = _network(TIME | {"block_dropout": 0.2})
    assert [layer.drop_probability for layer in network.blocks] == pytest.approx([0.0, 0.1, 0.2])


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"tokens": "lead"}, "tokens"),
        ({"positions": "cosine"}, "positions"),
        ({"heads": 0}, "heads"),
        ({"width": 7}, "width"),
        ({"max_samples": 55}, "max_samples"),
        ({"tokens": "time", "patch_norm": True}, "patch_norm"),
        ({"tokens": "time", "patch_norm": False, "lead_rows": (0,)}, "lead_rows"),
        ({"lead_rows": (1, 1)}, "lead_rows"),
        ({"lead_rows": (-1,)}, "lead_rows"),
        ({"block_dropout": 1.0}, "block_dropout"),
    ],
)
def test_settings_that_make_no_network_are_refused_by_name(changes, named):
    with pytest.raises(SpecificationError, match=named):
        ViT1dSettings(**LEAD_TIME | changes)

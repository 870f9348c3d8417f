"""ECG-JEPA's transformer against NumPy, and what is its own."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from einthoven.errors import LeadError, SpecificationError
from einthoven.models.jepa_vit import JepaViT, JepaViTSettings, cross_pattern
from models.pre_norm_in_numpy import block, layer_norm, weights

SMALL = {"patch_samples": 10, "max_samples": 60, "width": 12, "depth": 3, "heads": 3, "mlp_width": 20}


def _network(n_leads: int = 4, *, published_sines: bool = True, **settings) -> JepaViT:
    network = JepaViT(JepaViTSettings(**SMALL | settings), n_leads=n_leads)
    generator = torch.Generator().manual_seed(5)
    for parameter in network.parameters():
        nn.init.normal_(parameter, std=0.5, generator=generator)
    if not published_sines:
        nn.init.normal_(network.positions, generator=generator)
    return network.eval()


def _signal(leads: int = 4, samples: int = 60) -> torch.Tensor:
    return torch.randn(2, leads, samples, generator=torch.Generator().manual_seed(6))


def _sines(position: int, half: int) -> np.ndarray:
    angle = position / 10_000 ** (np.arange(half // 2) / (half // 2))
    return np.concatenate([np.sin(angle), np.cos(angle)])


def _in_numpy(w, window, positions):
    """Patches lead after lead; positions before each block; attention along the lead and across it at one time."""
    cells = [(lead, p) for lead in range(len(window)) for p in range(window.shape[1] // 10)]
    patches = np.stack([window[lead, p * 10 : p * 10 + 10] for lead, p in cells])
    added = np.stack([positions(lead, p) for lead, p in cells])
    mask = np.array([[lead == other or p == q for other, q in cells] for lead, p in cells])
    tokens = patches @ w["patch.weight"].T + w["patch.bias"]
    for index in range(SMALL["depth"]):
        tokens = block(tokens + added, w, index, heads=SMALL["heads"], mask=mask)
    return layer_norm(tokens, w, "norm").mean(0)


def _relative_error(network, signal, positions) -> float:
    expected = np.stack([_in_numpy(weights(network), window, positions) for window in signal.double().numpy()])
    return float(np.linalg.norm(network(signal).detach().numpy() - expected) / np.linalg.norm(expected))


@pytest.mark.parametrize("samples", [60, 40])
def test_features_are_what_numpy_computes_with_sines_of_time_and_lead(samples):
    def positions(lead, p):
        return np.concatenate([_sines(p, 6), _sines(lead, 6)])

    # 12 is no multiple of 8: each quarter of the width has 3 frequencies
    assert _relative_error(_network(), _signal(samples=samples), positions) < 1e-5


def test_features_are_what_numpy_computes_with_the_positions_of_a_file():
    network = _network(published_sines=False)
    table = network.positions.double().numpy().reshape(4, 6, 12)
    assert _relative_error(network, _signal(), lambda lead, p: table[lead, p]) < 1e-5


def test_some_leads_have_the_positions_of_the_model_of_all():
    every = _network(published_sines=False)
    some = _network(2, position_leads=4, lead_rows=(3, 1))
    some.load_state_dict(every.state_dict(), strict=True)
    table = every.positions.double().numpy().reshape(4, 6, 12)
    assert _relative_error(some, _signal(2), lambda lead, p: table[(3, 1)[lead], p]) < 1e-5


def test_fewer_leads_without_rows_are_the_first():
    first, named = _network(2, position_leads=4), _network(2, position_leads=4, lead_rows=(0, 1))
    assert torch.equal(first(_signal(2)), named(_signal(2)))


def test_a_token_sees_its_lead_and_its_time():
    mask = cross_pattern(8, 50)
    assert mask.shape == (400, 400)
    assert mask[3 * 50 + 7].nonzero().flatten().tolist() == sorted({*range(150, 200), *range(7, 400, 50)})
    assert torch.equal(mask, mask.T)


def test_one_block_passes_on_along_the_lead_and_across_it_alone():
    network, signal = _network(depth=1), _signal()
    changed = signal.clone()
    changed[:, 2, 30:40] += 1
    differs = (network.tokens(changed) - network.tokens(signal)).abs().amax(dim=(0, 2)) > 1e-6
    assert differs.reshape(4, 6).nonzero().tolist() == [
        [lead, p] for lead in range(4) for p in range(6) if lead == 2 or p == 3
    ]


def test_output_layers_of_deeper_blocks_start_smaller():
    network = JepaViT(JepaViTSettings(**SMALL | {"width": 64, "heads": 2, "mlp_width": 256}), n_leads=2)
    for layer, weight in ((layer, layer.mlp[-1].weight) for layer in network.blocks):
        assert weight.std() < layer.mlp[0].weight.std()
    deviations = [float(layer.attention.out.weight.detach().std()) for layer in network.blocks]
    assert deviations == sorted(deviations, reverse=True)


@pytest.mark.parametrize(("n_leads", "settings"), [(5, {"position_leads": 4}), (3, {"lead_rows": (0, 1)})])
def test_leads_without_positions_are_refused(n_leads, settings):
    with pytest.raises(LeadError, match=f"each of {n_leads} leads"):
        _network(n_leads, **{"position_leads": 4} | settings)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"depth": 0}, "depth"),
        ({"width": 18}, "width"),
        ({"width": 16}, "heads"),
        ({"max_samples": 55}, "max_samples"),
        ({"lead_rows": (0,)}, "position_leads"),
        ({"position_leads": 4, "lead_rows": (1, 1)}, "lead_rows"),
        ({"block_dropout": 1.0}, "block_dropout"),
    ],
)
def test_settings_that_make_no_network_are_refused_by_name(changes, named):
    with pytest.raises(SpecificationError, match=named):
        JepaViTSettings(**SMALL | changes)

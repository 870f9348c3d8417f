"""The contract of every architecture, over the whole table."""

from __future__ import annotations

import importlib
import pkgutil

import pytest
import torch

import einthoven.models
from einthoven.errors import LeadError, SignalError, SpecificationError, UnknownNameError
from einthoven.models.architectures import ARCHITECTURES, build, resolved_settings
from einthoven.models.network import Network
from einthoven.registry import resolve

# small enough for seconds; a new architecture adds its own line here
SMALL = {
    "se_resnext1d": {"depth": 26, "width": 4, "cardinality": 4, "kernel_size": 3},
    "xresnet1d": {"depth": 18, "widths": [8, 8, 8, 8], "stem_widths": [4, 4, 8]},
}


# the widths of Xie et al. 2017 and Hu et al. 2018
PAPER = {"width": 64, "growth": 2, "cardinality": 32, "kernel_size": 3, "reduction": 16, "pooling": "mean"}


@pytest.fixture(params=sorted(ARCHITECTURES))
def name(request) -> str:
    return request.param


def _network(name: str, seed: int = 0, *, n_labels: int = 3, n_leads: int = 12, **settings) -> Network:
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        network = build(name, n_leads=n_leads, n_labels=n_labels, **{**SMALL[name], **settings})
        for parameter in network.parameters():  # away from the zero gains that blocks start with
            torch.nn.init.normal_(parameter, std=0.1)
    return network.eval()


def _signal(batch: int = 4, samples: int = 250, leads: int = 12, seed: int = 1) -> torch.Tensor:
    return torch.randn(batch, leads, samples, generator=torch.Generator().manual_seed(seed))


def test_every_architecture_has_a_small_version_here(name):
    assert name in SMALL


def test_every_architecture_of_the_package_is_in_the_table():
    found = set()
    for module in pkgutil.iter_modules(einthoven.models.__path__, "einthoven.models."):
        for kind in vars(importlib.import_module(module.name)).values():
            if isinstance(kind, type) and issubclass(kind, Network) and kind is not Network:
                found.add(f"{kind.__module__}:{kind.__qualname__}")
    assert found == set(ARCHITECTURES.values())


def test_shapes(name):
    network, signal = _network(name), _signal()
    assert network(signal).shape == (4, 3)
    assert network.features(signal).shape == (4, network.feature_width)


@pytest.mark.parametrize("samples", [250, 251, 333, 1000])
def test_any_length_from_the_stated_minimum_on(name, samples):
    network = _network(name)
    assert network(_signal(samples=samples)).isfinite().all()
    assert network(_signal(samples=network.minimum_samples)).isfinite().all()


def test_state_dict_round_trip(name):
    first, second, signal = _network(name, 0), _network(name, 1), _signal()
    assert not torch.equal(first(signal), second(signal))
    second.load_state_dict(first.state_dict(), strict=True)
    assert torch.equal(first(signal), second(signal))


def test_the_same_seed_gives_the_same_network_and_score(name):
    signal = _signal()
    assert torch.equal(_network(name)(signal), _network(name)(signal))


def test_gradient_reaches_every_weight(name):
    network = _network(name).train()
    for parameter in network.parameters():  # positive, so that no hidden unit is dead by chance
        parameter.data.abs_()
    network(_signal()).square().sum().backward()
    for key, parameter in network.named_parameters():
        assert parameter.grad is not None, key
        assert parameter.grad.abs().sum() > 0, key


def test_a_wrong_number_of_leads_is_refused_by_name(name):
    with pytest.raises(LeadError, match="12 leads"):
        _network(name)(_signal(leads=8))


def test_a_window_below_the_stated_length_is_refused_by_name(name):
    network = _network(name)
    with pytest.raises(SignalError, match=f"at least {network.minimum_samples} samples"):
        network(_signal(samples=network.minimum_samples - 1))


@pytest.mark.parametrize("leads", [1, 8])
def test_any_number_of_leads(name, leads):
    assert _network(name, n_leads=leads)(_signal(leads=leads)).shape == (4, 3)


def test_train_and_eval_differ_by_dropout_only_when_asked(name):
    network, signal = _network(name, dropout=0.5), _signal()
    assert torch.equal(network(signal), network(signal))
    network.train()
    assert not torch.equal(network(signal), network(signal))


def test_the_score_of_an_ecg_does_not_depend_on_its_neighbours(name):
    network, signal = _network(name), _signal(batch=9)
    with torch.inference_mode():
        together = network(signal)
        alone = torch.cat([network(signal[i : i + 1]) for i in range(len(signal))])
    assert (together - alone).abs().max() <= 1e-6


def test_each_activation_module_is_used_once_per_call(name):
    calls: dict[str, int] = {}
    network = _network(name)
    for key, module in network.named_modules():
        if isinstance(module, torch.nn.ReLU | torch.nn.Sigmoid):
            module.register_forward_hook(lambda *_, key=key: calls.__setitem__(key, calls.get(key, 0) + 1))
    network(_signal())
    assert calls
    assert set(calls.values()) == {1}


def test_block_names_name_modules_that_hold_all_weights(name):
    network = _network(name)
    counted = sum(p.numel() for block in network.block_names for p in network.get_submodule(block).parameters())
    assert counted == sum(p.numel() for p in network.parameters())


def test_an_unknown_setting_names_the_nearest(name):
    with pytest.raises(UnknownNameError, match="did you mean 'depth'"):
        build(name, n_leads=12, n_labels=1, dept=18)


def test_an_unknown_architecture_names_the_nearest():
    with pytest.raises(UnknownNameError, match="did you mean 'xresnet1d'"):
        build("xresnet", n_leads=12, n_labels=1)


def test_a_depth_that_does_not_exist_is_refused(name):
    with pytest.raises(SpecificationError, match="depth"):
        build(name, n_leads=12, n_labels=1, depth=19)


def test_resolved_settings_build_the_same_network(name):
    settings = resolved_settings(name, SMALL[name])
    kind = resolve("architectures", name, ARCHITECTURES)
    assert set(settings) == set(kind.settings_type.__dataclass_fields__)
    again = build(name, n_leads=12, n_labels=3, **settings)
    again.load_state_dict(_network(name).state_dict(), strict=True)


def _layers_on_the_main_path(network: Network) -> int:
    """Count convolutions outside shortcuts, the stem as one, and the last linear layer."""
    convolutions = [
        key
        for key, module in network.named_modules()
        if isinstance(module, torch.nn.Conv1d) and "shortcut" not in key and not key.startswith("blocks.stem")
    ]
    return 1 + len(convolutions) + 1


@pytest.mark.parametrize(
    ("name", "depth"),
    [("xresnet1d", 18), ("xresnet1d", 34), ("xresnet1d", 50), ("xresnet1d", 101)]
    + [("se_resnext1d", depth) for depth in (26, 50, 101, 152)],
)
def test_the_depth_is_what_the_name_says(name, depth):
    network = _network(name, depth=depth)
    assert network.n_layers == depth == _layers_on_the_main_path(network)


def test_the_deepest_network_at_full_width_has_62_million_weights():
    with torch.device("meta"):
        network = build("se_resnext1d", n_leads=12, n_labels=1, depth=152, **PAPER)
    assert sum(p.numel() for p in network.parameters()) == pytest.approx(62e6, rel=0.01)

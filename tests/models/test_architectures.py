"""The contract of every architecture, over the whole table."""

from __future__ import annotations

import importlib
import pkgutil

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

import einthoven.models
from einthoven.errors import LeadError, SignalError, SpecificationError, UnknownNameError
from einthoven.models.architectures import ARCHITECTURES, build, resolved_settings
from einthoven.models.encoder import Encoder
from einthoven.models.head_settings import HeadSettings
from einthoven.models.network import Network
from einthoven.registry import resolve
from models.small_architectures import SMALL

# the widths of Xie et al. 2017 and Hu et al. 2018
PAPER = {"width": 64, "growth": 2, "cardinality": 32, "kernel_size": 3, "reduction": 16, "pooling": "mean"}


@pytest.fixture(params=sorted(ARCHITECTURES))
def name(request) -> str:
    return request.param


def _network(name: str, seed: int = 0, *, n_labels: int = 3, n_leads: int | None = None, **settings) -> Network:
    head = HeadSettings(dropout=settings.pop("dropout", 0.0))
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        leads = SMALL[name].n_leads if n_leads is None else n_leads
        network = build(name, n_leads=leads, n_labels=n_labels, head=head, **{**SMALL[name].settings, **settings})
        _randomise(network)
    return network.eval()


def _randomise(network: Network) -> None:
    """Give random weights and statistics through which signals keep their size; no block starts as the identity."""
    for key, parameter in network.named_parameters():
        if parameter.ndim > 1:
            torch.nn.init.normal_(parameter, std=parameter[0].numel() ** -0.5)
        else:
            torch.nn.init.normal_(parameter, mean=float(key.endswith("weight")), std=0.1)
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm1d):
            torch.nn.init.normal_(module.running_mean, std=0.1)
            torch.nn.init.uniform_(module.running_var, 0.5, 1.5)


def _signal(name: str, batch: int = 4, *, samples: int | None = None, leads: int | None = None) -> torch.Tensor:
    small = SMALL[name]
    generator = torch.Generator().manual_seed(1)
    return torch.randn(batch, leads or small.n_leads, samples or small.samples, generator=generator)


def test_every_architecture_has_a_small_version_here(name):
    assert name in SMALL


def test_every_architecture_of_the_package_is_in_the_table():
    found = set()
    for module in pkgutil.iter_modules(einthoven.models.__path__, "einthoven.models."):
        for kind in vars(importlib.import_module(module.name)).values():
            if isinstance(kind, type) and issubclass(kind, Encoder) and "settings_type" in vars(kind):
                found.add(f"{kind.__module__}:{kind.__qualname__}")
    assert found == set(ARCHITECTURES.values())


def test_shapes(name):
    network, signal = _network(name), _signal(name)
    encoder = network.encoder
    tokens = encoder.tokens(signal)
    assert network(signal).shape == (4, 3)
    assert network.features(signal).shape == (4, encoder.feature_width)
    assert tokens.shape == (4, tokens.shape[1], encoder.token_width)
    assert torch.equal(encoder.pool(tokens), encoder(signal))


def test_embedding_is_what_evaluation_gives_and_leaves_the_mode(name):
    network, signal = _network(name), _signal(name)
    expected = network.features(signal)
    network.train()
    # not bit for bit: without gradients torch may choose another kernel (LSTM)
    assert (network.encoder.embed(signal) - expected).abs().max() <= 1e-6
    assert all(module.training for module in network.modules())
    network.freeze(1)  # some modules in evaluation mode, some in training mode
    modes = [module.training for module in network.modules()]
    assert not network.encoder.embed(signal).requires_grad
    assert [module.training for module in network.modules()] == modes


def test_every_stated_length_is_taken(name):
    network, small = _network(name), SMALL[name]
    lengths = network.encoder.lengths
    taken = {lengths.minimum, small.samples, *small.other_samples} | ({lengths.maximum} - {None})
    for samples in taken:
        assert lengths.accepts(samples)
        assert network(_signal(name, 2, samples=samples)).isfinite().all()


def test_state_dict_round_trip(name):
    first, second, signal = _network(name, 0), _network(name, 1), _signal(name)
    assert not torch.equal(first(signal), second(signal))
    second.load_state_dict(first.state_dict(), strict=True)
    assert torch.equal(first(signal), second(signal))


def test_the_same_seed_gives_the_same_network_and_score(name):
    signal = _signal(name)
    assert torch.equal(_network(name)(signal), _network(name)(signal))


def test_gradient_reaches_every_weight(name):
    network = _network(name).double().train()
    with torch.random.fork_rng():
        torch.manual_seed(0)
        for parameter in network.parameters():  # small and positive, so that no hidden unit is dead by chance
            torch.nn.init.normal_(parameter, std=0.1).data.abs_()
    weights = torch.randn(3, generator=torch.Generator().manual_seed(3))
    (network(_signal(name).double()) * weights).square().sum().backward()
    for key, parameter in network.named_parameters():
        assert parameter.grad is not None, key
        assert parameter.grad.abs().sum() > 0, key


def test_a_wrong_number_of_leads_is_refused_by_name(name):
    network, n_leads = _network(name), SMALL[name].n_leads
    for wrong in {n_leads - 1, n_leads + 1} - {0}:
        with pytest.raises(LeadError, match=f"{n_leads} leads"):
            network(_signal(name, leads=wrong))


def test_a_window_beyond_the_stated_lengths_is_refused_by_name(name):
    network = _network(name)
    lengths, kind = network.encoder.lengths, type(network.encoder).__name__
    refused = {lengths.minimum - 1} | ({lengths.maximum + 1} if lengths.maximum else set())
    refused |= {lengths.minimum + 1} if lengths.multiple_of > 1 else set()
    for samples in refused - {0}:
        with pytest.raises(SignalError, match=f"{kind} needs {lengths}, got {samples}"):
            network(_signal(name, samples=samples))


def test_other_numbers_of_leads(name):
    for leads in SMALL[name].other_leads:
        assert _network(name, n_leads=leads)(_signal(name, leads=leads)).shape == (4, 3)


def test_train_and_eval_differ_by_dropout_only_when_asked(name):
    network, signal = _network(name, dropout=0.5), _signal(name)
    assert torch.equal(network(signal), network(signal))
    network.train()
    assert not torch.equal(network(signal), network(signal))


def test_the_score_of_an_ecg_does_not_depend_on_its_neighbours(name):
    network, signal = _network(name), _signal(name, 9)
    with torch.inference_mode():
        together = network(signal)
        alone = torch.cat([network(signal[i : i + 1]) for i in range(len(signal))])
        beside_large = network(torch.cat([signal[:1], 1000 * signal[1:]]))[:1]
    spread = together.std(dim=0).min()
    assert spread > 1e-3  # otherwise nothing could differ
    scale = max(1.0, float(together.abs().max()))
    assert (together - alone).abs().max() <= 1e-6 * scale
    assert (together[:1] - beside_large).abs().max() <= 1e-6 * scale


def test_features_depend_on_every_sample_of_every_lead(name):
    small, network = SMALL[name], _network(name)
    for samples in (small.samples, *small.other_samples):
        signal = _signal(name, 2, samples=samples).requires_grad_()
        features = network.features(signal)
        (features * torch.randn(features.shape, generator=torch.Generator().manual_seed(2))).sum().backward()
        assert (signal.grad != 0).any(dim=0).float().mean() > 0.9  # a ReLU may hide a few
        assert (signal.grad[:, :, -small.samples // 50 :] != 0).any()


def test_bfloat16_is_near_float32(name):
    network, signal = _network(name), _signal(name)
    with torch.inference_mode():
        exact = network(signal)
        with torch.autocast("cpu", torch.bfloat16):
            rounded = network(signal).float()
    assert rounded.isfinite().all()
    spread = (exact - exact.mean(dim=0)).square().mean().sqrt()
    assert (rounded - exact).square().mean().sqrt() <= 0.1 * spread + 0.02 * exact.abs().max()


class _Activations(TorchDispatchMode):
    """Count activations, whether a module or a function asks for them."""

    def __init__(self) -> None:
        super().__init__()
        self.n_calls = 0

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        names = ("relu", "sigmoid", "gelu", "silu", "tanh", "elu", "leaky_relu", "softplus", "hardtanh", "hardswish")
        self.n_calls += function.overloadpacket.__name__.rstrip("_") in names
        return function(*args, **(kwargs or {}))


def test_each_activation_module_is_used_once_per_call(name):
    kinds = (torch.nn.ReLU, torch.nn.Sigmoid, torch.nn.GELU, torch.nn.SiLU, torch.nn.Tanh)
    calls: dict[str, int] = {}
    network = _network(name)
    for key, module in network.named_modules():
        if isinstance(module, kinds):
            module.register_forward_hook(lambda *_, key=key: calls.__setitem__(key, calls.get(key, 0) + 1))
    with torch.inference_mode(), _Activations() as activations:
        network(_signal(name))
    assert calls
    assert set(calls.values()) == {1}
    assert activations.n_calls == len(calls)  # none without a module


def test_the_named_parts_hold_every_weight_once(name):
    network = _network(name)
    held = [id(p) for part in network.part_names for p in network.get_submodule(part).parameters()]
    assert sorted(held) == sorted(id(p) for p in network.parameters())
    assert network.encoder.block_names


def test_freezing_moves_exactly_the_other_weights_and_statistics(name):
    network = _network(name, dropout=0.1)
    half = (len(network.encoder.block_names) + 1) // 2
    network.freeze(half)
    network.train()
    before = {key: value.clone() for key, value in network.state_dict().items()}
    optimizer = torch.optim.SGD([p for p in network.parameters() if p.requires_grad], lr=0.1)
    network(_signal(name)).square().sum().backward()
    optimizer.step()
    moved = {key for key, value in network.state_dict().items() if not torch.equal(value, before[key])}
    encoder = network.encoder
    frozen = tuple(f"encoder.{part}." for part in (*encoder.stem_names, *encoder.block_names[:half]))
    assert moved
    assert not {key for key in moved if key.startswith(frozen)}
    assert {key for key in before if "running_" in key and not key.startswith(frozen)} <= moved
    still = {key for key, p in network.named_parameters() if not key.startswith(frozen)} - moved
    for key in still:  # only a step that is lost in the rounding of the weight moves nothing
        assert (0.1 * network.get_parameter(key).grad.abs() <= 1.2e-7 * before[key].abs()).all(), key


def test_the_receptive_field_is_what_is_stated(name):
    encoder = _network(name).encoder.double()
    if encoder.receptive_field is not None:
        for parameter in encoder.parameters():  # nothing is hidden by a ReLU
            parameter.data.abs_()
    longest = SMALL[name].other_samples[-1] if SMALL[name].other_samples else SMALL[name].samples
    signal = _signal(name, 1, samples=longest).double().abs().requires_grad_()
    tokens = encoder.tokens(signal)
    # the last token of a window knows all of it in a causal network too
    token = tokens.shape[1] - 1 if encoder.receptive_field is None else tokens.shape[1] // 2
    tokens[0, token].sum().backward()
    reached = signal.grad[0].abs().sum(dim=0).nonzero().flatten()
    extent = int(reached[-1] - reached[0]) + 1
    if encoder.receptive_field is None:
        assert extent > 0.9 * longest
    elif encoder.receptive_field < longest:
        assert 0.98 * encoder.receptive_field <= extent <= encoder.receptive_field  # a maximum hides its neighbours
    else:
        assert extent > 0.5 * longest


def test_an_unknown_setting_names_the_nearest(name):
    known = next(iter(resolved_settings(name, SMALL[name].settings)))
    with pytest.raises(UnknownNameError, match=f"did you mean '{known}'"):
        build(name, n_leads=12, n_labels=1, **{known + "x": 1})


def test_an_unknown_architecture_names_the_nearest():
    with pytest.raises(UnknownNameError, match="did you mean 'xresnet1d'"):
        build("xresnet", n_leads=12, n_labels=1)


@pytest.mark.parametrize("name", ["xresnet1d", "se_resnext1d"])
def test_a_depth_that_does_not_exist_is_refused(name):
    with pytest.raises(SpecificationError, match="depth"):
        build(name, n_leads=12, n_labels=1, depth=19)


def test_resolved_settings_build_the_same_network(name):
    settings = resolved_settings(name, SMALL[name].settings)
    kind = resolve("architectures", name, ARCHITECTURES)
    assert set(settings) == set(kind.settings_type.__dataclass_fields__)
    again = build(name, n_leads=SMALL[name].n_leads, n_labels=3, **settings)
    again.load_state_dict(_network(name).state_dict(), strict=True)


def _layers_on_the_main_path(network: Network) -> int:
    """Count convolutions outside shortcuts, the stem as one, and the last linear layer."""
    convolutions = [
        key
        for key, module in network.named_modules()
        if isinstance(module, torch.nn.Conv1d) and "shortcut" not in key and not key.startswith("encoder.blocks.stem")
    ]
    return 1 + len(convolutions) + 1


@pytest.mark.parametrize(
    ("name", "depth"),
    [("xresnet1d", 18), ("xresnet1d", 34), ("xresnet1d", 50), ("xresnet1d", 101)]
    + [("se_resnext1d", depth) for depth in (26, 50, 101, 152)],
)
def test_the_depth_is_what_the_name_says(name, depth):
    network = _network(name, depth=depth)
    assert network.encoder.n_layers == depth == _layers_on_the_main_path(network)


def test_the_deepest_network_at_full_width_has_62_million_weights():
    with torch.device("meta"):
        network = build("se_resnext1d", n_leads=12, n_labels=1, depth=152, **PAPER)
    assert sum(p.numel() for p in network.parameters()) == pytest.approx(62e6, rel=0.01)

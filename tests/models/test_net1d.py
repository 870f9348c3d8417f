"""net1d against the same network in NumPy, by weights under their published names."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from einthoven.errors import SpecificationError
from einthoven.models.architectures import build
from einthoven.models.net1d import Net1d, Net1dSettings
from einthoven.models.public.ecgfounder import IGNORED, KEY_MAP

Array = NDArray[np.float64]
Weights = dict[str, Array]

SMALL = {
    "base_filters": 6,
    "filter_list": (6, 10, 15),
    "m_blocks_list": (2, 1, 2),
    "kernel_size": 16,
    "groups_width": 5,
}
ODD = {"base_filters": 4, "filter_list": (6, 9), "m_blocks_list": (1, 2), "kernel_size": 5, "stride": 3}


def convolve(signal: Array, weight: Array, bias: Array, *, stride: int = 1) -> Array:
    """Return (O, ceil(T / stride)) of (I, T): SAME padding, as many groups as the weight's second axis asks for."""
    n_out, per_group, kernel = weight.shape
    n_samples = signal.shape[1]
    length = (n_samples + stride - 1) // stride
    lacking = max(0, (length - 1) * stride + kernel - n_samples)
    padded = np.zeros((signal.shape[0], n_samples + lacking))
    padded[:, lacking // 2 : lacking // 2 + n_samples] = signal
    windows = sliding_window_view(padded, kernel, axis=1)[:, ::stride]  # (I, length, kernel)
    groups = signal.shape[0] // per_group
    of_group = np.split(windows, groups)
    filters = np.split(weight, groups)
    outs = [np.einsum("itk,oik->ot", one, filt) for one, filt in zip(of_group, filters, strict=True)]
    return np.concatenate(outs).reshape(n_out, -1) + bias[:, None]


def swish(values: Array) -> Array:
    return values / (1 + np.exp(-values))


def shortcut(signal: Array, n_out: int, *, stride: int, beyond: float) -> Array:
    """Return the maximum of ``stride`` samples each, ``beyond`` at the ends, between channels of zeros."""
    before = (stride - 1) // 2
    padded = np.pad(signal, [(0, 0), (before, stride - 1 - before)], constant_values=beyond)
    length = padded.shape[1] // stride
    pooled = padded[:, : length * stride].reshape(len(signal), length, stride).max(axis=2)
    out = np.zeros((n_out, length))
    first = (n_out - len(signal)) // 2
    out[first : first + len(signal)] = pooled
    return out


def block(weights: Weights, name: str, signal: Array, *, stride: int, first: bool, beyond: float) -> Array:
    out = signal if first else swish(signal)
    for layer, step in (("conv1", 1), ("conv2", stride), ("conv3", 1)):
        out = out if layer == "conv1" else swish(out)
        out = convolve(out, weights[f"{name}.{layer}.conv.weight"], weights[f"{name}.{layer}.conv.bias"], stride=step)
    hidden = swish(weights[f"{name}.se_fc1.weight"] @ out.mean(axis=1) + weights[f"{name}.se_fc1.bias"])
    gain = 1 / (1 + np.exp(-(weights[f"{name}.se_fc2.weight"] @ hidden + weights[f"{name}.se_fc2.bias"])))
    return out * gain[:, None] + shortcut(signal, len(out), stride=stride, beyond=beyond)


def network_in_numpy(weights: Weights, signal: Array, *, stride: int = 2, beyond: float = 0.0) -> Array:
    """Return outputs (C,) of one signal (L, T) by weights under their published names."""
    out = swish(convolve(signal, weights["first_conv.conv.weight"], weights["first_conv.conv.bias"], stride=2))
    names = sorted({key[: key.rindex(".conv1.")] for key in weights if ".conv1." in key})
    for name in names:
        _, stage, _, index = name.split(".")
        step = stride if index == "0" else 1
        out = block(weights, name, out, stride=step, first=(stage, index) == ("0", "0"), beyond=beyond)
    return weights["dense.weight"] @ out.mean(axis=1) + weights["dense.bias"]


def published(n_leads: int, settings: dict, *, seed: int = 0) -> Weights:
    """Return random weights under their published names, those of the unused batch normalisation included."""
    random = np.random.default_rng(seed)
    sizes = {"first_conv.conv": (settings["base_filters"], n_leads, settings["kernel_size"])}
    norms = {"first_bn": settings["base_filters"]}
    width = settings["base_filters"]
    for stage, (out, count) in enumerate(zip(settings["filter_list"], settings["m_blocks_list"], strict=True)):
        groups = out // settings.get("groups_width", 16)
        for index in range(count):
            name = f"stage_list.{stage}.block_list.{index}"
            sizes[f"{name}.conv1.conv"] = (out, width, 1)
            sizes[f"{name}.conv2.conv"] = (out, out // groups, settings["kernel_size"])
            sizes[f"{name}.conv3.conv"] = (out, out, 1)
            sizes[f"{name}.se_fc1"] = (out // 2, out)
            sizes[f"{name}.se_fc2"] = (out, out // 2)
            norms |= {f"{name}.bn1": width, f"{name}.bn2": out, f"{name}.bn3": out}
            width = out
    sizes["dense"] = (4, width)
    weights = {}
    for name, size in sizes.items():
        weights[f"{name}.weight"] = random.normal(0, 1.5 / np.sqrt(np.prod(size[1:])), size)
        weights[f"{name}.bias"] = random.normal(0, 0.5, size[0])
    for name, n in norms.items():
        for part in ("weight", "bias", "running_mean", "running_var"):
            weights[f"{name}.{part}"] = random.uniform(0.5, 2, n)
        weights[f"{name}.num_batches_tracked"] = np.array(7)
    return weights


def loaded(weights: Weights, n_leads: int, settings: dict) -> torch.nn.Module:
    """Return our network with published weights, each of which is used or ignored by name."""
    state = {}
    for key, value in weights.items():
        targets = [m.expand(new) for old, new in KEY_MAP if (m := re.fullmatch(old, key))]
        if any(re.fullmatch(one.pattern, key) for one in IGNORED):
            assert not targets
            continue
        assert len(targets) == 1, key
        state[targets[0]] = torch.from_numpy(np.asarray(value, dtype=np.float32))
    network = build("net1d", n_leads=n_leads, n_labels=4, **settings).eval()
    network.load_state_dict(state, strict=True)
    return network


def relative_error(found: Array, expected: Array) -> float:
    return float(np.abs(found - expected).max() / np.abs(expected).max())


CASES = [(12, SMALL, 16, 97), (12, SMALL, 16, 131), (1, SMALL, 16, 250), (2, {**ODD, "groups_width": 3}, 18, 101)]


@pytest.mark.parametrize(("n_leads", "settings", "shortest", "n_samples"), CASES)
def test_outputs_are_those_of_the_network_in_numpy(n_leads, settings, shortest, n_samples):
    weights = {key: value.astype(np.float32).astype(float) for key, value in published(n_leads, settings).items()}
    network = loaded(weights, n_leads, settings)
    signals = np.random.default_rng(1).normal(size=(3, n_leads, n_samples)).astype(np.float32)
    with torch.inference_mode():
        found = network(torch.from_numpy(signals)).numpy()
    stride = settings.get("stride", 2)
    expected = np.stack([network_in_numpy(weights, signal.astype(float), stride=stride) for signal in signals])
    assert network.encoder.lengths.minimum == shortest
    assert relative_error(found, expected) < 1e-5


def test_the_comparison_sees_what_stands_beyond_the_end_of_an_odd_length():
    weights = published(12, SMALL)
    signal = np.random.default_rng(1).normal(size=(12, 97))
    zeros, nothing = (network_in_numpy(weights, signal, beyond=value) for value in (0.0, -np.inf))
    assert relative_error(nothing, zeros) > 1e-3


def test_batch_normalisation_in_a_published_file_changes_nothing():
    weights = published(12, SMALL)
    without = {key: value for key, value in weights.items() if "bn" not in key}
    assert len(without) < len(weights)
    signal = torch.randn(2, 12, 130)
    with torch.inference_mode():
        assert torch.equal(loaded(weights, 12, SMALL)(signal), loaded(without, 12, SMALL)(signal))


def test_an_ecg_of_ten_seconds_is_halved_eight_times():
    settings = Net1dSettings(base_filters=2, filter_list=(2,) * 7, kernel_size=4, groups_width=2)
    signal, lengths = torch.zeros(1, 12, 5000), []
    for part in Net1d(settings, n_leads=12).blocks.values():
        signal = part(signal)
        lengths.append(signal.shape[-1])
    assert lengths == [2500, 1250, 625, 313, 157, 79, 40, 20]


def test_the_default_is_of_the_size_of_ecgfounder():
    with torch.device("meta"):
        encoder = Net1d(Net1dSettings(), n_leads=12)
    assert sum(p.numel() for p in encoder.parameters()) == 30_598_896  # 30,752,646 with 150 outputs
    assert (encoder.feature_width, encoder.n_layers) == (1024, 2 + 3 * 20)


def test_blocks_can_be_left_out_in_training_alone():
    settings = Net1dSettings(base_filters=4, filter_list=(4,), m_blocks_list=(3,), groups_width=4, block_dropout=0.5)
    network, signal = Net1d(settings, n_leads=2), torch.randn(8, 2, 64)
    assert not torch.equal(network(signal), network(signal))
    network.eval()
    assert torch.equal(network(signal), network(signal))


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"m_blocks_list": (2, 2)}, "m_blocks_list"),
        ({"filter_list": (), "m_blocks_list": ()}, "filter_list"),
        ({"filter_list": (64, 48), "m_blocks_list": (1, 1)}, "must not fall"),
        ({"base_filters": 96}, "base_filters 96"),
        ({"groups_width": 128}, "groups_width 128"),
        ({"ratio": 0.01}, "ratio 0.01"),
        ({"stride": 0}, "stride"),
        ({"block_dropout": 1.0}, "block_dropout"),
    ],
)
def test_settings_that_make_no_network_are_refused_by_name(settings, named):
    with pytest.raises(SpecificationError, match=named):
        Net1dSettings(**settings)

"""Numbers of the CODE study's network that are its own."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from einthoven.errors import SpecificationError
from einthoven.models.architectures import build
from einthoven.models.code_resnet import CodeResNet, CodeResNetSettings
from einthoven.models.head_settings import HeadSettings
from models.code_resnet_in_numpy import keras_forward, random_weights, torch_forward

HEAD = HeadSettings(dropout=0.0)
NORM = {"gamma": "weight", "beta": "bias", "moving_mean": "running_mean", "moving_variance": "running_var"}
TORCH_STYLE = {"longer_side": "before", "norm_eps": 1e-5, "feature_order": "channel", "stem_activation": False}


def _relative_error(ours: torch.Tensor, true: np.ndarray) -> float:
    return float(np.abs(ours.detach().numpy() - true).max() / np.abs(true).max())


def _keras_layers(n_units: int) -> dict[str, str]:
    """Return our names of Keras' layers, in the order in which ``keras_forward`` says they were made."""
    layers = {"conv1d_1": "stem.0", "batch_normalization_1": "stem.1"}
    for unit in range(n_units):
        place = f"units.{unit}"
        layers |= {f"conv1d_{3 * unit + 2}": f"{place}.shortcut.1", f"conv1d_{3 * unit + 3}": f"{place}.branch.0"}
        layers |= {f"conv1d_{3 * unit + 4}": f"{place}.branch.4"}
        layers |= {f"batch_normalization_{2 * unit + 2}": f"{place}.branch.1"}
        layers |= {f"batch_normalization_{2 * unit + 3}": f"{place}.norm"}
    return {keras: f"encoder.{ours}" for keras, ours in layers.items()} | {"dense_1": "head.linear"}


@pytest.mark.parametrize(
    ("kernel", "strides"),
    [(16, (4, 4)), (4, (4, 2)), (7, (2, 4)), (5, (1, 3))],
    ids=["as published", "kernel equals stride", "odd kernel", "stride 1"],
)
def test_outputs_are_those_of_keras(kernel, strides):
    samples = 16 * int(np.prod(strides))
    settings = {"n_samples": samples, "stem_width": 3, "widths": (5, 6), "strides": strides, "kernel_size": kernel}
    network = build("code_resnet", n_leads=2, n_labels=4, head=HEAD, **settings).eval()
    values, shapes = {}, {}
    for layer, ours in _keras_layers(2).items():
        for keras, torch_name in {"kernel": "weight", "bias": "bias", **NORM}.items():
            name = f"{ours}.{torch_name}"
            if name not in network.state_dict() or ("norm" in layer) == (keras in {"kernel", "bias"}):
                continue
            values[f"{layer}/{layer}/{keras}:0"] = network.state_dict()[name]
            shapes[f"{layer}/{layer}/{keras}:0"] = tuple(reversed(network.state_dict()[name].shape))
    weights = random_weights(shapes)
    for name, array in weights.items():
        values[name].copy_(torch.from_numpy(array.transpose().copy()))
    signal = np.random.default_rng(1).standard_normal((samples, 2)).astype(np.float32)
    ours = network(torch.from_numpy(signal.transpose().copy())[None])[0]
    assert _relative_error(ours, keras_forward(signal, weights, strides=strides)) < 1e-5


@pytest.mark.parametrize(("kernel", "strides"), [(17, (1, 4, 4)), (7, (1, 2, 3)), (5, (1, 4, 1))])
def test_outputs_are_those_of_the_age_network(kernel, strides):
    samples = 16 * int(np.prod(strides))
    settings = {"n_samples": samples, "stem_width": 3, "widths": (3, 5, 6), "strides": strides, "kernel_size": kernel}
    network = build("code_resnet", n_leads=2, n_labels=1, head=HEAD, **settings, **TORCH_STYLE).eval()
    theirs = {"encoder.stem.0": "conv1", "encoder.stem.1": "bn1", "head.linear": "lin"}
    for unit in range(3):
        inner = {"branch.0": "conv1", "branch.1": "bn1", "branch.4": "conv2", "norm": "bn2"}
        inner["shortcut.1"] = "skip_connection.1"
        theirs |= {f"encoder.units.{unit}.{ours}": f"resblock1d_{unit}.{name}" for ours, name in inner.items()}
    values = {}
    for name, tensor in network.state_dict().items():
        layer, _, last = name.rpartition(".")
        if last != "num_batches_tracked":
            values[f"{theirs[layer]}.{last}"] = tensor
    weights = random_weights({name: tuple(tensor.shape) for name, tensor in values.items()})
    for name, array in weights.items():
        values[name].copy_(torch.from_numpy(array))
    signal = np.random.default_rng(1).standard_normal((2, samples)).astype(np.float32)
    ours = network(torch.from_numpy(signal)[None])[0]
    assert _relative_error(ours, torch_forward(signal, weights, strides=strides)) < 1e-5


def test_by_default_a_window_becomes_16_tokens_of_320_and_features_keep_their_place():
    encoder = CodeResNet(CodeResNetSettings(), n_leads=12).eval()
    tokens = encoder.tokens(torch.randn(1, 12, 4096))
    assert tokens.shape == (1, 16, 320)
    assert encoder.feature_width == 5120
    assert encoder.n_layers == 10
    assert torch.equal(encoder.pool(tokens)[0, 320:640], tokens[0, 1])


def test_features_by_channel_hold_all_tokens_of_the_first_channel_first():
    settings = CodeResNetSettings(n_samples=64, stem_width=2, widths=(3,), strides=(4,), feature_order="channel")
    encoder = CodeResNet(settings, n_leads=1).eval()
    tokens = encoder.tokens(torch.randn(1, 1, 64))
    assert torch.equal(encoder.pool(tokens)[0, :16], tokens[0, :, 0])


def test_without_the_activation_of_the_stem_its_output_has_negative_values():
    settings = {"n_samples": 64, "stem_width": 4, "widths": (4,), "strides": (1,)}
    signal = torch.randn(1, 1, 64)
    stems = [CodeResNet(CodeResNetSettings(stem_activation=on, **settings), n_leads=1).stem for on in (True, False)]
    assert stems[0](signal).min() == 0
    assert stems[1](signal).min() < 0


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"strides": (4, 4)}, "one stride for each"),
        ({"widths": (), "strides": ()}, "one stride for each"),
        ({"strides": (4, 4, 4, 0)}, "one stride for each"),
        ({"n_samples": 4000}, "multiple of the product"),
        ({"n_samples": 0}, "multiple of the product"),
        ({"kernel_size": 3}, "at least its largest stride"),
        ({"longer_side": "left"}, "longer_side .* before, behind"),
        ({"feature_order": "leads"}, "feature_order .* time, channel"),
        ({"stem_width": 0}, "stem_width .* positive"),
        ({"norm_eps": 0.0}, "norm_eps .* positive"),
        ({"dropout": 1.0}, r"dropout .* \[0, 1\)"),
    ],
)
def test_settings_that_make_no_network_are_refused_by_name(settings, word):
    with pytest.raises(SpecificationError, match=word):
        CodeResNetSettings(**settings)

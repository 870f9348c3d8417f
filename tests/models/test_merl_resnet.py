"""Numbers of the plain ResNet that are its own."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from einthoven.errors import SpecificationError
from einthoven.models.architectures import build_encoder
from einthoven.models.merl_resnet import MerlResNetSettings

Float = NDArray[np.float64]

SMALL_MERL = {"widths": (3, 4, 5, 6)}
SMALL_ECHONEXT = {
    "widths": (2, 3, 4, 5),
    "depths": (3, 4, 6, 3),
    "kernel_size": 7,
    "stem_kernel_size": 15,
    "stem_maximum": True,
    "pooling": "mean_max",
    "dropout": 0.5,
}


class _InNumpy:
    """The network in float64, by the names of our weights."""

    def __init__(self, weights: dict[str, torch.Tensor], settings: MerlResNetSettings) -> None:
        self.weights = {name: tensor.numpy().astype(np.float64) for name, tensor in weights.items()}
        self.settings = settings

    def features(self, signal: Float) -> Float:
        settings = self.settings
        x = self._convolve_and_normalise(signal, "blocks.stem.0", settings.stem_stride, settings.stem_kernel_size // 2)
        x = np.maximum(x, 0)
        if settings.stem_maximum:
            padded = np.pad(x, ((0, 0), (1, 1)), constant_values=-np.inf)
            x = np.lib.stride_tricks.sliding_window_view(padded, 3, axis=1)[:, ::2].max(axis=2)
        for stage, depth in enumerate(settings.depths):
            for index in range(depth):
                x = self._block(x, f"blocks.stage{stage + 1}.{index}", stride=2 if stage and not index else 1)
        mean = x.mean(axis=1)
        return np.concatenate([mean, x.max(axis=1)]) if settings.pooling == "mean_max" else mean

    def _block(self, x: Float, name: str, stride: int) -> Float:
        half = self.settings.kernel_size // 2
        hidden = np.maximum(self._convolve_and_normalise(x, f"{name}.branch.0", stride, half), 0)
        out = self._convolve_and_normalise(hidden, f"{name}.branch.2", 1, half)
        if f"{name}.shortcut.0.weight" in self.weights:
            x = self._convolve_and_normalise(x, f"{name}.shortcut", stride, 0)
        return np.maximum(out + x, 0)

    def _convolve_and_normalise(self, x: Float, name: str, stride: int, padding: int) -> Float:
        kernel = self.weights[f"{name}.0.weight"]
        padded = np.pad(x, ((0, 0), (padding, padding)))
        windows = np.lib.stride_tricks.sliding_window_view(padded, kernel.shape[2], axis=1)[:, ::stride]
        convolved = np.einsum("itk,oik->ot", windows, kernel, optimize=True)
        gain, shift, mean, variance = (
            self.weights[f"{name}.1.{one}"][:, None] for one in ("weight", "bias", "running_mean", "running_var")
        )
        return gain * (convolved - mean) / np.sqrt(variance + 1e-5) + shift


def randomised(module: torch.nn.Module, seed: int = 0) -> torch.nn.Module:
    """Give normalisations gains and statistics that are not 1 and 0."""
    generator = torch.Generator().manual_seed(seed)
    for name, tensor in module.state_dict().items():
        if tensor.ndim == 1:
            drawn = torch.randn(tensor.shape, generator=generator)
            tensor.copy_(0.5 + drawn.abs() if name.endswith(("running_var", "1.weight")) else 0.3 * drawn)
    return module.eval()


@pytest.mark.parametrize("samples", [256, 333])
@pytest.mark.parametrize("settings", [SMALL_MERL, SMALL_ECHONEXT], ids=["MERL", "EchoNext"])
def test_features_are_those_of_numpy(settings, samples):
    encoder = randomised(build_encoder("merl_resnet", n_leads=2, **settings))
    signal = torch.randn(1, 2, samples, generator=torch.Generator().manual_seed(1))
    true = _InNumpy(encoder.state_dict(), MerlResNetSettings(**settings)).features(signal[0].numpy().astype(np.float64))
    ours = encoder(signal)[0].detach().numpy()
    assert np.abs(ours - true).max() / np.abs(true).max() < 1e-5


def test_a_window_of_5000_samples_becomes_313_tokens_of_512():
    encoder = build_encoder("merl_resnet", n_leads=12).eval()
    assert encoder.tokens(torch.randn(1, 12, 5000)).shape == (1, 313, 512)
    assert encoder.n_layers == 18


def test_mean_stands_before_maximum():
    encoder = randomised(build_encoder("merl_resnet", n_leads=2, **SMALL_ECHONEXT))
    signal = torch.randn(1, 2, 256)
    tokens = encoder.tokens(signal)
    assert torch.allclose(encoder(signal)[:, :5], tokens.mean(dim=1))
    assert torch.equal(encoder(signal)[:, 5:], tokens.amax(dim=1))


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"widths": (4, 8)}, "one depth for each"),
        ({"widths": (), "depths": ()}, "one depth for each"),
        ({"depths": (2, 2, 0, 2)}, "one depth for each"),
        ({"kernel_size": 4}, "odd"),
        ({"stem_kernel_size": 8}, "odd"),
        ({"stem_stride": 0}, "stem_stride .* positive"),
        ({"kernel_size": -1}, "kernels .* positive"),
        ({"dropout": 1.0}, r"dropout .* \[0, 1\)"),
    ],
)
def test_settings_that_make_no_network_are_refused_by_name(settings, word):
    with pytest.raises(SpecificationError, match=word):
        MerlResNetSettings(**settings)

"""A published S4 layer, computed as the paper does it, against ours with the tensors that the converter makes."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from einthoven.errors import CheckpointError
from einthoven.models.blocks.low_rank_state_space import LowRankStateSpace
from einthoven.models.public.ecg_cpc_weights import BUFFERS, PERIOD, torch_layout

STEM = "ts_encoder.predictor.predictor.s4_layers.0.kernel.kernel."
WIDTH = 6


def _published() -> dict[str, torch.Tensor]:
    """Return a layer with published names and axes: HiPPO's matrix, random output weights."""
    with torch.random.fork_rng():
        torch.manual_seed(4)
        layer = LowRankStateSpace(WIDTH, state_size=8, bidirectional=False)
        output = torch.randn(1, WIDTH, 4, 2)
    buffers = {theirs: layer.get_buffer(ours) for theirs, ours in BUFFERS.items()}
    return {f"{STEM}{name}": value.unsqueeze(0) if name in "BPQ" else value for name, value in buffers.items()} | {
        f"{STEM}C": output
    }


def _kernel_of_the_paper(tensors: dict[str, torch.Tensor]) -> np.ndarray:
    """Algorithm 1 of arXiv:2111.00396 over 1,200 samples, in complex128: Cauchy sums, Woodbury, inverse FFT."""
    parts = {name.removeprefix(STEM): tensor.double().numpy() for name, tensor in tensors.items()}
    whole = {}
    for name in "BCPQw":
        half = parts[name].reshape(WIDTH, 4, 2) @ [1, 1j]
        whole[name] = np.concatenate([half, half.conj()], axis=-1)
    dt = np.exp(parts["log_dt"])[:, None]
    nodes = np.exp(-2j * np.pi * (np.arange(PERIOD // 2 + 1)) / PERIOD)
    nodes[-1] += 1e-9  # at -1 the bilinear map has a pole, the product below a limit
    cauchy = 1 / (2 * (1 - nodes) / (1 + nodes) - (dt * whole["w"])[..., None])
    k00, k01, k10, k11 = (
        dt * np.einsum("wn,wnl->wl", whole[a] * whole[b], cauchy) for a in ("C", "Q") for b in ("B", "P")
    )
    spectrum = 2 / (1 + nodes) * (k00 - k01 * k10 / (1 + k11))
    return np.fft.irfft(spectrum, n=PERIOD)


def _ours(tensors: dict[str, torch.Tensor]) -> LowRankStateSpace:
    layer = LowRankStateSpace(WIDTH, state_size=8, bidirectional=False)
    names = {**BUFFERS, "C": "output_weight"}
    state = {names[name.removeprefix(STEM)]: tensor for name, tensor in torch_layout(tensors).items()}
    layer.load_state_dict({"skip": torch.zeros(WIDTH), **state}, strict=True)
    return layer


def test_the_layer_answers_as_the_published_one():
    published = _published()
    expected = _kernel_of_the_paper(published)
    layer = _ours(published)
    found = layer.kernel(PERIOD).detach().numpy()[0]
    assert np.abs(found - expected).max() < 1e-6 * np.abs(expected).max()
    signal = torch.randn(2, 300, WIDTH, generator=torch.Generator().manual_seed(5))
    spectrum = np.fft.rfft(signal.numpy(), n=PERIOD, axis=1) * np.fft.rfft(expected[:, :300], n=PERIOD).T
    filtered = np.fft.irfft(spectrum, n=PERIOD, axis=1)[:, :300]
    with torch.inference_mode():
        assert np.abs(layer(signal).numpy() - filtered).max() < 1e-6 * np.abs(filtered).max()


@pytest.mark.parametrize("missing", ["w", "B", "P", "Q", "log_dt"])
def test_a_layer_that_lacks_something_is_left_to_the_report(missing):
    tensors = _published()
    del tensors[STEM + missing]
    assert torch.equal(torch_layout(tensors)[f"{STEM}C"], tensors[f"{STEM}C"])


def test_axes_of_size_one_go():
    shapes = {
        "ts_encoder.predictor.predictor.s4_layers.0.D": (1, 8),
        "ts_encoder.predictor.predictor.s4_layers.0.output_linear.0.bias": (16, 1),
        "ts_encoder.predictor.predictor.s4_layers.0.output_linear.0.weight": (16, 8),
    }
    turned = torch_layout({name: torch.zeros(shape) for name, shape in shapes.items()})
    assert [tuple(tensor.shape) for tensor in turned.values()] == [(8,), (16,), (16, 8)]


def test_states_that_grow_are_refused():
    tensors = _published()
    tensors[STEM + "w"][..., 0] = 30.0
    with pytest.raises(CheckpointError, match="grown"):
        torch_layout(tensors)

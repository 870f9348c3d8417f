"""The six abnormalities of CODE: Keras' file, its layout and names, and what the network is fed."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.signal import resample_poly

from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.ecg.prepare import prepare
from einthoven.ecg.record import Record
from einthoven.ecg.view import view
from einthoven.models.public.code import CODE, PRESETS, torch_layout
from einthoven.models.public.loading import expected_weights, load_public, match
from fakes.public_weights import published_shapes, write_weights
from models.code_resnet_in_numpy import keras_forward, random_weights


@pytest.fixture(scope="module")
def weights() -> dict[str, np.ndarray]:
    """Return random weights in Keras' layout."""
    return random_weights(published_shapes("code"))


@pytest.fixture(scope="module")
def tensors(weights) -> dict[str, torch.Tensor]:
    return {name: torch.from_numpy(array) for name, array in weights.items()}


def _renumbered(tensors, shift: dict[str, int]) -> dict[str, torch.Tensor]:
    """Return the tensors of a session that began to count elsewhere; 0 is written as no number."""
    renamed = {}
    for name, tensor in tensors.items():
        layer, _, last = name.split("/")
        kind, _, number = layer.rpartition("_")
        at = int(number) + shift[kind]
        layer = f"{kind}_{at}" if at else kind
        renamed[f"{layer}/{layer}/{last}"] = tensor
    return renamed


def test_outputs_of_a_loaded_file_are_those_of_keras(weights, tensors, tmp_path):
    checkpoint, _ = load_public(CODE, write_weights(CODE, tensors, tmp_path))
    signal = np.random.default_rng(2).standard_normal((4096, 12)).astype(np.float32)
    with torch.inference_mode():
        ours = checkpoint.network()(torch.from_numpy(signal.T.copy())[None])[0].numpy()
    true = keras_forward(signal, weights, strides=(4, 4, 4, 4))
    assert np.abs(ours - true).max() / np.abs(true).max() < 1e-5


@pytest.mark.parametrize(
    "shift",
    [
        {"conv1d": 0, "batch_normalization": 0, "dense": 0},
        {"conv1d": -1, "batch_normalization": -1, "dense": -1},
        {"conv1d": 26, "batch_normalization": 18, "dense": 2},
    ],
    ids=["Keras 2.1", "TensorFlow 2", "third network of a session"],
)
def test_it_does_not_matter_where_the_session_began_to_count(tensors, shift):
    state, report = match(CODE, _renumbered(tensors, shift), expected_weights(CODE))
    assert report.complete
    expected, _ = match(CODE, tensors, expected_weights(CODE))
    assert all(torch.equal(state[name], expected[name]) for name in expected)


def test_a_missing_layer_is_named_by_itself_and_not_filled_by_its_neighbour(tensors):
    without = {name: tensor for name, tensor in tensors.items() if not name.startswith("conv1d_1/")}
    _, report = match(CODE, without, expected_weights(CODE))
    assert report.missing == ("encoder.stem.0.weight",)
    assert not report.unexpected


def test_kernels_are_turned_and_all_else_is_left(tensors):
    turned = torch_layout(tensors)
    assert turned["conv1d_3/conv1d_3/kernel:0"].shape == (128, 64, 16)
    assert turned["conv1d_3/conv1d_3/kernel:0"][5, 6, 7] == tensors["conv1d_3/conv1d_3/kernel:0"][7, 6, 5]
    assert turned["dense_1/dense_1/kernel:0"].shape == (6, 5120)
    assert torch.equal(turned["dense_1/dense_1/bias:0"], tensors["dense_1/dense_1/bias:0"])
    counters = [name for name in turned if name.endswith("num_batches_tracked:0")]
    assert len(counters) == 9
    assert set(turned) == set(tensors) | set(counters)


@pytest.mark.parametrize(("preset", "factor"), [("doubled", 2.0), ("millivolts", 1.0), ("as_stored", 1.0)])
def test_seven_seconds_lie_in_the_middle_and_the_amplitude_is_what_the_preset_says(preset, factor):
    """648 zeros on both sides, says the description of CODE-test."""
    spec = PRESETS[preset]
    signal = np.random.default_rng(0).standard_normal((12, 2800)).astype(np.float32)
    seen = view(signal, spec.view, stored_leads=spec.leads, start=0, length=spec.window_samples)
    assert seen.shape == (12, 4096)
    assert not seen[:, :648].any()
    assert not seen[:, -648:].any()
    np.testing.assert_allclose(seen[:, 648:-648], factor * signal, rtol=1e-6)


def test_an_ecg_of_500_hz_is_resampled_as_by_the_authors():
    """SciPy's resample_poly, twice the amplitude; the ends differ, where the authors take the signal for zero."""
    raw = np.random.default_rng(0).standard_normal((12, 5000)).cumsum(axis=1).astype(np.float32) / 20
    stored = prepare(Record(raw, STANDARD_LEADS, 500.0, "one", unit="mV"), CODE.spec.ingest)
    seen = view(stored.signal(), CODE.spec.view, stored_leads=STANDARD_LEADS, start=0, length=4096)
    true = 2 * resample_poly(raw.astype(np.float64), 4, 5, axis=1)
    inside = slice(40, -40)  # 0.1 s
    step = np.abs(true).max() / 32767  # of a store
    np.testing.assert_allclose(seen[:, 48:-48][:, inside], true[:, inside], atol=step)


def test_the_default_doubles_millivolts():
    assert CODE.spec is PRESETS["doubled"]
    assert PRESETS["doubled"].ingest == PRESETS["millivolts"].ingest
    assert PRESETS["as_stored"].ingest.unit == "arbitrary"

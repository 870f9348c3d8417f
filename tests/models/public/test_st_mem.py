"""ST-MEM: its names mean what they say, both files hold one encoder, and some of the leads may be fed."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.signal import butter, resample, sosfiltfilt

from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.ecg.prepare import prepare
from einthoven.ecg.view import view
from einthoven.models.public.fewer_leads import with_leads
from einthoven.models.public.loading import expected_weights, match
from einthoven.models.public.st_mem import SPEC, ST_MEM, ST_MEM_FULL
from fakes.ecg_records import fake_record
from fakes.public_weights import published_shapes
from models.pre_norm_in_numpy import block, layer_norm, linear
from models.public.shrunk_weights import VIT_NAMES, filled, shrunk, shrunk_weights

SIZES = {768: 12, 2304: 36, 3072: 20, 75: 10, 32: 8}
SMALL = {"patch_samples": 10, "max_samples": 60, "width": 12, "heads": 3, "head_width": 4, "mlp_width": 20}


def _in_numpy(w, window, rows=range(12)):
    """Follow the published description by the published names."""
    tokens, kept = [], []
    for row, samples in zip(rows, window, strict=True):
        lead, positions = w[f"lead_embeddings.{row}"], w["pos_embedding"][0]
        ends = (w["sep_embedding"] + positions[0] + lead, w["sep_embedding"] + positions[-1] + lead)
        tokens.append(ends[0])
        for p in range(6):
            patch = layer_norm(samples[10 * p : 10 * p + 10], w, "to_patch_embedding.1")
            patch = layer_norm(linear(patch, w, "to_patch_embedding.2"), w, "to_patch_embedding.3")
            kept.append(len(tokens))
            tokens.append(patch + positions[p + 1] + lead)
        tokens.append(ends[1])
    tokens = np.stack(tokens)
    for index in range(2):
        tokens = block(tokens, w, index, heads=3, names=VIT_NAMES)
    return layer_norm(tokens[kept].mean(0), w, "norm")


def _error(network, tensors, signal, **rows) -> float:
    w = {key.removeprefix("encoder."): tensor.double().numpy() for key, tensor in tensors.items()}
    expected = np.stack([_in_numpy(w, window, **rows) for window in signal.double().numpy()])
    return float(np.linalg.norm(network(signal).detach().numpy() - expected) / np.linalg.norm(expected))


def _encoder_of(tensors):
    return {key: tensor for key, tensor in tensors.items() if key.startswith("encoder.")}


def _meta(name: str) -> dict[str, torch.Tensor]:
    return {key: torch.empty(shape, device="meta") for key, shape in published_shapes(name).items()}


def test_features_are_what_numpy_computes_by_the_published_names():
    tensors, signal = shrunk_weights("st_mem", SIZES), torch.randn(2, 12, 60)
    assert _error(filled(shrunk(ST_MEM, **SMALL), tensors), tensors, signal) < 1e-5


def test_the_full_file_gives_its_encoder_and_says_what_is_left_out():
    tensors, signal = shrunk_weights("st_mem_full", SIZES), torch.randn(2, 12, 60)
    network = filled(shrunk(ST_MEM_FULL, **SMALL), tensors)
    assert _error(network, _encoder_of(tensors), signal) < 1e-5
    _, report = match(ST_MEM_FULL, _meta("st_mem_full"), expected_weights(ST_MEM_FULL))
    assert report.complete
    assert set(report.ignored) == {key for key in published_shapes("st_mem_full") if not key.startswith("encoder.")}
    assert report.ignored["to_patch_embedding.2.weight"] != report.ignored["decoder_pos_embed"]


def test_neither_file_passes_for_the_other():
    for model, other in ((ST_MEM, "st_mem_full"), (ST_MEM_FULL, "st_mem")):
        assert not match(model, _meta(other), expected_weights(model))[1].complete


@pytest.mark.parametrize(("name", "model"), [("st_mem", ST_MEM), ("st_mem_full", ST_MEM_FULL)])
def test_some_leads_are_fed_without_the_others_embeddings(name, model):
    few = shrunk(with_leads(model, ["V1", "I"]), **SMALL)
    assert few.spec.leads == ("V1", "I")
    assert few.settings["lead_rows"] == (6, 0)
    tensors, signal = shrunk_weights(name, SIZES), torch.randn(2, 2, 60)
    of_encoder = _encoder_of(tensors) if name == "st_mem_full" else tensors
    assert _error(filled(few, tensors), of_encoder, signal, rows=(6, 0)) < 1e-5
    _, report = match(few, tensors, expected_weights(few))
    left_out = {key for key in tensors if "lead_embeddings" in key and not key.endswith((".0", ".6"))}
    assert len(left_out) == 10
    assert left_out <= set(report.ignored)


def test_an_output_layer_is_left_out():
    tensors = _meta("st_mem") | {"head.weight": torch.empty(5, 768), "head.bias": torch.empty(5)}
    _, report = match(ST_MEM, tensors, expected_weights(ST_MEM))
    assert report.complete
    assert set(report.ignored) == {"head.weight", "head.bias"}


def test_the_encoder_holds_85150614_values_with_its_positions():
    sizes = {key: tensor.numel() for key, tensor in expected_weights(ST_MEM).items()}
    assert sum(sizes.values()) == ST_MEM.n_parameters == ST_MEM_FULL.n_parameters == 85_150_614
    assert f"{sizes['encoder.patches.positions']:,}" in ST_MEM.counted


def test_three_windows_of_nine_seconds_at_250_hz_are_averaged():
    assert SPEC.leads == STANDARD_LEADS
    assert SPEC.window_samples == 2250
    assert SPEC.view.test_crops_s == (0.0, 0.5, 1.0)
    assert (SPEC.view.normalise.method, SPEC.view.normalise.scope) == ("zscore", "record")
    assert (SPEC.view.normalise.extent, SPEC.ingest.filter.order) == ("window", 5)


@pytest.mark.parametrize(("rate_hz", "largest"), [(250.0, 1e-3), (500.0, 1e-2)])
def test_a_record_is_prepared_as_described(rate_hz, largest):
    """Far from the ends, that is; at 500 Hz ours filters before it resamples, by a slightly gentler low-pass."""
    record = fake_record(rate_hz=rate_hz, seconds=50.0)
    signal = resample(record.signal.astype(float), 12500, axis=1)
    for kind, corner in (("high", 0.67), ("low", 40.0)):
        signal = sosfiltfilt(butter(5, corner, kind, fs=250, output="sos"), signal, axis=1)
    stored = prepare(record, SPEC.ingest).signal()
    seen = view(stored, SPEC.view, stored_leads=SPEC.leads, start=5000, length=2250)
    cut = signal[:, 5000:7250]
    assert np.abs(seen - (cut - cut.mean()) / cut.std()).max() < largest


def test_it_is_not_for_commercial_use_and_says_so_first():
    for model in (ST_MEM, ST_MEM_FULL):
        assert model.commercial_use is False
        assert "not for commercial use" in model.warnings[0]

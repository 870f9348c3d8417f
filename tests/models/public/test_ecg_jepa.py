"""ECG-JEPA: its names mean what they say, the file's positions count, and some of the leads may be fed."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch
from scipy.signal import butter, resample, sosfiltfilt

from einthoven.ecg.prepare import prepare
from einthoven.models.blocks.sine_positions import sine_grid
from einthoven.models.public.ecg_jepa import ECG_JEPA_MULTIBLOCK, ECG_JEPA_RANDOM, LEADS
from einthoven.models.public.fewer_leads import with_leads
from einthoven.models.public.loading import expected_weights
from fakes.ecg_records import fake_record
from fakes.public_weights import published_shapes
from models.pre_norm_in_numpy import block, layer_norm, linear
from models.public.shrunk_weights import filled, shrunk, shrunk_weights

SIZES = {768: 12, 2304: 36, 3072: 20, 50: 10, 400: 8 * 6}
SMALL = {"patch_samples": 10, "max_samples": 60, "width": 12, "heads": 3, "mlp_width": 20}
NAMES = {
    "attention_norm": "encoder_blocks.blocks.{}.norm1",
    "qkv": "encoder_blocks.blocks.{}.attn.qkv",
    "out": "encoder_blocks.blocks.{}.attn.proj",
    "mlp_norm": "encoder_blocks.blocks.{}.norm2",
    "up": "encoder_blocks.blocks.{}.mlp.fc1",
    "down": "encoder_blocks.blocks.{}.mlp.fc2",
}


def _in_numpy(w, window, rows=range(8)):
    """Follow the published description by the published names."""
    cells = [(row, p) for row in rows for p in range(6)]
    positions = np.stack([w["pos_embed"][6 * row + p] for row, p in cells])
    mask = np.array([[row == other or p == q for other, q in cells] for row, p in cells])
    tokens = linear(window.reshape(-1, 10), w, "W_P")
    for index in range(2):
        tokens = block(tokens + positions, w, index, heads=3, mask=mask, names=NAMES)
    return layer_norm(tokens, w, "norm").mean(0)


def _error(model, leads: int, **rows) -> float:
    tensors, signal = shrunk_weights(model.name, SIZES), torch.randn(2, leads, 60)
    w = {key: tensor.double().numpy() for key, tensor in tensors.items()}
    expected = np.stack([_in_numpy(w, window, **rows) for window in signal.double().numpy()])
    ours = filled(shrunk(model, **SMALL), tensors)(signal).detach().numpy()
    return float(np.linalg.norm(ours - expected) / np.linalg.norm(expected))


@pytest.mark.parametrize("model", [ECG_JEPA_MULTIBLOCK, ECG_JEPA_RANDOM], ids=lambda model: model.name)
def test_features_are_what_numpy_computes_by_the_published_names(model):
    """The positions are the file's, which here are no sines."""
    assert _error(model, 8) < 1e-5


def test_some_leads_are_fed_with_their_own_positions():
    few = with_leads(ECG_JEPA_MULTIBLOCK, ["V6", "I", "V2"])
    assert all(spec.leads == ("V6", "I", "V2") for spec in few.presets.values())
    assert _error(few, 3, rows=(7, 0, 3)) < 1e-5


def test_the_file_holds_85374720_values_with_the_positions():
    sizes = {key: tensor.numel() for key, tensor in expected_weights(ECG_JEPA_RANDOM).items()}
    assert sum(sizes.values()) == ECG_JEPA_RANDOM.n_parameters == 85_374_720
    assert f"{sizes['encoder.positions']:,}" in ECG_JEPA_RANDOM.counted
    assert sine_grid(8, 50, 768).shape == published_shapes("ecg_jepa_random")["pos_embed"]


def test_both_files_have_one_layout_and_two_addresses():
    first, second = (
        dataclasses.replace(model, name="", title="", sources=()) for model in (ECG_JEPA_MULTIBLOCK, ECG_JEPA_RANDOM)
    )
    assert first == second
    assert ECG_JEPA_MULTIBLOCK.sources != ECG_JEPA_RANDOM.sources
    assert published_shapes("ecg_jepa_multiblock") == published_shapes("ecg_jepa_random")


def test_ten_seconds_of_eight_leads_are_neither_filtered_nor_scaled_but_for_fine_tuning():
    assert list(ECG_JEPA_RANDOM.presets) == ["pretraining", "fine_tuning"]
    for spec in ECG_JEPA_RANDOM.presets.values():
        assert spec.leads == LEADS
        assert spec.window_samples == 2500
        assert (spec.ingest.unit, spec.view.normalise.method) == ("mV", "none")
    assert [spec.ingest.filter.kind for spec in ECG_JEPA_RANDOM.presets.values()] == ["none", "butterworth_pair"]


def test_what_fine_tuning_is_fed_is_filtered_at_the_stored_rate():
    """As in the authors' transforms, after resampling; far from the ends."""
    record = fake_record(rate_hz=500.0, seconds=50.0)
    rows = [record.leads.index(lead) for lead in LEADS]
    theirs = resample(record.signal[rows].astype(float), 12_500, axis=1)
    for kind, corner in (("high", 0.67), ("low", 40.0)):
        theirs = sosfiltfilt(butter(5, corner, kind, fs=250, output="sos"), theirs, axis=1)
    ours = prepare(record, ECG_JEPA_RANDOM.presets["fine_tuning"].ingest).signal()
    assert np.abs(ours - theirs)[:, 5000:7500].max() < 1e-4 * np.abs(theirs).max()


def test_a_record_at_500_hz_is_resampled_alone():
    """Near the ends it differs: theirs goes on with the beginning."""
    record = fake_record(rate_hz=500.0)
    rows = [record.leads.index(lead) for lead in LEADS]
    theirs = resample(record.signal[rows].astype(float), 2500, axis=1)
    ours = prepare(record, ECG_JEPA_RANDOM.spec.ingest).signal()
    assert np.abs(ours - theirs)[:, 100:-100].max() < 1e-3 * np.abs(theirs).max()

"""HuBERT-ECG: names and shapes of its weights, and how its input is prepared."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy.signal import filtfilt, firwin

from einthoven.ecg.input_spec import InputSpec
from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.ecg.prepare import prepare
from einthoven.ecg.record import Record
from einthoven.ecg.view import crop_starts, view
from einthoven.models.architectures import build
from einthoven.models.public.hubert_ecg import HUBERT_ECG_BASE, HUBERT_ECG_SMALL
from fakes.public_weights import published_shapes
from models.published_names import ignored, our_name

MODELS = pytest.mark.parametrize("model", [HUBERT_ECG_SMALL, HUBERT_ECG_BASE], ids=lambda model: model.name)


@MODELS
def test_each_tensor_has_one_place_of_its_shape_or_a_reason_to_be_left_out(model):
    with torch.device("meta"):
        network = build(model.architecture, n_leads=12, n_labels=0, head=model.head, **model.settings)
    shapes = published_shapes(model.name)
    kept = {our_name(model, key): shape for key, shape in shapes.items() if not ignored(model, key)}
    assert kept == {key: tuple(tensor.shape) for key, tensor in network.state_dict().items()}
    assert sum(math.prod(shape) for shape in shapes.values()) == model.n_parameters


@MODELS
def test_what_is_left_out_belongs_to_pretraining(model):
    left_out = {key.split(".")[0] for key in published_shapes(model.name) if ignored(model, key)}
    assert left_out == {"masked_spec_embed", "final_proj", "label_embedding"}


def test_names_of_fine_tuned_files_are_known_and_their_classifier_is_left_out():
    model = HUBERT_ECG_BASE
    for key in published_shapes(model.name):
        if not ignored(model, key):
            assert our_name(model, "hubert_ecg." + key) == our_name(model, key)
    for key in (
        "classifier.weight",
        "classifier.bias",
        "classifier.2.weight",
        "label_embedding.weight",
        "hubert_ecg.masked_spec_embed",
    ):
        assert ignored(model, key)
    assert not ignored(model, "classifier")


def test_leads_are_mapped_to_a_range_over_the_record_before_it_is_cut():
    record = np.random.default_rng(0).standard_normal((12, 5000)) * np.linspace(1, 5, 5000)
    record[3] = 0.7
    spec = HUBERT_ECG_BASE.spec
    piece = view(record, spec.view, stored_leads=spec.ingest.leads, start=0, length=2500)
    low, high = record.min(axis=1, keepdims=True), record.max(axis=1, keepdims=True)
    expected = 2 * (record - low) / (high - low + 1e-8) - 1
    np.testing.assert_allclose(piece, expected[:, :2500], rtol=1e-6, atol=1e-7)
    assert (piece[3] == -1).all()


def test_a_record_at_500_hz_is_prepared_as_the_authors_functions_do():
    """Theirs: BioSPPy's FIR filter (an odd number of taps, forwards and backwards), then the range of each lead."""
    time, generator = np.arange(5000) / 500, np.random.default_rng(0)
    phases = generator.uniform(0, 1, (12, 1))
    beats = np.exp(-(((time + phases) % 0.8 - 0.4) ** 2) / 0.0004) + 0.3 * np.sin(2 * time + 6 * phases)
    record = (beats + 0.02 * generator.standard_normal((12, 5000))).astype(np.float32)
    spec = HUBERT_ECG_BASE.spec
    prepared = prepare(
        Record(record, STANDARD_LEADS, 500.0, record_id="a", patient_id="p", unit="arbitrary"), spec.ingest
    )
    seen = view(prepared.signal(), spec.view, stored_leads=STANDARD_LEADS, start=0, length=2500)
    filtered = filtfilt(firwin(151, [0.05, 47], fs=500, pass_zero=False), [1], record.astype(np.float64), axis=1)
    low, high = filtered.min(axis=1, keepdims=True), filtered.max(axis=1, keepdims=True)
    expected = 2 * (filtered - low) / (high - low) - 1
    np.testing.assert_allclose(seen, expected[:, :2500], atol=1e-4)  # a store holds 65,535 steps


def test_the_first_five_seconds_are_tested():
    assert crop_starts(HUBERT_ECG_BASE.spec.view, 500.0, 5000) == [0]


@MODELS
def test_the_input_is_5_seconds_at_500_hz_through_a_band_and_comes_through_json(model):
    spec = model.spec
    assert spec.window_samples == 2500
    assert (spec.ingest.filter.kind, spec.ingest.filter.length_s) == ("fir", 0.3)
    assert spec.ingest.filter.band == (0.05, 47.0)
    assert InputSpec.from_json(spec.to_json()) == spec


def test_the_weights_are_not_for_commercial_use():
    assert HUBERT_ECG_BASE.commercial_use is False
    assert "NC" in HUBERT_ECG_SMALL.weight_licence

"""ECG-FM: names and shapes of its weights, labels, and how its input is prepared."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from einthoven.ecg.input_spec import InputSpec
from einthoven.ecg.view import crop_starts, view
from einthoven.models.architectures import build
from einthoven.models.public.ecg_fm import ECG_FM_FINETUNED, ECG_FM_PRETRAINED, LABELS, MAX_LABELS
from fakes.public_weights import published_shapes
from models.published_names import ignored, our_name


@pytest.mark.parametrize("model", [ECG_FM_PRETRAINED, ECG_FM_FINETUNED], ids=lambda model: model.name)
def test_each_tensor_has_one_place_of_its_shape_or_a_reason_to_be_left_out(model):
    with torch.device("meta"):
        network = build(model.architecture, n_leads=12, n_labels=len(model.labels), head=model.head, **model.settings)
    shapes = published_shapes(model.name)
    kept = {our_name(model, key): shape for key, shape in shapes.items() if not ignored(model, key)}
    assert kept == {key: tuple(tensor.shape) for key, tensor in network.state_dict().items()}
    assert sum(math.prod(shape) for shape in shapes.values()) == model.n_parameters


def test_what_is_left_out_belongs_to_pretraining():
    shapes = published_shapes("ecg_fm_pretrained")
    left_out = {key: shape for key, shape in shapes.items() if ignored(ECG_FM_PRETRAINED, key)}
    assert {key.split(".")[0] for key in left_out} == {"mask_emb", "quantizer", "project_q", "final_proj"}
    assert f"{sum(math.prod(shape) for shape in left_out.values()):,}" in ECG_FM_PRETRAINED.counted
    assert not ECG_FM_FINETUNED.ignored


def test_seventeen_labels_in_the_order_of_the_authors_list():
    assert len(set(LABELS)) == 17
    assert (LABELS[0], LABELS[6], LABELS[16]) == ("Poor data quality", "Atrial fibrillation", "Electronic pacemaker")
    assert ECG_FM_FINETUNED.labels == LABELS
    assert not ECG_FM_PRETRAINED.labels


def test_the_maximum_counts_of_what_one_piece_may_show_alone():
    long = ECG_FM_FINETUNED.spec.view.long
    assert long.aggregate == "mean"
    assert set(long.max_labels) == set(MAX_LABELS) <= set(LABELS)
    assert not ECG_FM_PRETRAINED.spec.view.long.max_labels


@pytest.mark.parametrize(
    ("seconds", "starts_s"), [(5, [0]), (9.9, [0]), (10, [0, 5]), (12, [0, 5]), (30, [0, 5, 10, 15, 20, 25])]
)
def test_records_are_cut_into_pieces_of_5_seconds_and_a_rest_is_left_out(seconds, starts_s):
    view_spec = ECG_FM_FINETUNED.spec.view
    starts = crop_starts(view_spec, 500.0, round(seconds * 500))
    assert [start / 500 for start in starts] == starts_s


def test_leads_are_scaled_over_the_record_before_it_is_cut_and_a_constant_one_is_zero():
    generator = np.random.default_rng(0)
    record = generator.standard_normal((12, 5000)) * np.linspace(1, 5, 5000)
    record[3] = 0.7
    spec = ECG_FM_FINETUNED.spec
    piece = view(record, spec.view, stored_leads=spec.ingest.leads, start=2500, length=2500)
    expected = (record - record.mean(axis=1, keepdims=True)) / np.maximum(record.std(axis=1, keepdims=True), 1e-9)
    expected[3] = 0
    np.testing.assert_allclose(piece, expected[:, 2500:], rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("model", [ECG_FM_PRETRAINED, ECG_FM_FINETUNED], ids=lambda model: model.name)
def test_the_input_is_5_seconds_at_500_hz_unfiltered_and_comes_through_json(model):
    assert model.spec.window_samples == 2500
    assert (model.spec.ingest.filter.kind, model.spec.ingest.resampler) == ("none", "linear")
    assert model.spec.ingest.unit == "arbitrary"
    assert InputSpec.from_json(model.spec.to_json()) == model.spec

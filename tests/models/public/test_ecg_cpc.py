"""ECG-CPC's names, shapes and counts."""

from __future__ import annotations

import re

import torch

from einthoven.models.public.ecg_cpc import ECG_CPC
from einthoven.models.public.ecg_cpc_weights import torch_layout
from einthoven.models.public.loading import expected_weights
from fakes.public_weights import published_shapes, seeded_weights


def _target(name: str) -> str | None:
    for pattern, replacement in ECG_CPC.key_map:
        if matched := re.fullmatch(pattern, name):
            return matched.expand(replacement)
    return None


def test_every_published_name_has_a_place_of_its_shape_or_a_reason():
    """76 tensors of the encoder, of which others report strict loading, and one of the pretraining's head."""
    expected, published = expected_weights(ECG_CPC), seeded_weights("ecg_cpc")
    ignored = {name for name in published if any(re.fullmatch(one.pattern, name) for one in ECG_CPC.ignored)}
    turned = torch_layout({name: tensor for name, tensor in published.items() if name not in ignored})
    filled = {_target(name): tensor.shape for name, tensor in turned.items()}
    assert len(published) == 77
    assert len(ignored) == 9
    assert filled == {name: tensor.shape for name, tensor in expected.items()}


def test_the_published_parameters_are_those_with_a_head_of_attention():
    """3.8 million: what is trained, and a head of a query, maps of keys, queries, values, and 71 labels, no bias."""
    frozen = r".*\.(w|B|P|Q|log_dt|omega|z)|.*running.*|.*tracked|.*head_ssl.*"
    shapes = published_shapes("ecg_cpc")
    trained = sum(torch.Size(shape).numel() for name, shape in shapes.items() if not re.fullmatch(frozen, name))
    assert trained == 2_932_736
    assert round((trained + 512 + 3 * 512 * 512 + 512 * 71) / 1e6, 1) == 3.8
    assert sum(tensor.numel() for name, tensor in expected_weights(ECG_CPC).items() if "running" not in name) == (
        ECG_CPC.n_parameters + 4
    )


def test_windows_are_600_samples_in_millivolts():
    for spec in ECG_CPC.presets.values():
        assert spec.window_samples == 600
        assert spec.ingest.unit == "mV"
        assert spec.view.normalise.method == "none"

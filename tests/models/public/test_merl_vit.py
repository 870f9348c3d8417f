"""MERL's ViT-tiny: its names mean what they say, in the file of the encoder and in that of both networks."""

from __future__ import annotations

import numpy as np
import torch

from einthoven.models.public.loading import expected_weights, match
from einthoven.models.public.merl_resnet import MERL_RESNET18
from einthoven.models.public.merl_vit import MERL_VIT_TINY
from fakes.public_weights import published_shapes
from models.pre_norm_in_numpy import block, layer_norm
from models.public.shrunk_weights import VIT_NAMES, filled, shrunk, shrunk_weights

SIZES = {192: 12, 576: 36, 768: 20, 50: 10, 100: 6}
SMALL = {"patch_samples": 10, "max_samples": 60, "width": 12, "head_width": 4, "mlp_width": 20}
# what stands in the file of both networks beside the encoder
OF_TEXTS = {
    "lm_model.embeddings.word_embeddings.weight": (10, 4),
    "proj_t.0.weight": (4, 4),
    "proj_t.2.bias": (4,),
    "proj_e.0.weight": (4, 12),
    "proj_e.1.running_mean": (4,),
    "linear1.weight": (4, 12),
    "linear2.weight": (4, 12),
}


def _in_numpy(w, window):
    """Follow the published description by the published names."""
    kernel = w["to_patch_embedding.weight"]
    tokens = np.stack([(kernel * window[:, 10 * p : 10 * p + 10]).sum(axis=(1, 2)) for p in range(6)])
    tokens = tokens + w["pos_embedding"][0]
    for index in range(2):
        tokens = block(tokens, w, index, heads=3, names=VIT_NAMES)
    return layer_norm(tokens.mean(0), w, "norm")


def test_features_are_what_numpy_computes_by_the_published_names():
    tensors, signal = shrunk_weights("merl_vit_tiny", SIZES), torch.randn(2, 12, 60)
    w = {key: tensor.double().numpy() for key, tensor in tensors.items()}
    expected = np.stack([_in_numpy(w, window) for window in signal.double().numpy()])
    ours = filled(shrunk(MERL_VIT_TINY, **SMALL), tensors)(signal).detach().numpy()
    assert np.linalg.norm(ours - expected) < 1e-5 * np.linalg.norm(expected)


def test_the_file_of_both_networks_gives_the_same_encoder():
    tensors = shrunk_weights("merl_vit_tiny", SIZES)
    both = {f"ecg_encoder.{key}": tensor for key, tensor in tensors.items()}
    both |= {key: torch.ones(shape) for key, shape in OF_TEXTS.items()}
    model = shrunk(MERL_VIT_TINY, **SMALL)
    state, report = match(model, both, expected_weights(model))
    assert report.complete
    assert set(report.ignored) == set(OF_TEXTS)
    alone = filled(model, tensors).state_dict()
    assert all(torch.equal(alone[key], tensor) for key, tensor in state.items())


def test_the_encoder_holds_5473152_values_with_its_positions():
    sizes = {key: tensor.numel() for key, tensor in expected_weights(MERL_VIT_TINY).items()}
    published = [int(np.prod(shape)) for shape in published_shapes("merl_vit_tiny").values()]
    assert sum(sizes.values()) == sum(published) == MERL_VIT_TINY.n_parameters == 5_473_152
    assert f"{sizes['encoder.patches.positions']:,}" in MERL_VIT_TINY.counted


def test_it_is_fed_as_the_resnet_of_the_same_authors():
    spec = MERL_VIT_TINY.spec
    assert spec == MERL_RESNET18.spec
    assert spec.leads[3:6] == ("aVR", "aVF", "aVL")
    assert (spec.window_samples, spec.ingest.filter.kind) == (5000, "none")
    assert (spec.view.normalise.method, spec.view.normalise.scope) == ("minmax", "record")

"""MERL's ResNet-18: what is left out of the file, and what the network is fed."""

from __future__ import annotations

import numpy as np
import torch

from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.ecg.view import view
from einthoven.models.public.loading import expected_weights, match
from einthoven.models.public.merl_resnet import INPUT, MERL_RESNET18
from fakes.public_weights import published_shapes, seeded_weights

# what stands in the file of both networks beside the encoder
OF_BOTH = (
    *("downconv.weight", "downconv.bias", "linear1.weight", "linear2.weight", "proj_t.0.weight", "proj_t.2.bias"),
    *("att_pool_head.cls_token", "att_pool_head.mhsa.in_proj_weight", "lm_model.embeddings.word_embeddings.weight"),
)


def test_all_but_the_unused_classifier_has_a_place():
    _, report = match(MERL_RESNET18, seeded_weights("merl_resnet18"), expected_weights(MERL_RESNET18))
    assert report.complete
    assert set(report.ignored) == {"linear.weight", "linear.bias"}
    assert len(report.loaded) == len(published_shapes("merl_resnet18")) - 2


def test_the_file_of_both_networks_gives_the_same_encoder():
    alone, expected = seeded_weights("merl_resnet18"), expected_weights(MERL_RESNET18)
    both = {f"ecg_encoder.{name}": tensor for name, tensor in alone.items()}
    both |= {name: torch.ones(2) for name in OF_BOTH}
    state, report = match(MERL_RESNET18, both, expected)
    assert report.complete
    assert set(report.ignored) == {*OF_BOTH, "ecg_encoder.linear.weight", "ecg_encoder.linear.bias"}
    assert all(torch.equal(tensor, state[key]) for key, tensor in match(MERL_RESNET18, alone, expected)[0].items())


def test_avf_stands_before_avl():
    usual = list(STANDARD_LEADS)
    usual[4], usual[5] = usual[5], usual[4]
    assert list(INPUT.leads) == usual
    assert INPUT.leads[4] == "aVF"


def test_the_whole_record_lies_between_0_and_1():
    signal = np.random.default_rng(0).standard_normal((12, 5000)).astype(np.float32)
    seen = view(signal, INPUT.view, stored_leads=INPUT.leads, start=0, length=INPUT.window_samples)
    true = (signal - signal.min()) / (signal.max() - signal.min() + 1e-8)
    np.testing.assert_allclose(seen, true, atol=1e-6)

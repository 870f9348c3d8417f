"""MERL's ResNet-18: what is left out of the file, and what the network is fed."""

from __future__ import annotations

import numpy as np

from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.ecg.view import view
from einthoven.models.public.loading import expected_weights, match
from einthoven.models.public.merl_resnet import INPUT, MERL_RESNET18
from fakes.public_weights import published_shapes, seeded_weights


def test_all_but_the_unused_classifier_has_a_place():
    _, report = match(MERL_RESNET18, seeded_weights("merl_resnet18"), expected_weights(MERL_RESNET18))
    assert report.complete
    assert set(report.ignored) == {"linear.weight", "linear.bias"}
    assert len(report.loaded) == len(published_shapes("merl_resnet18")) - 2


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

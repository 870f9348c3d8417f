"""A look asks for the middle window of each record and leaves everything as it was."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch

from einthoven.ecg.input_spec import InputSpec, ViewSpec
from einthoven.models.architectures import build_encoder
from einthoven.models.checkpoint import Checkpoint
from einthoven.models.head_settings import HeadSettings
from einthoven.models.heads import build_head
from einthoven.models.network import Network
from einthoven.models.predict import embed
from einthoven.training.watching.probe import Probe
from einthoven.training.watching.watched_records import watched_records
from fakes.pretraining import TINY
from fakes.stores import FakeStore

SETTINGS = {**TINY, "block_dropout": 0.5}


@pytest.fixture
def encoder():
    """Return a small encoder with dropout, in training mode but for one part."""
    torch.manual_seed(0)
    encoder = build_encoder("vit1d", n_leads=3, **SETTINGS).train()
    next(encoder.children()).eval()
    return encoder


def _probe(crops=(0.0, 0.5, 1.0)):
    store = FakeStore(24)
    spec = InputSpec(store.spec, ViewSpec(window_s=1.0, test_crops_s=crops))
    records = watched_records(store.cohort(), store, tasks=("up",), most_records=100, spec=spec)
    return Probe(records, store, spec), store, spec


def test_modes_and_random_state_stay_as_they_were(encoder):
    probe, _, _ = _probe()
    modes = [module.training for module in encoder.modules()]
    before = {name: value.clone() for name, value in encoder.state_dict().items()}
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    first = probe.look(encoder)
    assert torch.equal(torch.rand(3), expected)
    assert [module.training for module in encoder.modules()] == modes
    assert all(torch.equal(value, before[name]) for name, value in encoder.state_dict().items())
    second = probe.look(encoder)
    assert dataclasses.replace(first, seconds=0.0) == dataclasses.replace(second, seconds=0.0)


def test_embeddings_are_those_of_prediction_through_the_middle_window(encoder):
    probe, store, spec = _probe()
    middle = dataclasses.replace(spec, view=dataclasses.replace(spec.view, test_crops_s=(0.5,)))
    head = build_head(HeadSettings(), feature_width=8, token_width=8, n_labels=0)
    checkpoint = Checkpoint("vit1d", SETTINGS, middle, (), Network(encoder, head).state_dict())
    expected = embed(checkpoint, store, probe.records.rows)
    np.testing.assert_allclose(probe.embeddings(encoder), expected, atol=1e-6)


def test_the_encoder_can_be_trained_after_a_look(encoder):
    """What was computed without gradients must not stick to it."""
    probe, _, _ = _probe()
    probe.look(encoder)
    encoder(torch.randn(2, 3, 100)).sum().backward()
    assert all(parameter.grad is not None for parameter in encoder.parameters() if parameter.requires_grad)

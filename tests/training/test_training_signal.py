"""What the network sees of a batch."""

from __future__ import annotations

import numpy as np
import torch

from einthoven.ecg.view import view
from einthoven.store.torch_dataset import RecordBatches
from einthoven.training.augmentation_settings import Augmentation
from einthoven.training.training_signal import training_signal
from fakes.modules import SPEC
from fakes.stores import FakeStore


def _batch(**options):
    store = FakeStore(16)
    batches = RecordBatches(
        store, np.arange(16), store.labels, batch_size=8, seed=0, view=SPEC.view, prefetch=False, **options
    )
    return next(iter(batches))


def test_without_augmentation_the_network_sees_the_view_of_the_stored_window():
    """As prediction makes it, from the same functions."""
    batch = _batch()
    stored = batch["signal"].float() * batch["scale"][..., None]
    expected = view(stored, SPEC.view, stored_leads=SPEC.leads, start=0, length=200)
    assert torch.equal(training_signal(batch, Augmentation.off(), SPEC), expected)


def test_with_time_scaling_the_window_keeps_its_length():
    """Whatever was read for it."""
    seen = training_signal(_batch(time_scale=0.1), Augmentation(time_scale=0.1), SPEC)
    assert seen.shape == (8, 3, 200)


def test_a_sample_is_disturbed_alike_in_any_batch():
    """Its key decides, not its neighbours."""
    batch = _batch()
    part = {name: values[3:5] for name, values in batch.items()}
    whole = training_signal(batch, Augmentation(), SPEC)
    assert torch.equal(training_signal(part, Augmentation(), SPEC), whole[3:5])

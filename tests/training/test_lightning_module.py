"""One training step, looked into."""

from __future__ import annotations

import lightning.pytorch as lightning
import numpy as np
import pytest
import torch

from einthoven.store.torch_dataset import RecordBatches
from fakes.modules import SPEC, tiny_module
from fakes.stores import FakeStore


def _batches(store=None, **options) -> RecordBatches:
    store = store or FakeStore(16)
    options = {"batch_size": 8, "seed": 0, "view": SPEC.view, "prefetch": False, **options}
    return RecordBatches(store, np.arange(len(store)), store.labels[:, :1], **options)


def _fit(module, batches, *, epochs: int = 1) -> None:
    trainer = lightning.Trainer(
        accelerator="cpu",
        max_epochs=epochs,
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    trainer.fit(module, train_dataloaders=batches)


def test_averaged_weights_follow_the_published_rule():
    """With decay min(ema, (1 + t) / (10 + t)) after step t, computed here from the weights after each step."""
    module = tiny_module(ema_decay=0.5)
    initial = module.network.head.linear.weight.detach().clone()
    seen = []
    step = module.optimizer_step

    def watched(*arguments, **named):
        step(*arguments, **named)
        seen.append(module.network.head.linear.weight.detach().clone())

    module.optimizer_step = watched
    _fit(module, _batches(), epochs=3)
    average = initial
    for t, weight in enumerate(seen, start=1):
        decay = min(0.5, (1 + t) / (10 + t))
        average = decay * average + (1 - decay) * weight
    assert len(seen) == 6
    assert torch.allclose(module.averaged.head.linear.weight, average, atol=1e-6)
    assert module.kept is module.averaged


def test_normalisations_and_biases_have_no_weight_decay():
    optimizer = tiny_module(weight_decay=0.3).configure_optimizers()["optimizer"]
    decayed, free = optimizer.param_groups
    assert decayed["weight_decay"] == 0.3
    assert free["weight_decay"] == 0
    assert {p.ndim for p in decayed["params"]} <= {2, 3}
    assert {p.ndim for p in free["params"]} == {1}


@pytest.mark.parametrize("total_steps", [1, 2, 3, 4, 100])
def test_the_schedule_has_room_in_runs_of_any_length(total_steps):
    configured = tiny_module(total_steps=total_steps, max_learning_rate=0.1).configure_optimizers()
    rates = []
    for _ in range(total_steps):
        rates.append(configured["optimizer"].param_groups[0]["lr"])
        configured["optimizer"].step()
        configured["lr_scheduler"]["scheduler"].step()
    assert max(rates) <= 0.1 + 1e-9
    assert all(rate > 0 for rate in rates)

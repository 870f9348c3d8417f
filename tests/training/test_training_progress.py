"""What a waiting human is told."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from einthoven.training.training_progress import TrainingProgress, time_left


@pytest.mark.parametrize(
    ("elapsed", "done", "remaining", "phrase"),
    [
        (10, 5, 0, "done"),
        (10, 0, 5, "time left unknown"),
        (10, 10, 30, "about 30 s left"),
        (90, 1, 2, "about 3 min left"),
    ],
)
def test_the_time_left_is_a_phrase(elapsed, done, remaining, phrase):
    assert time_left(elapsed, done=done, remaining=remaining) == phrase


def test_steps_go_to_the_callback_and_epochs_to_the_status():
    steps, sentences = [], []
    selection = SimpleNamespace(history=[{"epoch": 1.0, "train_loss": 0.5, "validation_auroc": 0.75}])
    callback = TrainingProgress(
        selection, total_steps=20, progress=lambda *step: steps.append(step), status=sentences.append
    )
    trainer = SimpleNamespace(is_global_zero=True, global_step=0, max_epochs=2)
    callback.on_train_start(trainer, None)
    trainer.global_step = 10
    callback.on_train_batch_end(trainer, None)
    callback.on_train_epoch_end(trainer, None)
    assert steps == [(10, 20)]
    assert sentences[0].startswith("epoch 1 of 2: train loss 0.5000, validation auroc 0.7500; about")

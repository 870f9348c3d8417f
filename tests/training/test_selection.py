"""What is kept after each epoch, and when training stops."""

from __future__ import annotations

import csv
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from sklearn.metrics import log_loss, roc_auc_score

from einthoven.training.selection import BEST_WEIGHTS, HISTORY, Selection, macro_auroc, mean_cross_entropy
from fakes.modules import tiny_module

TRUTH = np.array([[1.0], [0.0], [1.0], [0.0]], dtype=np.float32)
GOOD, MIDDLING, BAD = ([0.9, 0.1, 0.8, 0.2], [0.9, 0.85, 0.8, 0.2], [0.1, 0.9, 0.2, 0.8])


class FakeTrainer:
    """The part of Lightning's trainer that callbacks ask."""

    def __init__(self, max_epochs: int) -> None:
        self.is_global_zero, self.should_stop, self.max_epochs, self.logger = True, False, max_epochs, None
        self.strategy = SimpleNamespace(broadcast=lambda value: value)


def _run(folder, epochs, *, metric="auroc", patience=0, **changes):
    """Run epochs whose validation scores are given; the first weight counts the epochs."""
    queue = list(epochs)
    scorer = changes.get("scorer", lambda _: np.array(queue.pop(0), dtype=np.float64)[:, None])
    selection = Selection(folder, metric=metric, patience=patience, scorer=scorer, truth=TRUTH)
    trainer, module = FakeTrainer(max_epochs=len(epochs)), tiny_module()
    for epoch in range(len(epochs)):
        torch.nn.init.constant_(module.network.head.linear.bias, epoch + 1)
        selection.on_train_batch_end(trainer, module, {"loss": torch.tensor(1.0 / (epoch + 1))})
        selection.on_train_epoch_end(trainer, module)
        if trainer.should_stop:
            break
    return selection


def _kept_epoch(folder) -> int:
    return int(load_file(folder / BEST_WEIGHTS)["head.linear.bias"][0].item())


def test_the_best_epoch_is_kept_and_a_tie_keeps_the_earlier(tmp_path):
    selection = _run(tmp_path, [BAD, GOOD, MIDDLING, GOOD])
    assert selection.best["epoch"] == 2
    assert _kept_epoch(tmp_path) == 2
    assert selection.finished


def test_the_loss_can_decide_instead(tmp_path):
    worse_ranked_but_calmer = [0.6, 0.55, 0.5, 0.5]
    overconfident = [0.999, 0.001, 0.001 + 1e-4, 0.001 + 1e-5]
    _run(tmp_path, [worse_ranked_but_calmer, overconfident], metric="loss")
    assert _kept_epoch(tmp_path) == 1


@pytest.mark.parametrize("changes", [{"metric": "none"}, {"scorer": None}])
def test_without_a_measure_the_last_epoch_is_kept(tmp_path, changes):
    _run(tmp_path, [GOOD, BAD, BAD], **changes)
    assert _kept_epoch(tmp_path) == 3


def test_patience_counts_epochs_without_a_better_value(tmp_path):
    selection = _run(tmp_path, [MIDDLING, GOOD, BAD, BAD, BAD, BAD], patience=2)
    assert len(selection.history) == 4
    assert selection.finished


def test_the_history_has_one_line_per_epoch(tmp_path):
    _run(tmp_path, [GOOD, BAD])
    lines = list(csv.DictReader((tmp_path / HISTORY).open()))
    assert [line["epoch"] for line in lines] == ["1", "2"]
    assert [float(line["train_loss"]) for line in lines] == [1.0, 0.5]
    assert [float(line["validation_auroc"]) for line in lines] == [1.0, 0.0]


def test_its_state_comes_back(tmp_path):
    first = _run(tmp_path, [GOOD, BAD])
    second = Selection(tmp_path, metric="auroc", patience=0, scorer=None, truth=TRUTH)
    second.load_state_dict(first.state_dict())
    assert second.history == first.history
    assert (second.best_epoch, second.finished) == (first.best_epoch, first.finished)


def test_the_measures_equal_independent_ones_over_known_entries():
    generator = np.random.default_rng(0)
    scores, truth = generator.random((50, 3)), (generator.random((50, 3)) < 0.4).astype(np.float32)
    truth[generator.random((50, 3)) < 0.2] = np.nan
    known = ~np.isnan(truth)
    areas = [roc_auc_score(truth[known[:, c], c], scores[known[:, c], c]) for c in range(3)]
    assert macro_auroc(scores, truth) == pytest.approx(np.mean(areas))
    assert mean_cross_entropy(scores, truth) == pytest.approx(log_loss(truth[known], scores[known]))

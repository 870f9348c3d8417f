"""Pretraining on labels: the loss of a small case by hand, what unknown labels do, and that labels are learnt."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from einthoven.errors import SpecificationError, UnknownNameError
from einthoven.models.architectures import build_encoder
from einthoven.models.plain_settings import settings_from
from einthoven.training.objectives.objective import Facts, Views
from einthoven.training.objectives.supervised import Supervised, SupervisedSettings

NAN = float("nan")


def facts(n_labels: int = 2, **others) -> Facts:
    """Return what the objective is told."""
    return Facts(("I", "II"), 64, 100.0, tuple(f"label{index}" for index in range(n_labels)), **others)


def views(signal: torch.Tensor, target: torch.Tensor) -> Views:
    """Return a micro-batch."""
    n = len(signal)
    return Views(signal, None, torch.arange(n), torch.arange(n), target)


@pytest.fixture
def encoder():
    """Return a small encoder of two leads."""
    with torch.random.fork_rng():
        torch.manual_seed(3)
        return build_encoder("xresnet1d", n_leads=2, widths=(8, 8, 8, 8), stem_widths=(8,)).eval()


def made(encoder, **settings) -> Supervised:
    """Return the objective without dropout, with its own random state."""
    with torch.random.fork_rng():
        torch.manual_seed(5)
        given = {"head": {"dropout": 0.0}, **settings}
        told = facts(positives=np.array([1, 2]), negatives=np.array([4, 2]))
        return Supervised(settings_from(SupervisedSettings, given, where="it"), encoder, told).eval()


def test_the_loss_is_the_sum_over_known_labels_over_all_entries(encoder):
    """With weights of positives and smoothed targets, against NumPy; the share of known labels is told."""
    objective = made(encoder, positive_weights="balanced", label_smoothing=0.2)
    signal, target = torch.randn(2, 2, 64), torch.tensor([[1.0, NAN], [0.0, 1.0]])
    terms = objective(encoder, views(signal, target))
    logits = objective.head(encoder(signal)).detach().numpy()
    p, smooth = 1 / (1 + np.exp(-logits)), target.numpy() * 0.8 + 0.1
    entries = -(np.array([4.0, 1.0]) * smooth * np.log(p) + (1 - smooth) * np.log(1 - p))
    assert terms["loss"].item() == pytest.approx(np.nansum(entries) / 4, rel=1e-5)
    assert terms["known"].item() == 0.75


def test_the_mean_of_micro_batches_is_the_loss_of_the_batch(encoder):
    """However unevenly known labels are dealt out; a mean over known labels would differ."""
    objective = made(encoder)
    signal = torch.randn(4, 2, 64)
    target = torch.tensor([[1.0, 0.0], [1.0, 1.0], [NAN, NAN], [NAN, 1.0]])
    whole = objective(encoder, views(signal, target))["loss"]
    parts = [objective(encoder, views(signal[rows], target[rows]))["loss"] for rows in (slice(2), slice(2, 4))]
    assert whole.item() == pytest.approx((parts[0] + parts[1]).item() / 2, rel=1e-6)


def test_windows_without_labels_move_nothing(encoder):
    """Neither encoder nor head."""
    objective = made(encoder)
    objective(encoder, views(torch.randn(3, 2, 64), torch.full((3, 2), NAN)))["loss"].backward()
    gradients = [weight.grad for module in (encoder, objective) for weight in module.parameters()]
    assert all(gradient is None or not gradient.any() for gradient in gradients)


@pytest.mark.parametrize("kind", ["cross_entropy", "focal", "asymmetric"])
def test_labels_that_the_signal_tells_are_learnt(encoder, kind):
    """The first lead's sign is the first label, the second's the second, of which half is unknown."""
    objective = made(encoder, loss={"kind": kind})
    with torch.random.fork_rng():
        torch.manual_seed(1)
        offset = torch.randn(64, 2, 1).sign()
        signal = offset + 0.1 * torch.randn(64, 2, 64)
    target = (offset[:, :, 0] > 0).float()
    known = target.clone()
    known[::2, 1] = NAN
    optimizer = torch.optim.Adam([*encoder.parameters(), *objective.parameters()], lr=5e-3)
    for _ in range(40):
        optimizer.zero_grad()
        objective(encoder, views(signal, known))["loss"].backward()
        optimizer.step()
    scores = objective.head.scores(objective.head(encoder(signal)))
    assert ((scores > 0.5).float() == target).float().mean() > 0.97


def test_the_head_may_pool_tokens_itself(encoder):
    """As in an arm."""
    objective = made(encoder, head={"dropout": 0.0, "pooling": "mean"})
    assert torch.isfinite(objective(encoder, views(torch.randn(2, 2, 64), torch.ones(2, 2)))["loss"])


def test_wrong_settings_are_named(encoder):
    """Each by its key, with what is accepted."""
    with pytest.raises(UnknownNameError, match=r"loss has no setting 'gama'; did you mean 'gamma'"):
        made(encoder, loss={"gama": 2.0})
    with pytest.raises(SpecificationError, match=r"loss\.kind must be one of .*got 'hinge'"):
        made(encoder, loss={"kind": "hinge"})
    with pytest.raises(SpecificationError, match=r"label_smoothing must lie in \[0, 1\), got 1"):
        made(encoder, label_smoothing=1)
    with pytest.raises(SpecificationError, match=r"positive_weights must be one of none, balanced, got 'some'"):
        made(encoder, positive_weights="some")
    with pytest.raises(SpecificationError, match=r"head\.task must be 'binary'"):
        made(encoder, head={"task": "multiclass"})
    with pytest.raises(SpecificationError, match="the objective supervised needs labels"):
        Supervised(SupervisedSettings(), encoder, facts(0))

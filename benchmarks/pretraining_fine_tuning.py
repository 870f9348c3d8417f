"""Fine-tuning on tens to hundreds of labelled ECGs: head first, then all weights at small, layer-wise learning rates.

A logistic regression on the features of the frozen encoder gives the head its first weights, so that full fine-tuning
starts from the probe and doesn't spoil the features with a random head's gradients (Kumar et al., ICLR 2022,
arXiv:2202.10054). Deeper parts learn faster than those near the input. From random weights there is no probe. An
encoder that has learnt labels of the same names gives its own answers to the regression as further features, whose
coefficients are penalised less; the head is linear all the same.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from torch import Tensor
from torch.nn import functional as F

from einthoven.models.head_settings import HeadSettings
from einthoven.models.network import Network
from einthoven.training.augmentation import augment, resample_window
from einthoven.training.augmentation_settings import Augmentation

__all__ = ["Answers", "Recipe", "fine_tune", "probe", "scored"]

RATE_HZ = 100.0
AUGMENTATION = Augmentation(
    time_scale=0.1, gain=0.0, lead_gain=0.15, noise=0.1, wander=0.1, lead_dropout=0.05, mixup=0.0
)
_AT_ONCE = 128


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a network is fine-tuned.

    Attributes
    ----------
    steps : int
        0 leaves the encoder as it is: the probe alone.
    learning_rate : float
        Largest, of the head and the last block.
    layer_decay : float
        Of the learning rate from each part to the one before it.
    probe_strength : float
        Inverse of the logistic regression's penalty; 0 for a head of random weights.
    prior : float
        Standard deviation at which the pretrained head's own answers enter the regression, where there are any; the
        features have 1.
    batch_size : int
    weight_decay : float
    window : int
        Samples of a training window; whole ECGs are scored.
    dropout : float
        Of features, before the head.
    """

    steps: int = 200
    learning_rate: float = 1e-3
    layer_decay: float = 1.0
    probe_strength: float = 0.0
    prior: float = 10.0
    batch_size: int = 32
    weight_decay: float = 0.05
    window: int = 1000
    dropout: float = 0.3
    augmentation: Augmentation = field(default=AUGMENTATION)

    @property
    def head(self) -> HeadSettings:
        """The linear head that is trained."""
        return HeadSettings(dropout=self.dropout)


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """The weights of a pretrained head for labels of the same names, float64 (label, D)."""

    weight: NDArray[np.float64]


def fine_tune(
    network: Network,
    signal: NDArray[np.float16],
    truth: NDArray[np.float32],
    recipe: Recipe,
    *,
    seed: int,
    answers: Answers | None = None,
) -> None:
    """Train a network in place.

    Parameters
    ----------
    network : Network
        With a linear head.
    signal : float16 (ecg, lead, sample), z-scores
    truth : float32 (ecg, label)
        0 or 1.
    recipe : Recipe
    seed : int
        Of order, windows, augmentation and dropout.
    answers : Answers, optional
    """
    torch.manual_seed(seed)
    if recipe.probe_strength:
        probe(network, signal, truth, recipe, answers=answers)
    if not recipe.steps:
        return
    generator = torch.Generator().manual_seed(seed)
    ecgs, labels = torch.from_numpy(signal), torch.from_numpy(truth)
    optimizer = torch.optim.AdamW(_groups(network, recipe))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _share(step, recipe.steps))
    network.train()
    for step in range(recipe.steps):
        if step * recipe.batch_size % len(ecgs) < recipe.batch_size:
            order = torch.cat([torch.randperm(len(ecgs), generator=generator) for _ in range(2)])
        first = step * recipe.batch_size % len(ecgs)
        rows = order[first : first + recipe.batch_size]
        window = _window(ecgs[rows].float(), recipe, generator)
        loss = F.binary_cross_entropy_with_logits(network(window), labels[rows])
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        schedule.step()


def probe(
    network: Network,
    signal: NDArray[np.float16],
    truth: NDArray[np.float32],
    recipe: Recipe,
    *,
    answers: Answers | None = None,
) -> None:
    """Give the head the weights of a logistic regression on standardised features; each label by itself."""
    features = _in_parts(network, signal, of_head=False)
    directions = np.diag(1 / (features.std(axis=0) + 1e-4))
    if answers is not None:
        spread = (features @ answers.weight.T).std(axis=0) + 1e-4
        directions = np.concatenate([directions, recipe.prior * answers.weight / spread[:, None]])
    centre = features.mean(axis=0)
    seen = (features - centre) @ directions.T
    weight, bias = np.zeros((truth.shape[1], features.shape[1])), np.zeros(truth.shape[1])
    for label, column in enumerate(truth.T):
        if 0 < column.sum() < len(column):
            fitted = LogisticRegression(C=recipe.probe_strength, max_iter=500).fit(seen, column)
            weight[label] = fitted.coef_[0] @ directions
            bias[label] = fitted.intercept_[0] - weight[label] @ centre
    linear = network.head.linear
    assert isinstance(linear, torch.nn.Linear)
    with torch.no_grad():
        linear.weight.copy_(torch.from_numpy(weight))
        linear.bias.copy_(torch.from_numpy(bias))


def scored(network: Network, signal: NDArray[np.float16]) -> NDArray[np.float64]:
    """Return logits, float64 (ecg, label), of whole ECGs."""
    return _in_parts(network, signal, of_head=True)


def _in_parts(network: Network, signal: NDArray[np.float16], *, of_head: bool) -> NDArray[np.float64]:
    network.eval()
    read = network if of_head else network.features
    with torch.inference_mode():
        parts = [read(part.float()) for part in torch.from_numpy(signal).split(_AT_ONCE)]
    return torch.cat(parts).double().numpy()


def _window(signal: Tensor, recipe: Recipe, generator: torch.Generator) -> Tensor:
    """Return a disturbed window of each ECG; where the window is the whole ECG, only its pace changes."""
    augmentation, count = recipe.augmentation, len(signal)
    room, span = signal.shape[2] - 1, recipe.window - 1
    stretch = 1 + augmentation.time_scale * (2 * torch.rand(count, generator=generator) - 1)
    stretch = stretch.clamp(max=room / span)
    start = torch.rand(count, generator=generator) * (room - stretch * span)
    seen = resample_window(signal, start, stretch, length=recipe.window)
    keys = torch.randint(2**32, (count,), generator=generator)
    return augment(seen, keys, augmentation, rate_hz=RATE_HZ)


def _groups(network: Network, recipe: Recipe) -> list[Mapping[str, Any]]:
    """Return the parameters part by part, with learning rates that fall towards the input."""
    parts = [name for name in network.part_names if any(True for _ in network.get_submodule(name).parameters())]
    groups: list[Mapping[str, Any]] = []
    for place, name in enumerate(reversed(parts)):
        rate = recipe.learning_rate * recipe.layer_decay ** max(0, place - 1)
        parameters = list(network.get_submodule(name).parameters())
        groups += [
            {"params": [p for p in parameters if p.ndim > 1], "lr": rate, "weight_decay": recipe.weight_decay},
            {"params": [p for p in parameters if p.ndim <= 1], "lr": rate, "weight_decay": 0.0},
        ]
    return groups


def _share(step: int, steps: int) -> float:
    """Return the share of the largest learning rate: a tenth of the steps up, then along a cosine to 0."""
    up = max(1, steps // 10)
    return (step + 1) / up if step < up else 0.5 * (1 + math.cos(math.pi * (step - up) / max(1, steps - up)))

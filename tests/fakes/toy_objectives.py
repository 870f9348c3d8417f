"""Objectives as small as they can be, to try the engine with."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F

from einthoven.training.objectives.gathered import gathered
from einthoven.training.objectives.objective import Objective

TOYS = {
    "toy_reconstruction": "fakes.toy_objectives:ToyReconstruction",
    "toy_contrast": "fakes.toy_objectives:ToyContrast",
    "toy_memory": "fakes.toy_objectives:ToyMemory",
    "toy_failure": "fakes.toy_objectives:ToyFailure",
}


@dataclass(frozen=True, slots=True)
class ToySettings:
    """Settings of all toys."""

    temperature: float = 0.2
    most_samples: int = 1000
    fails_at: float = 2.0


class ToyReconstruction(Objective):
    """The spread of each lead from the features, by a linear map."""

    settings_type = ToySettings

    def __init__(self, _settings, encoder, facts):
        super().__init__()
        self.map = nn.Linear(encoder.feature_width, len(facts.leads))

    def forward(self, encoder, views):
        """Return the loss."""
        wanted = views.signal.std(dim=2)
        error = F.mse_loss(self.map(encoder(views.signal)).float(), wanted)
        return {"loss": error, "root": error.detach().sqrt()}


class ToyContrast(Objective):
    """InfoNCE between a window and its partner, against the windows of all processes."""

    settings_type = ToySettings
    pairing = "segment"

    def __init__(self, settings, _encoder, _facts):
        super().__init__()
        self.temperature = settings.temperature

    def forward(self, encoder, views):
        """Return the loss."""
        own = F.normalize(encoder(views.signal), dim=1)
        others, begin = gathered(F.normalize(encoder(views.partner), dim=1))
        wanted = begin + torch.arange(len(own))
        return {"loss": F.cross_entropy(own @ others.T / self.temperature, wanted)}


class ToyMemory(Objective):
    """Features against those of the last steps, which wait in a queue."""

    settings_type = ToySettings

    def __init__(self, _settings, encoder, _facts):
        super().__init__()
        self.register_buffer("queue", torch.randn(12, encoder.feature_width))
        self.register_buffer("place", torch.zeros((), dtype=torch.int64))

    def forward(self, encoder, views):
        """Return the loss."""
        features = encoder(views.signal)
        loss = (features @ self.queue.clone().T).square().mean() + (features - 1).square().mean()
        for row in gathered(features.detach()).rows:
            self.queue[self.place % len(self.queue)] = row
            self.place += 1
        return {"loss": loss}


class ToyFailure(ToyReconstruction):
    """Runs out of memory above a number of samples, and out of numbers at a share of the training."""

    def __init__(self, settings, encoder, facts):
        super().__init__(settings, encoder, facts)
        self.most_samples, self.fails_at = settings.most_samples, settings.fails_at
        self.register_buffer("seen", torch.zeros((), dtype=torch.int64))
        self.left_out = nn.Parameter(torch.zeros(2, 2))  # no gradient reaches it

    def forward(self, encoder, views):
        """Return the loss."""
        self.seen += len(views.signal)
        if len(views.signal) > self.most_samples:
            raise torch.OutOfMemoryError("no room")
        terms = super().forward(encoder, views)
        if views.progress >= self.fails_at:
            terms["loss"] = terms["loss"] * torch.nan
        return terms

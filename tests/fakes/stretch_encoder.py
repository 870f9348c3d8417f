"""The smallest encoder: each stretch of the window becomes a token by one hidden layer, features are their mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn

from einthoven.models.encoder import Encoder
from einthoven.models.lengths import Lengths


@dataclass(frozen=True, slots=True)
class StretchSettings:
    """Samples of a stretch, width of a token."""

    stretch: int = 10
    width: int = 16


class StretchEncoder(Encoder):
    """Tokens (B, T / stretch, width)."""

    settings_type: ClassVar[type[StretchSettings]] = StretchSettings

    def __init__(self, settings: StretchSettings, *, n_leads: int) -> None:
        super().__init__(
            n_leads=n_leads,
            token_width=settings.width,
            feature_width=settings.width,
            lengths=Lengths(minimum=settings.stretch),
            n_layers=2,
            receptive_field=settings.stretch,
            stem=("layers",),
            blocks=(),
        )
        self.stretch = settings.stretch
        width = n_leads * settings.stretch
        self.layers = nn.Sequential(nn.Linear(width, 64), nn.GELU(), nn.Linear(64, settings.width))

    def encode(self, signal: Tensor) -> Tensor:
        """Return tokens, float32 (B, P, D)."""
        tokens: Tensor = self.layers(signal.unfold(2, self.stretch, self.stretch).transpose(1, 2).flatten(2))
        return tokens

    def pool(self, tokens: Tensor) -> Tensor:
        """Return features, float32 (B, D)."""
        return tokens.mean(dim=1)


def stretch_encoder(n_leads: int, *, stretch: int = 10, width: int = 16, seed: int = 0) -> StretchEncoder:
    """Return one whose weights come from ``seed`` alone."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return StretchEncoder(StretchSettings(stretch, width), n_leads=n_leads)

"""Small encoders of patches and windows for them, for objectives that hide patches."""

from __future__ import annotations

import torch
from torch import nn

from einthoven.models.architectures import build_encoder
from einthoven.models.encoder import Encoder
from einthoven.training.objectives.objective import Facts, Objective, Views
from models.patch_encoders_in_numpy import PATCH

LEADS = ("I", "II", "V1")
_SHAPE = {"patch_samples": PATCH, "max_samples": 80, "width": 12, "depth": 2, "heads": 3, "mlp_width": 20}
KINDS = {
    "time": ("vit1d", _SHAPE | {"head_width": 5}),
    "lead_time": ("vit1d", _SHAPE | {"head_width": 5, "tokens": "lead_time", "positions": "sine", "patch_norm": True}),
    "jepa_vit": ("jepa_vit", _SHAPE),
}


def patch_encoder(kind: str, **settings) -> Encoder:
    """Return an encoder of three leads."""
    name, shape = KINDS[kind]
    return build_encoder(name, n_leads=3, **shape, **settings)


def facts(samples: int = 60) -> Facts:
    """Return what is known of windows of so many samples."""
    return Facts(LEADS, samples, 100.0)


def draw_weights(encoder: Encoder, objective: Objective) -> None:
    """Give both large random weights, a teacher others than its encoder's."""
    generator = torch.Generator().manual_seed(5)
    for parameter in (*encoder.parameters(), *objective.parameters()):
        nn.init.normal_(parameter, std=0.4, generator=generator)


def views_of(signal: torch.Tensor) -> Views:
    """Return windows of as many patients."""
    n = len(signal)
    return Views(signal, None, torch.arange(n) * 77, torch.arange(n), torch.zeros(n, 0))


def random_signal(n: int = 3, samples: int = 60) -> torch.Tensor:
    """Return float32 (n, 3, samples)."""
    return torch.randn(n, 3, samples, generator=torch.Generator().manual_seed(6))

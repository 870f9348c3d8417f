"""Steps of objectives over latents on one or several processes: ``latent_objective_steps.py FOLDER RANK COUNT``."""

from __future__ import annotations

import torch

from einthoven.models.architectures import build_encoder
from einthoven.training.objectives.cpc import Cpc, CpcSettings
from einthoven.training.objectives.objective import Facts, Views
from einthoven.training.objectives.wav2vec2_cmsc import Wav2Vec2Cmsc, Wav2Vec2CmscSettings
from fakes.process_steps import as_process, losses_of_steps

FACTS = Facts(leads=("I", "II"), window_samples=96, rate_hz=100.0)
N_WINDOWS = 8
_S4 = {"width": 8, "n_layers": 1, "stem_stride": 8, "stem_kernel_size": 7, "bidirectional": False, "dropout": 0.0}
_WAV2VEC2 = {"convolution_widths": [8] * 2, "convolution_kernels": [2, 2], "convolution_strides": [2, 2], "width": 8}
_WAV2VEC2 |= {"depth": 1, "n_heads": 2, "hidden_width": 8, "position_kernel": 4, "position_groups": 2}
CASES = (
    ("s4", _S4, Cpc, CpcSettings(steps=2, window_negatives=4, batch_negatives=6)),
    (
        "wav2vec2_ecg",
        _WAV2VEC2,
        Wav2Vec2Cmsc,
        Wav2Vec2CmscSettings(mask_length=3, distractors=6, entries=4, target_width=8, diversity_weight=1.0),
    ),
)


def _views(step: int, rank: int, count: int) -> Views:
    """Return one process's windows of a batch of five patients."""
    generator = torch.Generator().manual_seed(step)
    windows = torch.randn(2, N_WINDOWS, 2, 96, generator=generator)
    patient = torch.randint(0, 5, (N_WINDOWS,), generator=generator)
    key = torch.randperm(1000, generator=generator)[:N_WINDOWS]
    own = slice(rank * N_WINDOWS // count, (rank + 1) * N_WINDOWS // count)
    signal, partner = windows[:, own]
    return Views(signal, partner, key[own], patient[own], torch.zeros(len(signal), 0), progress=step / 3)


def steps(rank: int, count: int) -> list[dict]:
    """Return losses and weights after three steps of each objective, gradients being averaged as DDP does."""
    results = []
    for architecture, shape, kind, settings in CASES:
        torch.manual_seed(0)
        encoder = build_encoder(architecture, n_leads=2, **shape)
        objective = kind(settings, encoder, FACTS)
        views = [_views(step, rank, count) for step in range(3)]
        losses = losses_of_steps(encoder, objective, views, count=count)
        weights = [weight.detach() for weight in (*encoder.parameters(), *objective.parameters())]
        results.append({"loss": losses, "weights": weights})
    return results


if __name__ == "__main__":
    as_process(steps)

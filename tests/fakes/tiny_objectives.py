"""For each objective an encoder of some thousand weights that it can train, and a batch that it can learn."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from einthoven.models.architectures import build_encoder
from einthoven.models.encoder import Encoder
from einthoven.registry import resolve
from einthoven.training.objectives import OBJECTIVES
from einthoven.training.objectives.objective import Facts, Objective, Views
from fakes.beat_trains import beat_train

LABELS = ("fast", "loud")
SAMPLES, RATE_HZ = 400, 100.0
FACTS = Facts(
    leads=("I", "II"),
    window_samples=SAMPLES,
    rate_hz=RATE_HZ,
    labels=LABELS,
    positives=np.array([4, 4]),
    negatives=np.array([4, 4]),
    vector_width=5,
)
_PATCHES = {"patch_samples": 40, "max_samples": 400, "width": 16, "depth": 2, "heads": 2, "head_width": 8}
_CONVOLUTIONS = {
    "convolution_widths": [16, 16, 16],
    "convolution_kernels": [4, 2, 2],
    "convolution_strides": [4, 2, 2],
    "width": 16,
    "depth": 1,
    "n_heads": 2,
    "hidden_width": 32,
    "position_kernel": 8,
    "position_groups": 2,
}


@dataclass(frozen=True, slots=True)
class TinyCase:
    """What an objective is tried with.

    Attributes
    ----------
    architecture : str
    encoder : mapping
        Settings of the architecture.
    objective : mapping
        Settings of the objective.
    apart : mapping, optional
        Settings with which no sample is compared with another, beside those above; None where there are none.
    picky : bool
        Whether the objective refuses most architectures.
    """

    architecture: str = "vit1d"
    encoder: Mapping[str, Any] = field(default_factory=lambda: {**_PATCHES, "mlp_width": 32})
    objective: Mapping[str, Any] = field(default_factory=dict)
    apart: Mapping[str, Any] | None = field(default_factory=dict)
    picky: bool = False


CASES = {
    "cpc": TinyCase(
        "conv_cpc",
        {"widths": [16, 16], "kernel_sizes": [3, 1], "strides": [8, 1], "n_layers": 1, "dropout": 0.0},
        {"steps": 3, "window_negatives": 16},
        picky=True,
    ),
    "cross_modal": TinyCase(objective={"width": 8, "hidden_width": 16}, apart=None),
    "jepa": TinyCase(
        "jepa_vit",
        {"patch_samples": 40, "max_samples": 400, "width": 16, "depth": 2, "heads": 2},
        {"predictor_width": 8, "predictor_depth": 1, "predictor_heads": 2},
        picky=True,
    ),
    "masked_patches": TinyCase(objective={"decoder_width": 16, "decoder_depth": 1, "decoder_heads": 2}, picky=True),
    "patient_contrast": TinyCase(objective={"projection_width": 8, "hidden_width": 16, "queue": 16}, apart=None),
    "periods": TinyCase(objective={"hidden_width": 16}),
    "supervised": TinyCase(objective={"head": {"dropout": 0.0}}),
    "wav2vec2_cmsc": TinyCase(
        "wav2vec2_ecg",
        _CONVOLUTIONS,
        {"mask_length": 4, "distractors": 8, "entries": 8, "target_width": 16},
        apart={"segment_weight": 0.0, "diversity_weight": 0.0},
        picky=True,
    ),
}


def made(name: str, *, seed: int = 0, settings: Mapping[str, Any] | None = None) -> tuple[Encoder, Objective]:
    """Return encoder and objective with weights from a seed."""
    case = CASES[name]
    kind = resolve("objectives", name, OBJECTIVES)
    torch.manual_seed(seed)
    encoder = build_encoder(case.architecture, n_leads=2, **case.encoder)
    return encoder, kind(kind.settings_type(**{**case.objective, **(settings or {})}), encoder, FACTS)


def toy_views(n: int = 8, *, seed: int = 0) -> Views:
    """Return windows of regular beats, fast or slow and loud or quiet as their labels say, with their partners.

    Each two samples are one patient's; vectors say what the labels say, by a rotation.
    """
    generator = np.random.default_rng(seed)
    fast, loud = np.arange(n) % 2, np.arange(n) // 2 % 2

    def windows(first: float) -> torch.Tensor:
        trains = []
        for i in range(n):
            rr = 0.5 if fast[i] else 0.8
            beats = beat_train(np.arange(first, 4.5, rr), rate_hz=RATE_HZ, seconds=SAMPLES / RATE_HZ, seed=seed + i)
            trains.append(beats * (2.0 if loud[i] else 1.0))
        return torch.stack(trains)

    labels = torch.from_numpy(np.stack([fast, loud], axis=1).astype(np.float32))
    return Views(
        signal=windows(0.2),
        partner=windows(0.3),
        key=torch.from_numpy(generator.integers(0, 2**32, n)),
        patient=torch.arange(n) // 2,
        target=labels,
        vector=(labels - 0.5) @ torch.randn(2, 5, generator=torch.Generator().manual_seed(seed)),
    )


def part_of(views: Views, part: slice) -> Views:
    """Return some of the samples."""
    values = {f.name: getattr(views, f.name) for f in dataclasses.fields(views)}
    return Views(**{name: v[part] if isinstance(v, torch.Tensor) else v for name, v in values.items()})

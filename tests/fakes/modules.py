"""A training module that is small enough to look into."""

from __future__ import annotations

import torch

from einthoven.ecg.input_spec import IngestSpec, InputSpec, ViewSpec
from einthoven.models.architectures import build
from einthoven.training.arm import ArmSettings
from einthoven.training.augmentation_settings import Augmentation
from einthoven.training.lightning_module import SupervisedModule
from einthoven.training.objectives.label_loss import LabelLoss

SPEC = InputSpec(IngestSpec(leads=("I", "II", "V1"), rate_hz=100.0), ViewSpec(window_s=2.0))


def tiny_module(*, n_labels: int = 1, total_steps: int = 10, **arm) -> SupervisedModule:
    """Return a module without averaged weights and augmentation unless ``arm`` says otherwise."""
    settings = {"width": 2, "cardinality": 1, "stem_widths": [4]}
    arm = {"ema_decay": 0.0, "augmentation": Augmentation.off(), "settings": settings, **arm}
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = build("se_resnext1d", n_leads=3, n_labels=n_labels, **settings)
    return SupervisedModule(
        network,
        ArmSettings(**arm),
        spec=SPEC,
        objective=LabelLoss(n_labels=n_labels),
        total_steps=total_steps,
        seed=1,
        record_ids={row: f"record{row:04d}" for row in range(64)},
    )

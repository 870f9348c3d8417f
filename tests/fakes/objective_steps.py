"""Steps of objectives on one or several processes: ``objective_steps.py FOLDER RANK COUNT`` leaves what came out."""

from __future__ import annotations

import dataclasses

import numpy as np
import torch

from einthoven.training.objectives.cross_modal import CrossModal, CrossModalSettings
from einthoven.training.objectives.objective import Facts, Views
from einthoven.training.objectives.patient_contrast import PatientContrast, PatientContrastSettings
from einthoven.training.objectives.periods import Periods, PeriodsSettings
from fakes.beat_trains import beat_train
from fakes.process_steps import as_process, losses_of_steps
from fakes.stretch_encoder import stretch_encoder

FACTS = Facts(leads=("I", "II"), window_samples=400, rate_hz=100.0, vector_width=6)
KINDS = (
    (PatientContrast, PatientContrastSettings(projection_width=4, hidden_width=8, momentum=0.9, queue=20)),
    (CrossModal, CrossModalSettings(width=4, hidden_width=8, frames=3)),
    (Periods, PeriodsSettings(hidden_width=8)),
)


def views(step: int) -> Views:
    """Return 8 windows of 5 patients; more of the first half have beats and vectors."""
    generator = torch.Generator().manual_seed(step)
    beats = [np.cumsum(np.random.default_rng(10 * step + i).uniform(0.6, 1.0, 12)) for i in range(16)]
    signal = torch.stack([beat_train(b, rate_hz=100, seconds=4, seed=i) for i, b in enumerate(beats)])
    signal[5:7] = 0
    vector = torch.randn(8, 6, generator=generator)
    vector[4], vector[6], vector[1] = float("nan"), float("nan"), vector[7]
    patient = torch.randint(0, 5, (8,), generator=generator)
    key = torch.randperm(1000, generator=generator)[:8]
    return Views(signal[:8], signal[8:], key, patient, torch.zeros(8, 0), vector, progress=step / 4)


def share(whole: Views, rank: int, count: int) -> Views:
    """Return the windows of one process."""
    own = slice(rank * 8 // count, (rank + 1) * 8 // count)
    fields = ("signal", "partner", "key", "patient", "target", "vector")
    return dataclasses.replace(whole, **{name: getattr(whole, name)[own] for name in fields})


def steps(rank: int, count: int) -> list[dict]:
    """Return losses, weights and queue after four steps of each objective."""
    results = []
    for kind, settings in KINDS:
        torch.manual_seed(0)
        encoder = stretch_encoder(2)
        objective = kind(settings, encoder, FACTS)
        own = [share(views(step), rank, count) for step in range(4)]
        losses = losses_of_steps(encoder, objective, own, count=count)
        state = dict(objective.state_dict())
        results.append({"loss": losses, "encoder": dict(encoder.state_dict()), "objective": state})
    return results


if __name__ == "__main__":
    as_process(steps)

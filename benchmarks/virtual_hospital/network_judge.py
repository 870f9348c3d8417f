"""The second judge: xresnet1d of 18 layers, 20 epochs, on median beats or on the raw signal."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from plain_training import Schedule, fit, scores_of

from einthoven.models.architectures import build

__all__ = ["network_judge_scores"]

SCHEDULE = Schedule(epochs=20, batch=32, learning_rate=3e-3, weight_decay=1e-2)


def network_judge_scores(
    train: NDArray[np.float32], simulated: NDArray[np.int64], test: NDArray[np.float32], *, seed: int
) -> NDArray[np.float64]:
    """Return how simulated each test signal looks to a network trained on the other half, float64 (ecg,).

    Parameters
    ----------
    train, test : float32 (ecg, 12, sample), mV
        Scaled by the training half's standard deviation over all leads.
    simulated : int64 (ecg,), 0 or 1
        Of the training half.
    seed : int
    """
    torch.manual_seed(seed)
    model = build("xresnet1d", n_leads=train.shape[1], n_labels=1, depth=18)
    scale = np.float32(1 / train.std())
    fit(model, train * scale, simulated[:, None].astype(np.float32), schedule=SCHEDULE, seed=seed)
    return scores_of(model, test * scale)[:, 0]

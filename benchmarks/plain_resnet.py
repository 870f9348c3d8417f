"""What a careful engineer would train in an afternoon: a plain 13-layer ResNet, 20 epochs, random shift and gain.

Thirteen convolutions (a stem and six blocks of two), 2.2 million weights, AdamW, one-cycle, binary cross-entropy.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

__all__ = ["train_and_score"]

EPOCHS, BATCH, LEARNING_RATE, WEIGHT_DECAY = 20, 32, 3e-3, 1e-2
SHIFT_SAMPLES, GAIN = 50, 0.1


def convolution(width_in: int, width_out: int, kernel: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv1d(width_in, width_out, kernel, stride, kernel // 2, bias=False), nn.BatchNorm1d(width_out)
    )


class Block(nn.Module):
    def __init__(self, width_in: int, width_out: int, stride: int) -> None:
        super().__init__()
        self.branch = nn.Sequential(
            convolution(width_in, width_out, 7, stride), nn.ReLU(), convolution(width_out, width_out, 7)
        )
        same = width_in == width_out and stride == 1
        self.shortcut = nn.Identity() if same else convolution(width_in, width_out, 1, stride)

    def forward(self, signal: torch.Tensor) -> torch.Tensor:
        return torch.relu(self.branch(signal) + self.shortcut(signal))


def network(n_labels: int) -> nn.Module:
    widths = [(64, 64, 1), (64, 64, 1), (64, 128, 2), (128, 128, 1), (128, 256, 2), (256, 256, 1)]
    blocks = [Block(*width) for width in widths]
    stem = nn.Sequential(convolution(12, 64, 15, 2), nn.ReLU(), nn.MaxPool1d(3, 2, 1))
    return nn.Sequential(stem, *blocks, nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(256, n_labels))


def train_and_score(signal: np.ndarray, truth: np.ndarray, test_signal: np.ndarray, *, seed: int) -> np.ndarray:
    """Return probabilities (test record, label) of a network trained on ``signal`` (record, lead, sample)."""
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    x, y = torch.as_tensor(signal), torch.as_tensor(truth)
    model = network(y.shape[1])
    steps = -(-len(x) // BATCH)
    optimiser = torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, LEARNING_RATE, total_steps=EPOCHS * steps)
    for _ in range(EPOCHS):
        for rows in torch.randperm(len(x), generator=generator).split(BATCH):
            batch = x[rows] * (1 + GAIN * torch.randn(len(rows), 1, 1, generator=generator))
            shift = int(torch.randint(-SHIFT_SAMPLES, SHIFT_SAMPLES + 1, (1,), generator=generator))
            loss = nn.functional.binary_cross_entropy_with_logits(model(batch.roll(shift, -1)), y[rows])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
    model.eval()
    with torch.inference_mode():
        return torch.cat([model(part).sigmoid() for part in torch.as_tensor(test_signal).split(64)]).double().numpy()

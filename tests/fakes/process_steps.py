"""Steps of an objective on one or several processes, whose gradients are averaged as DDP does."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from einthoven.models.encoder import Encoder
from einthoven.training.objectives.objective import Objective, Views

__all__ = ["as_process", "losses_of_steps"]


def losses_of_steps(encoder: Encoder, objective: Objective, views: list[Views], *, count: int) -> Tensor:
    """Train both in place, a step for each of this process's views; return the means of all processes' losses."""
    weights = [weight for weight in (*encoder.parameters(), *objective.parameters()) if weight.requires_grad]
    optimizer, losses = torch.optim.SGD(weights, lr=0.1), []
    for own in views:
        optimizer.zero_grad()
        loss = objective(encoder, own)["loss"]
        loss.backward()
        told = loss.detach().clone()
        for tensor in (told, *(weight.grad for weight in weights)):
            if count > 1:
                torch.distributed.all_reduce(tensor)
                tensor.div_(count)
        optimizer.step()
        objective.after_step(encoder, progress=own.progress)
        losses.append(told)
    return torch.stack(losses)


def as_process(steps: Callable[[int, int], list[dict]]) -> None:
    """Do ``steps(rank, count)`` as a process that was started with ``FOLDER RANK COUNT``, and leave what comes out."""
    folder, rank, count = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    torch.set_num_threads(1)
    torch.distributed.init_process_group("gloo", f"file://{folder}/meeting", rank=rank, world_size=count)
    torch.save(steps(rank, count), folder / f"{rank}.pt")
    torch.distributed.destroy_process_group()

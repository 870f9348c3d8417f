"""The first step, tried by each of several processes alone, so that they agree on what fits into all of them.

A process that runs out of memory in the middle of a step leaves the others waiting for its rows and gradients. So each
finds out for itself how many windows go through its network at once, with the rows of the others stood for by its own,
and the smallest number holds for all. Should one of them run out of memory later on, it notes a smaller number, with
which the next start goes on.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor

from einthoven.store.pretraining_batch import PretrainingBatch
from einthoven.store.pretraining_batches import PretrainingBatches
from einthoven.training.impossible_step import ImpossibleStepError, no_room_message
from einthoven.training.micro_batches import is_out_of_memory
from einthoven.training.objectives.gathered import without_others

if TYPE_CHECKING:  # the module rehearses itself
    from einthoven.training.pretrain_module import PretrainModule

__all__ = ["NOTED_SIZE", "Rehearsed", "first_batch", "note_size", "rehearse"]

NOTED_SIZE = "micro_batch_size.txt"

_COPIES = 4  # of the weights, that a step needs later on: two moments of AdamW, gradients in DDP's buckets, one in use


class Rehearsed(NamedTuple):
    """What all processes agree on: windows at once, and whether a weight gets no gradient in any of them."""

    micro_batch_size: int
    leaves_out_weights: bool


def first_batch(batches: PretrainingBatches) -> PretrainingBatch:
    """Return the next batch, and leave the loader where it is."""
    place = batches.state_dict()
    with contextlib.closing(iter(batches)) as rest:  # type: ignore[type-var] # a generator
        batch = next(rest)
    batches.load_state_dict(place)
    return batch


def rehearse(module: PretrainModule, batch: PretrainingBatch, *, folder: Path) -> Rehearsed:
    """Lower the size of the module's micro-batch to one that fits into each process; weights and buffers stay.

    Raises
    ------
    ImpossibleStepError
        In one of the processes not even one window fits.
    """
    device, strategy = module.trainer.strategy.root_device, module.trainer.strategy
    batch = strategy.batch_to_device(batch, device)
    n_samples = len(batch["patient"])
    asked = module.micro_batch_size
    size = wanted = min(asked, n_samples, _noted_size(folder) or n_samples)
    before = module.moving_copies()
    with module.trainer.precision_plugin.train_step_context(), _room_of_a_step(module):
        while size and not _fits(module, batch, size=size):
            module.undo(before)
            size //= 2
    unused = any(p.grad is None for p in module.parameters() if p.requires_grad)
    module.undo(before)
    agreed = torch.tensor([size, -int(unused)], device=device)
    torch.distributed.all_reduce(agreed, op=torch.distributed.ReduceOp.MIN)
    size, unused = int(agreed[0]), bool(agreed[1])
    if not size:
        raise ImpossibleStepError(no_room_message(step=1))
    # a share that is small because there are many processes is no limit: fewer of them may go on with this run
    module.micro_batch_size = size if size < min(asked, n_samples) else asked
    if size < wanted:
        module.tell(f"out of memory in a trial of the first step: {size} windows at once in each process, not {wanted}")
    return Rehearsed(size, leaves_out_weights=unused)


def note_size(folder: Path, size: int) -> None:
    """Keep the number of windows at once that a later start goes on with."""
    (folder / NOTED_SIZE).write_text(f"{size}\n")


def _noted_size(folder: Path) -> int | None:
    path = folder / NOTED_SIZE
    return int(path.read_text()) if path.exists() else None


def _fits(module: PretrainModule, batch: PretrainingBatch, *, size: int) -> bool:
    module.micro_batch_size = size
    try:
        with without_others(module.trainer.world_size):
            module.summed(batch)
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        return False
    return True


def _room_of_a_step(module: PretrainModule) -> contextlib.AbstractContextManager[object]:
    """Hold, on an accelerator, the memory that optimiser and processes' talk will need behind the first step."""
    device = module.trainer.strategy.root_device
    if device.type == "cpu":
        return contextlib.nullcontext()
    numbers = sum(p.numel() for p in module.parameters() if p.requires_grad)
    held: Tensor = torch.empty(_COPIES * numbers, device=device)
    return contextlib.nullcontext(held)

"""What the processes of a training know together."""

from __future__ import annotations

import torch

from einthoven.training.objectives.objective import Terms

__all__ = ["mean_terms", "names_of_all"]


def mean_terms(terms: Terms, *, world_size: int) -> Terms:
    """Return each term's mean over the processes, all of which ask for it."""
    if world_size == 1:
        return terms
    together = torch.stack(list(terms.values()))
    torch.distributed.all_reduce(together)
    return dict(zip(terms, together / world_size, strict=True))


def names_of_all(names: list[str], *, world_size: int) -> list[str]:
    """Return the names of all processes, in their order; all of them ask for it."""
    if world_size == 1:
        return names
    parts: list[list[str]] = [[]] * world_size
    torch.distributed.all_gather_object(parts, names)
    return [name for part in parts for name in part]

"""Which patches of a window are hidden: single ones anywhere, or a few blocks; as many in each sample, by its key.

Single patches as in masked autoencoders (He et al. 2022, arXiv:2111.06377: those with the smallest of even random
numbers stay). Blocks after ECG-JEPA (Kim, arXiv:2410.08559; code: github.com/sehunfromdaegu/ECG_JEPA, MIT), which draws
four of 17.5 to 22.5 % of the window that may overlap, once for a whole batch: then 22 to 82 % are hidden, 55 % on
average. Ours differs in that each sample has blocks of its own, which may touch and don't overlap, all arrangements
being equally likely: so every sample hides the same number, and what a step costs doesn't vary.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor

from einthoven.errors import SpecificationError
from einthoven.models.patch_encoder import Grid
from einthoven.training.counter_random import uniform

__all__ = ["PatchMasks", "TokensSeen", "block_lengths", "block_masks", "n_hidden", "random_masks"]


class PatchMasks(NamedTuple):
    """Patches of each row that stay, int64 (B, G, K), and that are hidden, (B, G, M); both ascend and share none.

    G is 1 where all rows hide the same.
    """

    kept: Tensor
    masked: Tensor


class TokensSeen(NamedTuple):
    """Tokens of one sample, separators included, in the encoder's blocks, the decoder's and the teacher's."""

    encoder: int
    decoder: int
    teacher: int = 0


def n_hidden(ratio: float, n_patches: int, *, wanted_by: str) -> int:
    """Return how many patches of a row are hidden: ``n - floor(n (1 - ratio))``, as the papers' code does.

    Raises
    ------
    SpecificationError
        None would be hidden, or none stay.

    Examples
    --------
    >>> n_hidden(0.75, 50, wanted_by="masked_patches")
    38
    """
    if not 0 < ratio < 1:
        raise SpecificationError(f"ratio of {wanted_by} must lie in (0, 1), got {ratio}")
    kept = math.floor(n_patches * (1 - ratio) + 1e-9)  # 10 * (1 - 0.9) is a little less than 1
    if not 0 < kept < n_patches:
        raise SpecificationError(
            f"{wanted_by} must keep and hide a patch of each row: ratio {ratio} keeps {kept} of {n_patches}; "
            "use another ratio, a longer window_s or a smaller patch_samples"
        )
    return n_patches - kept


def random_masks(keys: Tensor, grid: Grid, *, hidden: int, stream: int) -> PatchMasks:
    """Return single patches at random, for each row of the grid anew.

    Parameters
    ----------
    keys : int64 (B,)
    grid : Grid
    hidden : int
        Of each row.
    stream : int
        Of ``counter_random``.
    """
    numbers = uniform(keys, grid.leads * grid.patches, stream=stream).reshape(-1, *grid)
    order = numbers.argsort(dim=2, stable=True)
    n_kept = grid.patches - hidden
    return PatchMasks(order[:, :, :n_kept].sort(dim=2).values, order[:, :, n_kept:].sort(dim=2).values)


def block_lengths(hidden: int, blocks: int, *, wanted_by: str) -> tuple[int, ...]:
    """Return the lengths of ``blocks`` blocks that together hide ``hidden`` patches: as equal as can be.

    Raises
    ------
    SpecificationError
        A block would be empty.

    Examples
    --------
    >>> block_lengths(11, 4, wanted_by="jepa")
    (3, 3, 3, 2)
    """
    if not 1 <= blocks <= hidden:
        raise SpecificationError(
            f"blocks of {wanted_by} must be 1 to {hidden}, the patches that are hidden, got {blocks}; "
            "use another blocks, ratio or patch_samples"
        )
    length, longer = divmod(hidden, blocks)
    return (length + 1,) * longer + (length,) * (blocks - longer)


def block_masks(keys: Tensor, n_patches: int, *, lengths: tuple[int, ...], stream: int) -> PatchMasks:
    """Return blocks of these lengths in random order at random places, for all rows the same.

    Parameters
    ----------
    keys : int64 (B,)
    n_patches : int
    lengths : tuple of int
        In patches; their sum is smaller than ``n_patches``.
    stream : int
        Of ``counter_random``; the next one is used too.
    """
    count = len(lengths)
    # kept patches and blocks stand in a row: which of these places are blocks decides the arrangement
    places = n_patches - sum(lengths) + count
    place = uniform(keys, places, stream=stream).argsort(dim=1, stable=True)[:, :count].sort(dim=1).values
    order = uniform(keys, count, stream=stream + 1).argsort(dim=1, stable=True)
    length = torch.tensor(lengths, device=keys.device)[order]
    begin = place - torch.arange(count, device=keys.device) + length.cumsum(dim=1) - length
    patch = torch.arange(n_patches, device=keys.device).unsqueeze(1)
    inside = (patch >= begin.unsqueeze(1)) & (patch < (begin + length).unsqueeze(1))
    ordered = inside.any(dim=2).int().argsort(dim=1, stable=True).unsqueeze(1)
    n_kept = n_patches - sum(lengths)
    return PatchMasks(ordered[:, :, :n_kept], ordered[:, :, n_kept:])

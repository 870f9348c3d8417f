"""InfoNCE over latents of a window: a prediction has to tell the one that it was made for from others.

van den Oord et al. 2018, arXiv:1807.03748, equation 4. All similarities of a window are one product of matrices, from
which those that count are picked.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from einthoven.errors import SpecificationError
from einthoven.training.objectives.drawn import drawn_integers
from einthoven.training.objectives.gathered import gathered

__all__ = ["Told", "other_windows", "tell_latents", "window_negatives"]

WINDOW_STREAM, BATCH_STREAM = 24, 25


class Told(NamedTuple):
    """Of each predicted latent, float32 (B, P): its loss, and 1 where it is more alike than what stands against it."""

    loss: Tensor
    found: Tensor


def tell_latents(
    prediction: Tensor, latents: Tensor, *, ahead: int, negatives: Tensor, others: Tensor | None = None
) -> Told:
    """Return how well predictions tell the latents that lie ``ahead`` of them from others.

    ``-log(exp(p_t z_(t+k)) / (exp(p_t z_(t+k)) + sum over negatives j of exp(p_t z_j)))``

    Parameters
    ----------
    prediction : float32 (B, P - ahead, D)
        Made at token 0, 1...
    latents : float32 (B, P, D)
    ahead : int
    negatives : int64 (B or 1, P, N)
        Tokens that stand against the latent of each token, as of ``window_negatives``.
    others : float32 (B, M, D), optional
        Latents of other windows that stand against each latent of a window.
    """
    with torch.autocast(prediction.device.type, enabled=False):
        scores = torch.bmm(prediction, latents.transpose(1, 2))
        own = scores.diagonal(offset=ahead, dim1=1, dim2=2).unsqueeze(-1)
        if negatives.shape[2] == latents.shape[1] - 1:
            candidates = [scores]  # all tokens, the right one among them
        else:
            candidates = [own, scores.gather(2, negatives[:, ahead:])]
        if others is not None:
            candidates.append(torch.bmm(prediction, others.transpose(1, 2)))
        compared = torch.cat(candidates, dim=-1)
        loss = torch.logsumexp(compared, dim=-1) - own.squeeze(-1)
        # the right one is counted as well; one that is as alike leaves it untold
        found = (compared.detach() >= own.detach()).sum(dim=-1) == 1
    return Told(loss, found.float())


def window_negatives(keys: Tensor, n_tokens: int, *, count: int) -> Tensor:
    """Return other tokens of the window for each token, evenly drawn with repeats, or all where there are no more.

    Parameters
    ----------
    keys : int64 (B,)
    n_tokens : int
    count : int

    Returns
    -------
    int64 (B, P, ``count``), or (1, P, P - 1) where these are all
    """
    token = torch.arange(n_tokens, device=keys.device)[:, None]
    if count >= n_tokens - 1:
        further = torch.arange(n_tokens - 1, device=keys.device).expand(1, n_tokens, -1)
    else:
        drawn = drawn_integers(keys, n_tokens * count, below=n_tokens - 1, stream=WINDOW_STREAM)
        further = drawn.reshape(len(keys), n_tokens, count)
    return (token + 1 + further) % n_tokens


def other_windows(latents: Tensor, *, keys: Tensor, count: int) -> Tensor | None:
    """Return latents of other windows of all processes, float32 (B, ``count``, D), drawn evenly and with repeats."""
    if not count:
        return None
    rows, begin = gathered(latents)
    if len(rows) < 2:
        raise SpecificationError("batch_negatives of cpc need two windows or more in a micro-batch, got 1")
    n_tokens = latents.shape[1]
    drawn = drawn_integers(keys, count, below=(len(rows) - 1) * n_tokens, stream=BATCH_STREAM)
    row, token = drawn // n_tokens, drawn % n_tokens
    own = begin + torch.arange(len(keys), device=keys.device)[:, None]
    return rows[row + (row >= own), token]

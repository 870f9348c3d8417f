"""Of the latents hidden from a network, tell the quantised one of a place from those of other hidden places.

Baevski, Zhou, Mohamed, Auli, "wav2vec 2.0", NeurIPS 2020, arXiv:2006.11477, equation 3. All cosines of a window are one
product of matrices, from which those of the distractors are picked. As in the authors' code
(github.com/facebookresearch/fairseq, MIT) a distractor that was quantised to the same entries doesn't count.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from einthoven.training.objectives.drawn import drawn_integers
from einthoven.training.objectives.span_masks import Spans

__all__ = ["Hidden", "drawn_distractors", "tell_hidden"]


class Hidden(NamedTuple):
    """Of each hidden latent, float32 (B, M): its loss, and 1 where it is closer than all distractors."""

    loss: Tensor
    found: Tensor


def tell_hidden(
    prediction: Tensor, target: Tensor, *, codes: Tensor, distractors: Tensor, temperature: float
) -> Hidden:
    """Return how well predictions tell their own quantised latent from distractors (arXiv:2006.11477, equation 3).

    Parameters
    ----------
    prediction, target : float32 (B, M, W)
    codes : int64 (B, M, G)
        Of the targets: distractors with the same ones are left out, and without any the loss is 0.
    distractors : int64 (B, M, N)
        Indices into M.
    temperature : float
        By which cosines are divided.
    """
    with torch.autocast(prediction.device.type, enabled=False):
        target = F.normalize(target.float(), dim=-1)
        cosine = torch.bmm(F.normalize(prediction.float(), dim=-1), target.transpose(1, 2)) / temperature
        same = (codes[:, :, None] == codes[:, None]).all(dim=-1)
        own = cosine.diagonal(dim1=1, dim2=2).unsqueeze(-1)
        rest = cosine.masked_fill(same, -torch.inf).gather(2, distractors)
        loss = torch.logsumexp(torch.cat([own, rest], dim=-1), dim=-1) - own.squeeze(-1)
        most = rest.detach().amax(dim=-1)
        found = (own.detach().squeeze(-1) > most) & (most > -torch.inf)
    return Hidden(loss, found.float())


def drawn_distractors(keys: Tensor, spans: Spans, *, count: int, stream: int) -> Tensor:
    """Return other hidden tokens of the same window for each hidden one, int64 (B, M, ``count``), indices into M.

    Drawn evenly and with repeats; for places that are open they mean nothing.
    """
    n_places = spans.place.shape[1]
    drawn = drawn_integers(keys, n_places * count, below=spans.n_hidden - 1, stream=stream)
    drawn = drawn.reshape(len(keys), n_places, count)
    return drawn + (drawn >= torch.arange(n_places, device=keys.device)[:, None])

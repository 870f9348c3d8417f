"""Vectors become the nearest of few: one entry of each of several code books, chosen by a Gumbel softmax.

Baevski, Zhou, Mohamed, Auli, "wav2vec 2.0", NeurIPS 2020, arXiv:2006.11477, section 2 and equation 4; Gumbel softmax:
Jang, Gu, Poole 2017, arXiv:1611.01144; product quantisation: Jegou, Douze, Schmid 2011, doi:10.1109/TPAMI.2010.57. As
in the authors' code (github.com/facebookresearch/fairseq, MIT) entries start evenly drawn from 0 to 1, the weights of
the logits normal with deviation 1, and the shares of entries in use are those of the logits without noise. Ours differs
in that the noise comes from the windows' keys.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from einthoven.errors import SpecificationError
from einthoven.training.objectives.drawn import gumbel

__all__ = ["ProductQuantiser", "Quantised", "annealed", "perplexity"]

_TINY = 1e-7  # authors' code: below it a share counts as none


class Quantised(NamedTuple):
    """Quantised vectors.

    Attributes
    ----------
    vectors : float32 (B, M, W)
    codes : int64 (B, M, G)
        Entry of each code book.
    probabilities : float32 (B, M, G, V)
        Softmax of the logits without noise.
    """

    vectors: Tensor
    codes: Tensor
    probabilities: Tensor


class ProductQuantiser(nn.Module):
    """Code books side by side, each of which gives its share of the quantised vector.

    In training an entry is drawn, and gradients pass as if the softmax had been taken; otherwise it's the likeliest.

    Parameters
    ----------
    in_width : int
    width : int
        Of the quantised vector, a multiple of ``groups``.
    groups, entries : int
        Code books, and entries of each.
    """

    def __init__(self, in_width: int, *, width: int, groups: int, entries: int) -> None:
        super().__init__()
        if min(groups, entries) < 1 or width % groups:
            raise SpecificationError(
                f"a quantiser needs groups and entries, and a width that is a multiple of groups, got {groups}, "
                f"{entries} and {width}"
            )
        self.logits = nn.Linear(in_width, groups * entries)
        nn.init.normal_(self.logits.weight)
        nn.init.zeros_(self.logits.bias)
        self.entries = nn.Parameter(torch.rand(groups, entries, width // groups))

    def forward(self, vectors: Tensor, *, keys: Tensor, temperature: float, stream: int) -> Quantised:
        """Return entries for vectors.

        Parameters
        ----------
        vectors : float32 (B, M, ``in_width``)
        keys : int64 (B,)
        temperature : float
            Of the softmax through which gradients pass: small ones are close to the choice, large ones smooth.
        stream : int
        """
        groups, entries, _ = self.entries.shape
        logits = self.logits(vectors).float().unflatten(-1, (groups, entries))
        if self.training:
            count = logits[0].numel()
            logits_with_noise = logits + gumbel(keys, count, stream=stream).reshape(logits.shape)
            soft = torch.softmax(logits_with_noise / temperature, dim=-1)
            codes = logits_with_noise.argmax(dim=-1)
            chosen = F.one_hot(codes, entries) - soft.detach() + soft
        else:
            codes = logits.argmax(dim=-1)
            chosen = F.one_hot(codes, entries).to(logits.dtype)
        quantised = torch.einsum("bmgv,gvw->bmgw", chosen, self.entries).flatten(2)
        return Quantised(quantised, codes, torch.softmax(logits, dim=-1))


def perplexity(shares: Tensor) -> Tensor:
    """Return how many entries are in use, 1 to V each, float32 (G,), of shares float32 (G, V) that add up to 1.

    Examples
    --------
    >>> perplexity(torch.tensor([[0.25, 0.25, 0.25, 0.25], [0.5, 0.5, 0.0, 0.0]]))
    tensor([4.0000, 2.0000])
    """
    return torch.exp(-(shares * torch.log(shares + _TINY)).sum(dim=-1))


def annealed(temperatures: tuple[float, float], *, progress: float) -> float:
    """Return the temperature at a share of the training: from the first to the second along a geometric series.

    Examples
    --------
    >>> [annealed((2.0, 0.5), progress=progress) for progress in (0.0, 0.5, 1.0)]
    [2.0, 1.0, 0.5]
    """
    first, last = temperatures
    return float(first * (last / first) ** progress)

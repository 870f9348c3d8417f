"""Which tokens are hidden from a network: spans of one length, drawn for each window from its own key.

Baevski, Zhou, Mohamed, Auli, "wav2vec 2.0", NeurIPS 2020, arXiv:2006.11477, section 3.1; as in the code of Oh et al.
2022, arXiv:2203.06889 (github.com/Jwoo5/fairseq-signals, MIT): ``share * tokens / length`` spans, rounded up or down by
chance, begin at different places and may overlap. Ours differs in that windows needn't hide as many tokens as each
other, where theirs lays tokens open until all hide as few as the one that hides the fewest, and in that a span may end
at the window's last token.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor

from einthoven.errors import SpecificationError
from einthoven.training.counter_random import uniform

__all__ = ["Spans", "check_spans", "span_masks"]

FEWEST_SPANS = 2  # Oh et al. 2022, authors' code


class Spans(NamedTuple):
    """Hidden tokens.

    Attributes
    ----------
    hidden : bool (B, P)
    place : int64 (B, M)
        Hidden tokens from left to right, then tokens that are open; M is the same for every draw.
    n_hidden : int64 (B,)
        How many of a row's places are hidden.
    """

    hidden: Tensor
    place: Tensor
    n_hidden: Tensor

    @property
    def share(self) -> Tensor:
        """What each place counts in a mean over its window's hidden tokens, float32 (B, M): 0 for open ones."""
        counts = torch.arange(self.place.shape[1], device=self.place.device) < self.n_hidden[:, None]
        return counts / self.n_hidden[:, None]


def check_spans(n_tokens: int, *, share: float, length: int) -> None:
    """Refuse windows that have no room for the spans.

    Raises
    ------
    SpecificationError
        Says how many tokens there are.
    """
    if n_tokens - length + 1 < _most_spans(n_tokens, share=share, length=length):
        raise SpecificationError(
            f"{_most_spans(n_tokens, share=share, length=length)} spans of {length} tokens at different places have no "
            f"room in a window of {n_tokens} tokens; use a longer window or a smaller mask_length"
        )


def span_masks(keys: Tensor, n_tokens: int, *, share: float, length: int, stream: int) -> Spans:
    """Return the tokens that are hidden in each window.

    Parameters
    ----------
    keys : int64 (B,)
    n_tokens : int
        P, enough for ``check_spans``.
    share : float in (0, 1]
        Of the tokens, if spans didn't overlap.
    length : int
        Of a span, in tokens.
    stream : int
    """
    most = _most_spans(n_tokens, share=share, length=length)
    drawn = uniform(keys, 1 + n_tokens - length + 1, stream=stream)
    n_spans = (share * n_tokens / length + drawn[:, :1]).long().clamp(FEWEST_SPANS, most)
    begin = drawn[:, 1:].argsort(dim=1, stable=True)[:, :most]  # the smallest numbers: places without repeats
    device = keys.device
    covered = begin[:, :, None] + torch.arange(length, device=device)
    is_span = (torch.arange(most, device=device) < n_spans)[:, :, None]
    covered = torch.where(is_span, covered, n_tokens).flatten(1)  # spans that weren't drawn go behind the end
    hidden = torch.zeros(len(keys), n_tokens + 1, dtype=torch.bool, device=device)
    hidden = hidden.scatter(1, covered, value=True)[:, :n_tokens]
    place = (~hidden).byte().argsort(dim=1, stable=True)[:, : most * length]
    return Spans(hidden, place, hidden.sum(dim=1))


def _most_spans(n_tokens: int, *, share: float, length: int) -> int:
    return max(FEWEST_SPANS, math.ceil(share * n_tokens / length))

"""Convolutions make latents of a signal, state spaces relate them: what ``conv_cpc`` and ``s4`` have in common.

Contrastive predictive coding (van den Oord et al. 2018, arXiv:1807.03748) takes the two apart: what state spaces that
look at the past alone make of the latents up to now is the context from which later latents are told.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from torch import Tensor, nn

from einthoven.models.blocks.pooling import Pooling
from einthoven.models.blocks.state_space_block import StateSpaceBlock
from einthoven.models.encoder import Encoder
from einthoven.models.lengths import Lengths

__all__ = ["StateSpaceEncoder"]


class StateSpaceEncoder(Encoder):
    """Tokens are the last state space's output, features their mean; ``n_layers`` counts the state spaces.

    Parameters
    ----------
    stem : Module
        (B, L, T) to (B, ``width``, P); each of its convolutions keeps the length but for its stride.
    blocks : iterable of StateSpaceBlock
    kernel_sizes, strides : tuple of int
        Of the stem's convolutions, one each; kernels are odd and centred.
    n_leads : int
    width : int
    bidirectional : bool
        Whether a token knows the future.
    """

    def __init__(
        self,
        stem: nn.Module,
        blocks: Iterable[StateSpaceBlock],
        *,
        kernel_sizes: tuple[int, ...],
        strides: tuple[int, ...],
        n_leads: int,
        width: int,
        bidirectional: bool,
    ) -> None:
        layers = nn.ModuleList(blocks)
        super().__init__(
            n_leads=n_leads,
            token_width=width,
            feature_width=width,
            lengths=Lengths(),
            n_layers=len(layers),
            receptive_field=None,
            stem=("stem",),
            blocks=tuple(f"blocks.{layer}" for layer in range(len(layers))),
        )
        self.kernel_sizes = kernel_sizes
        self.strides = strides
        self.bidirectional = bidirectional
        self.stem = stem
        self.blocks = layers
        self.pooling = Pooling(width, "mean")

    @property
    def stride(self) -> int:
        """Samples from one token to the next."""
        return math.prod(self.strides)

    @property
    def reach(self) -> int:
        """Samples that a latent sees on each side of the one at which it stands, ``token * stride``."""
        before = (math.prod(self.strides[:index]) for index in range(len(self.strides)))
        return sum((kernel - 1) // 2 * step for kernel, step in zip(self.kernel_sizes, before, strict=True))

    def n_tokens(self, n_samples: int) -> int:
        """Return how many tokens a window of ``n_samples`` makes."""
        for stride in self.strides:
            n_samples = -(-n_samples // stride)
        return n_samples

    def latents(self, signal: Tensor) -> Tensor:
        """Return what the convolutions make of a signal that was checked, float32 (B, P, D)."""
        latents: Tensor = self.stem(signal)
        return latents.transpose(1, 2)

    def context(self, latents: Tensor) -> Tensor:
        """Return tokens, float32 (B, P, D), of latents (B, P, D), of the past alone unless it is ``bidirectional``."""
        for block in self.blocks:
            latents = block(latents)
        return latents

    def encode(self, signal: Tensor) -> Tensor:
        """Return tokens, float32 (B, P, D)."""
        return self.context(self.latents(signal))

    def pool(self, tokens: Tensor) -> Tensor:
        """Return features, float32 (B, D): the mean over time."""
        pooled: Tensor = self.pooling(tokens)
        return pooled
